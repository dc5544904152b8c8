package bench

import (
	"cmp"
	"fmt"
	"slices"
)

// WorkRule is what more work of a request counts for.
type WorkRule struct {
	Rule BehaviourRule `json:"rule"`
	// Limit is the share by which instructions may grow; what is above is a regression
	// where the rule is that it fails.
	Limit float64 `json:"limit"`
}

// DefaultWork is the limit where nobody says otherwise.
const DefaultWork = 0.10

// Settled is the rule with what older files lack.
func (r WorkRule) Settled() WorkRule {
	return WorkRule{cmp.Or(r.Rule, BehaviourFails), cmp.Or(r.Limit, DefaultWork)}
}

// Counts is false where nobody is to look.
func (r WorkRule) Counts() bool { return r.Settled().Rule != BehaviourOff }

func (r WorkRule) mistakes() (all []PolicyMistake) {
	if r.Rule != "" && !slices.Contains(BehaviourRules(), r.Rule) {
		all = append(all, PolicyMistake{Field: "work", Got: fmt.Sprintf("%.60q", r.Rule), Want: "fail, report or off", Hint: "write one of them"})
	}
	if r.Limit != 0 && !(r.Limit >= MinThreshold && r.Limit <= MaxThreshold) {
		all = append(all, PolicyMistake{Field: "work", Got: fmt.Sprint(r.Limit), Want: fmt.Sprintf("a number from %v to %v", MinThreshold, MaxThreshold), Hint: "correct the policy"})
	}
	return all
}

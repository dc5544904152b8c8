package bench

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// BehaviourRule is what a difference in what base and head do counts for.
type BehaviourRule string

// The rules.
const (
	BehaviourFails    BehaviourRule = "fail"   // new harm is a regression
	BehaviourReported BehaviourRule = "report" // all is reported and decides nothing
	BehaviourOff      BehaviourRule = "off"    // nobody looks
)

// BehaviourRules are all of them.
func BehaviourRules() []BehaviourRule {
	return []BehaviourRule{BehaviourFails, BehaviourReported, BehaviourOff}
}

// RuleOf is what a behaviour counts for.
func (p Policy) RuleOf(name BehaviourName) BehaviourRule {
	return cmp.Or(p.Behaviours[name], p.Behaviour, BehaviourFails)
}

// LooksAtBehaviour is false when every behaviour is off.
func (p Policy) LooksAtBehaviour() bool {
	if cmp.Or(p.Behaviour, BehaviourFails) != BehaviourOff {
		return true
	}
	for _, rule := range p.Behaviours {
		if rule != BehaviourOff {
			return true
		}
	}
	return false
}

// behaviourMistakes are rules that there are not. The names of behaviours are not
// looked at: another version has others.
func (p Policy) behaviourMistakes() (all []PolicyMistake) {
	check := func(field, got string, rule BehaviourRule) {
		if rule != "" && !slices.Contains(BehaviourRules(), rule) {
			all = append(all, PolicyMistake{Field: field, Got: got, Want: "fail, report or off", Hint: "write one of them"})
		}
	}
	check("behaviour", fmt.Sprintf("%.60q", p.Behaviour), p.Behaviour)
	for _, name := range slices.Sorted(maps.Keys(p.Behaviours)) {
		rule := p.Behaviours[name]
		check("behaviours", fmt.Sprintf("%.60q of %.60q", rule, name), rule)
	}
	return all
}

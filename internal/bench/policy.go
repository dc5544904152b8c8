package bench

import (
	"errors"
	"fmt"
	"math"
	"path"
	"strings"
)

// Policy is what counts as a regression. Shares are fractions of 1.
type Policy struct {
	Alpha     float64 `json:"alpha"`     // probability of a false regression in a whole gate
	Threshold float64 `json:"threshold"` // share of the overhead, or of the value where there is no direct arm
	Floor     float64 `json:"floor"`     // seconds; smaller changes are no regression whatever their share
	// Thresholds stand instead of Threshold; the last that matches wins.
	Thresholds []Threshold `json:"thresholds,omitempty"`
	// Behaviour is what new harm in what the gateway does counts for; empty, in older
	// files, is fail. Behaviours stand instead of it for single ones.
	Behaviour  BehaviourRule                   `json:"behaviour,omitempty"`
	Behaviours map[BehaviourName]BehaviourRule `json:"behaviours,omitempty"`
	// Work is what more work of a request counts for; older files lack it.
	Work WorkRule `json:"work,omitzero"`
}

// Threshold is the threshold of some metrics and scenarios. A metric that it
// names is gated there even when it would not be otherwise.
type Threshold struct {
	Pattern  string  `json:"pattern"`            // as written
	Metric   Metric  `json:"metric,omitempty"`   // empty: every gated metric, p95 at twice the share
	Scenario string  `json:"scenario,omitempty"` // glob on Scenario.ID as of path.Match; empty: every scenario
	Share    float64 `json:"share"`
}

// Delta is how far the layout of unchanged code moves its speed, a share of the
// overhead, or of the value where there is no direct arm: changes up to it do not
// count, under any policy.
const Delta = 0.01

// The limits of what a person may ask for.
const (
	MinAlpha, MaxAlpha         = 0.0001, 0.2
	MinThreshold, MaxThreshold = 0.001, 10.0
	MaxFloor                   = 1.0 // seconds
)

// DefaultPolicy is what holds where nobody says otherwise.
func DefaultPolicy() Policy {
	return Policy{Alpha: 0.01, Threshold: 0.10, Floor: 5e-6, Behaviour: BehaviourFails, Work: WorkRule{BehaviourFails, DefaultWork}}
}

// Covers tells whether the threshold is for a scenario.
func (t Threshold) Covers(s Scenario) bool {
	matched, err := path.Match(t.Scenario, s.ID())
	return t.Scenario == "" || err == nil && matched
}

// PolicyMistake is one thing that is wrong in a Policy: Got is not Want.
type PolicyMistake struct {
	Field           string // its JSON name
	Index           int    // in Thresholds, when Field is "thresholds"
	Got, Want, Hint string
}

func (m PolicyMistake) Error() string {
	return fmt.Sprintf("%s: %s is not %s; %s", m.Field, m.Got, m.Want, m.Hint)
}

// Check is nil, or an error with every mistake of [Policy.Mistakes].
func (p Policy) Check() error {
	var all []error
	for _, m := range p.Mistakes(nil) {
		all = append(all, m)
	}
	return errors.Join(all...)
}

// Mistakes lists everything that is wrong: a number out of its limits, a metric
// that is never gated, a pattern that matches nothing in the suite. Without a
// suite no pattern is matched: a run may hold fewer scenarios than the policy
// was written for.
func (p Policy) Mistakes(suite []Scenario) []PolicyMistake {
	var all []PolicyMistake
	within := func(field string, x, low, high float64) {
		if !(x >= low && x <= high) {
			all = append(all, PolicyMistake{Field: field, Got: fmt.Sprint(x), Want: fmt.Sprintf("a number from %v to %v", low, high), Hint: "correct the policy"})
		}
	}
	within("alpha", p.Alpha, MinAlpha, MaxAlpha)
	within("threshold", p.Threshold, MinThreshold, MaxThreshold)
	within("floor", p.Floor, 0, MaxFloor)
	all = append(all, p.behaviourMistakes()...)
	all = append(all, p.Work.mistakes()...)
	for i, t := range p.Thresholds {
		if !(t.Share > 0) || math.IsInf(t.Share, 1) {
			all = append(all, PolicyMistake{"thresholds", i, fmt.Sprint(t.Share), "above 0", fmt.Sprintf("correct %q", t.Pattern)})
		}
		if m := t.mistake(suite); m != nil {
			m.Field, m.Index = "thresholds", i
			all = append(all, *m)
		}
	}
	return all
}

// mistake is what is wrong with the pattern, nil when nothing is.
func (t Threshold) mistake(suite []Scenario) *PolicyMistake {
	if _, err := path.Match(t.Scenario, ""); err != nil {
		return &PolicyMistake{Got: fmt.Sprintf("%.60q", t.Pattern), Want: "a metric, a scenario or both", Hint: "its brackets do not close, or a backslash ends it"}
	}
	if t.Metric != "" {
		switch d, known := t.Metric.Describe(); {
		case !known:
			return &PolicyMistake{Got: fmt.Sprintf("%.60q", t.Metric), Want: "a metric", Hint: "write one of run.json, such as latency_typical or first_event_p95"}
		case d.Better == Neither:
			return &PolicyMistake{Got: string(t.Metric), Want: "a metric with a better direction", Hint: "remove it"}
		case d.Gate == ShownOnly:
			return &PolicyMistake{Got: string(t.Metric), Want: "a metric that can be gated", Hint: "it is only shown, remove it"}
		}
	}
	return t.unused(suite)
}

// unused is the mistake of a pattern that matches nothing.
func (t Threshold) unused(suite []Scenario) *PolicyMistake {
	if len(suite) == 0 {
		return nil
	}
	covered := false
	for _, s := range suite {
		if t.Covers(s) {
			if d, _ := t.Metric.Describe(); t.Metric == "" || s.Has(d) {
				return nil
			}
			covered = true
		}
	}
	if covered {
		return &PolicyMistake{Got: string(t.Metric), Want: "a metric of " + t.scenarios(), Hint: "JSON answers have a latency, streams a first_event and a total"}
	}
	example := suite[0].ID()
	parts := "three"
	if strings.Count(example, "/") == 3 {
		parts = "four"
	}
	return &PolicyMistake{
		Got: fmt.Sprintf("%.60q", t.Scenario), Want: "a scenario of the suite",
		Hint: fmt.Sprintf("they are named as %s, and a * stands for one part of %s", example, parts),
	}
}

func (t Threshold) scenarios() string {
	if t.Scenario == "" {
		return "any scenario of the suite"
	}
	return fmt.Sprintf("the scenarios %.60q", t.Scenario)
}

package measured

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// longestWhy is how much of an answer a reason shows, in characters.
const longestWhy = 300

// NotMeasurable lists what a gateway could not do, and why.
func (run *Run) NotMeasurable() document.Section {
	s := document.Section{ID: "not-measurable", Heading: "Not measurable"}
	whys, cells := Grouped(run.data.Unmeasured, whyNot)
	l := document.List{}
	for _, why := range whys {
		l.Items = append(l.Items, document.Item{Name: why, Text: run.whatNot(cells[why])})
	}
	s.Blocks = []document.Block{l}
	return s
}

// whyNot is "head, status 413 where the mock sent 200; …".
func whyNot(u bench.Unmeasured) string {
	return plain.Brief(string(u.Arm)) + ": " + plain.To(u.Why(), longestWhy)
}

// whatNot counts the scenarios and names them.
func (run *Run) whatNot(all []bench.Unmeasured) string {
	var names []string
	for _, u := range all {
		name := fmt.Sprintf("%s (%d of %s in %s", plain.Brief(u.Scenario), u.Failed, figures.Counted(u.Requests, "request"), numbered(u.Rounds))
		if run.data.Measured(u.Scenario, u.Arm) {
			name += "; other rounds have figures"
		}
		names = append(names, name+")")
	}
	return "in " + strings.Join(names, ", ")
}

func numbered(rounds []int) string {
	names := make([]string, len(rounds))
	for i, n := range rounds {
		names[i] = fmt.Sprint(n)
	}
	if last := len(names) - 1; last > 0 {
		return "rounds " + strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return "round " + strings.Join(names, "")
}

// Missing are the scenarios of which no round could be measured because a gateway
// failed.
func (run *Run) Missing() (all []bench.Scenario) {
	for _, s := range run.Suite {
		if run.missing(s) {
			all = append(all, s)
		}
	}
	return all
}

func (run *Run) missing(s bench.Scenario) bool {
	return slices.ContainsFunc(run.data.Unmeasured, func(u bench.Unmeasured) bool {
		return u.Scenario == s.ID() && !run.data.Measured(u.Scenario, u.Arm)
	})
}

// warmUp says how the gateways were warmed.
func (run *Run) warmUp() string {
	text := figures.Counted(run.data.Plan.WarmUp, "request") + " on each connection"
	if len(run.data.WarmUps) == 0 {
		return text
	}
	requests, seconds, restless := 0, 0.0, 0
	for _, w := range run.data.WarmUps {
		requests, seconds = requests+w.Requests, seconds+w.Seconds
		if !w.Settled {
			restless++
		}
	}
	text += fmt.Sprintf(", then until the cost of a request stopped falling: %s in %s", figures.Counted(requests, "request"), figures.Seconds(seconds))
	if restless > 0 {
		text += fmt.Sprintf("; in %d of %s it had not settled when the time was over", restless, figures.Counted(len(run.data.WarmUps), "warm-up"))
	}
	return text
}

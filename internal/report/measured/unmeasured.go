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
	l := document.List{}
	for _, u := range run.data.Unmeasured {
		l.Items = append(l.Items, document.Item{Name: plain.Brief(u.Scenario), Text: run.whyNot(u)})
	}
	s.Blocks = []document.Block{l}
	return s
}

// whyNot is "head: status 413 where the mock sent 200; …; 4 of 4 requests in rounds
// 1 and 2".
func (run *Run) whyNot(u bench.Unmeasured) string {
	text := fmt.Sprintf("%s: %s", plain.Brief(string(u.Arm)), plain.To(u.Why(), longestWhy))
	text += fmt.Sprintf("; %d of %s in round %s", u.Failed, figures.Counted(u.Requests, "request"), numbered(u.Rounds))
	if run.data.Measured(u.Scenario, u.Arm) {
		text += "; the figures are those of other rounds"
	}
	return text
}

func numbered(rounds []int) string {
	names := make([]string, len(rounds))
	for i, n := range rounds {
		names[i] = fmt.Sprint(n)
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// Missing are the scenarios of which no round could be measured because a gateway
// failed.
func (run *Run) Missing() (all []bench.Scenario) {
	for _, s := range run.Suite {
		if slices.ContainsFunc(run.data.Unmeasured, func(u bench.Unmeasured) bool {
			return u.Scenario == s.ID() && !run.data.Measured(u.Scenario, u.Arm)
		}) {
			all = append(all, s)
		}
	}
	return all
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
		text += fmt.Sprintf("; in %d of %s it still fell when the time was over", restless, figures.Counted(len(run.data.WarmUps), "warm-up"))
	}
	return text
}

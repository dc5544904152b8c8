package trial

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Failure is why an arm cannot be measured in a scenario: more than half of its
// requests fail. It is the fault of the arm that it names; for Direct, of the mock.
// As an error it ends a trial that could measure nothing.
type Failure struct {
	Arm      bench.Arm
	Scenario bench.Scenario
	WarmUp   bool
	Requests int // sent
	Failed   int
	Class    bench.ErrorClass // of most of them
	First    string           // what the first one looked like
}

// Error names the place, the class and the first error.
func (f *Failure) Error() string {
	during := ""
	if f.WarmUp {
		during = " in the warm-up"
	}
	return fmt.Sprintf("%s %s: %d of %d requests failed%s, most with %q; the first: %s",
		f.Arm, f.Scenario, f.Failed, f.Requests, during, f.Class, f.First)
}

// failureIn counts the failed requests of s.
func failureIn(s bench.Slice, arm bench.Arm, scenario bench.Scenario) *Failure {
	f := &Failure{Arm: arm, Scenario: scenario, First: s.FirstError, Requests: len(s.Observations) + s.Uncounted + s.Failures}
	for _, n := range s.Errors {
		f.Failed += n
	}
	f.Requests += f.Failed
	if len(s.Errors) > 0 {
		// The name decides between equal counts: a map has no order of its own.
		f.Class = slices.MaxFunc(slices.Sorted(maps.Keys(s.Errors)), func(a, b bench.ErrorClass) int {
			return cmp.Compare(s.Errors[a], s.Errors[b])
		})
	}
	return f
}

var errNoRequest = errors.New("no request was sent")

// most says whether more than half of the requests failed: what the gateway does
// with the rest is not what is to be measured. A failure of the mock that was passed
// on is a right answer.
func (f *Failure) most() bool { return 2*f.Failed > f.Requests }

// mostTries is in how many rounds a scenario is tried that cannot be measured.
const mostTries = 2

// fail notes that an arm could not do a scenario in a round.
func (e *execution) fail(round int, f *Failure) {
	if e.failure == nil {
		e.failure = f
	}
	id := f.Scenario.ID()
	i := slices.IndexFunc(e.unmeasured, func(u bench.Unmeasured) bool { return u.Scenario == id && u.Arm == f.Arm })
	if i < 0 {
		i = len(e.unmeasured)
		e.unmeasured = append(e.unmeasured, bench.Unmeasured{Scenario: id, Arm: f.Arm, Class: f.Class, Reason: f.First})
	}
	u := &e.unmeasured[i]
	u.Rounds, u.Requests, u.Failed = append(u.Rounds, round), u.Requests+f.Requests, u.Failed+f.Failed
}

// given up says whether a scenario is not tried any more.
func (e *execution) givenUp(s bench.Scenario) bool {
	return slices.ContainsFunc(e.unmeasured, func(u bench.Unmeasured) bool {
		return u.Scenario == s.ID() && GivesUp(u)
	})
}

// GivesUp says whether a scenario has failed so often that it is not tried any more.
func GivesUp(u bench.Unmeasured) bool { return len(u.Rounds) >= mostTries }

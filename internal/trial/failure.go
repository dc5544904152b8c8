package trial

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Failure ends a trial whose requests fail: all of a slice, or more than half
// of a warm-up. It is the fault of the arm that it names; for Direct, of the mock.
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

// checkSlice fails if no request was answered rightly. With one right answer the
// trial goes on, and the errors are counted and reported. A failure of the mock
// that was passed on is a right answer.
func checkSlice(s bench.Slice, arm bench.Arm, scenario bench.Scenario) error {
	if len(s.Observations)+s.Uncounted+s.Failures > 0 {
		return nil
	}
	return failed(failureIn(s, arm, scenario))
}

// checkWarmUp fails if more than half of the requests did: what the gateway does
// with the rest is not what is to be measured.
func checkWarmUp(s bench.Slice, arm bench.Arm, scenario bench.Scenario) error {
	f := failureIn(s, arm, scenario)
	if f.Requests > 0 && 2*f.Failed <= f.Requests {
		return nil
	}
	f.WarmUp = true
	return failed(f)
}

func failed(f *Failure) error {
	if f.Requests == 0 {
		return fmt.Errorf("%s %s: no request was sent", f.Arm, f.Scenario)
	}
	return f
}

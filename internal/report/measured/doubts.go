package measured

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// doubts returns the numbers of the notes that hold for a whole row, and whether
// requests of it failed.
func (run *Run) doubts(s bench.Scenario) (numbers []int, failed bool) {
	for _, arm := range run.Arms {
		if n, _ := run.errors(s, arm); n > 0 {
			numbers = append(numbers, run.notes.Mark("errors "+string(arm), run.errorNote(arm)))
		}
	}
	for _, u := range run.data.Unmeasured {
		if u.Scenario == s.ID() {
			numbers = append(numbers, run.notes.Mark("not measurable "+whyNot(u), "not measurable: "+whyNot(u)))
		}
	}
	failed = len(numbers) > 0
	numbers = append(numbers, run.connections(s)...)
	return append(numbers, run.saturation(s)...), failed
}

// saturation marks what the times wait for where the direct path no longer
// grows: the machine, or a gateway that runs on one core of several. Without the
// direct path nothing tells them from a slow gateway.
func (run *Run) saturation(s bench.Scenario) []int {
	if _, ok := run.Rounds.Median(s.ID(), bench.Direct, bench.Throughput); !ok || !summary.Saturated(run.Rounds, run.Suite, s) {
		return nil
	}
	on := summary.MachineOf(run.data)
	var numbers []int
	var others []string // that wait for the machine
	for _, arm := range run.Gateways() {
		if !summary.OneCore(run.Rounds, run.Suite, s, arm, on) {
			others = append(others, run.Role(arm))
			continue
		}
		numbers = append(numbers, run.notes.Mark("one core "+string(arm), fmt.Sprintf("one core: %s uses one core of %.3g, which is its limit, "+
			"so the times are mostly waiting for that core; CPU per request does not suffer from that", arm, on.CPUs)))
	}
	switch {
	case len(numbers) == 0:
		numbers = append(numbers, run.notes.Mark("saturated", "saturated: the throughput of the direct path does not grow here, "+
			"so the times are mostly waiting for the machine; CPU per request does not suffer from that"))
	case len(others) > 0:
		names := strings.Join(others, " and ")
		numbers = append(numbers, run.notes.Mark("saturated "+names, fmt.Sprintf("saturated: the throughput of the direct path does not grow here, "+
			"so the times of %s are mostly waiting for the machine", names)))
	}
	for _, arm := range run.Gateways() {
		if summary.MockBound(run.Rounds, run.Suite, s, arm) {
			numbers = append(numbers, run.notes.Mark("mock-bound "+string(arm),
				fmt.Sprintf("mock-bound: %s is about as fast as the mock alone, so the gateway is not the limit", arm)))
		}
	}
	return numbers
}

// errorNote says what went wrong with arm, the most frequent first.
func (run *Run) errorNote(arm bench.Arm) string {
	classes := make(map[bench.ErrorClass]int)
	requests, failing := run.failures[arm], 0
	for _, s := range run.Suite {
		n, of := run.errors(s, arm)
		for class, k := range of {
			classes[class] += k
		}
		if n > 0 {
			failing++
		}
		for _, round := range run.Rounds.Of(s.ID(), arm) {
			requests += round.Requests
		}
	}
	return fmt.Sprintf("errors of %s: %d of %d requests in %d of %d scenarios (%s); they are not in the times",
		arm, run.failures[arm], requests, failing, len(run.Suite), classList(classes))
}

// classList is "timeout 7, reset 2".
func classList(classes map[bench.ErrorClass]int) string {
	var parts []string
	for _, class := range slices.SortedFunc(maps.Keys(classes), func(a, b bench.ErrorClass) int {
		return cmp.Or(classes[b]-classes[a], cmp.Compare(a, b))
	}) {
		parts = append(parts, fmt.Sprintf("%s %d", plain.Brief(string(class)), classes[class]))
	}
	return strings.Join(parts, ", ")
}

// failuresNote counts what the mock failed on purpose and the gateways passed on;
// empty where it was not asked to.
func (run *Run) failuresNote() string {
	passedOn, answered := 0, 0
	for _, r := range run.data.Rounds {
		if r.Arm != bench.Direct {
			passedOn += r.Failures
			answered += r.Requests
		}
	}
	if passedOn == 0 {
		return ""
	}
	return fmt.Sprintf("%d failures of the backend, of %d requests, were passed on as they should be; they are not in the times", passedOn, passedOn+answered)
}

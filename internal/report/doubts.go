package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// doubts returns the numbers of the notes that hold for a whole row.
func (s *sheet) doubts(r row) []int {
	var all []int
	for _, arm := range s.arms {
		if n, _ := r.errors(arm); n > 0 {
			all = append(all, s.notes.mark("errors "+string(arm), s.errorNote(arm)))
		}
	}
	if !s.saturated(r) {
		return all
	}
	all = append(all, s.notes.mark("saturated", "saturated: the throughput of the direct path does not grow here, "+
		"so the times are mostly waiting for the machine; CPU per request does not suffer from that"))
	rounds, scenarios := s.beside(r)
	for _, arm := range s.gateways {
		if summary.MockBound(summary.NewIndex(rounds), scenarios, r.Scenario, arm) {
			all = append(all, s.notes.mark("mock-bound "+string(arm),
				fmt.Sprintf("mock-bound: %s is about as fast as the mock alone, so the gateway is not the limit", arm)))
		}
	}
	return all
}

// saturated asks only where the direct path was measured: without it, nothing
// tells a saturated machine from a slow gateway.
func (s *sheet) saturated(r row) bool {
	if !r.value(bench.Direct, bench.Throughput).ok {
		return false
	}
	rounds, scenarios := s.beside(r)
	return summary.Saturated(summary.NewIndex(rounds), scenarios, r.Scenario)
}

// beside is what was measured at other concurrencies, r included.
func (s *sheet) beside(r row) (rounds []bench.Round, scenarios []bench.Scenario) {
	for _, other := range s.rows {
		if other.Alike(r.Scenario) {
			rounds = append(rounds, other.rounds...)
			scenarios = append(scenarios, other.Scenario)
		}
	}
	return rounds, scenarios
}

// fails is true when requests of any arm failed.
func (s *sheet) fails(r row) bool {
	return slices.ContainsFunc(s.arms, func(arm bench.Arm) bool { n, _ := r.errors(arm); return n > 0 })
}

// errorNote says what went wrong with arm, most frequent first.
func (s *sheet) errorNote(arm bench.Arm) string {
	var requests, failing int
	classes := make(map[bench.ErrorClass]int)
	for _, r := range s.rows {
		n, of := r.errors(arm)
		for class, k := range of {
			classes[class] += k
		}
		if n > 0 {
			failing++
		}
		for _, round := range r.rounds {
			if round.Arm == arm && round.Void == "" {
				requests += round.Requests
			}
		}
	}
	var parts []string
	for _, class := range slices.SortedFunc(maps.Keys(classes), func(a, b bench.ErrorClass) int {
		return cmp.Or(classes[b]-classes[a], cmp.Compare(a, b))
	}) {
		parts = append(parts, fmt.Sprintf("%s %d", class, classes[class]))
	}
	return fmt.Sprintf("errors of %s: %d of %d requests in %d of %d scenarios (%s); they have no part in the times",
		arm, s.failed[arm], requests+s.failed[arm], failing, len(s.rows), strings.Join(parts, ", "))
}

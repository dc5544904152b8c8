package measured

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// typicalBody is the size of a body that sums up a run, if it has it: that of a short chat.
const typicalBody = 1 << 10

// summedUp are the modes that sum up a run.
var summedUp = []bench.Mode{bench.JSON, bench.SSE}

// inFlight are the concurrencies that sum up a run: one request at a time, and some.
var inFlight = []int{1, 10}

// Answered is what the first clock of a mode waits for, as people say it.
func Answered(m bench.Mode) string {
	switch m {
	case bench.SSE:
		return "first event"
	case bench.JSON:
		return "JSON"
	default:
		return plain.Brief(string(m))
	}
}

// Calm are the scenarios that sum up a run where little else happens: of each mode the
// one with the fewest requests in flight and a body of about 1 KB.
func (run *Run) Calm() []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range summedUp {
		if of := run.summing(mode); len(of) > 0 {
			all = append(all, of[0])
		}
	}
	return all
}

// summing are the scenarios of a mode with the body that sums it up, by concurrency.
func (run *Run) summing(mode bench.Mode) []bench.Scenario {
	all := slices.DeleteFunc(run.unpaced(), func(s bench.Scenario) bool { return s.Mode != mode })
	if len(all) == 0 {
		return nil
	}
	far := func(s bench.Scenario) int { return max(s.BodyBytes, typicalBody) - min(s.BodyBytes, typicalBody) }
	near := slices.MinFunc(all, func(a, b bench.Scenario) int { return cmp.Compare(far(a), far(b)) })
	all = slices.DeleteFunc(all, func(s bench.Scenario) bool { return s.Sizes() != near.Sizes() })
	slices.SortStableFunc(all, func(a, b bench.Scenario) int { return cmp.Compare(a.Concurrency, b.Concurrency) })
	return all
}

// Answer sums a run up: what the gateways add to a JSON answer and to the first event,
// what a request costs them, and their memory.
func (run *Run) Answer() []document.Item {
	var all []document.Item
	add := func(name, text string) {
		if text != "" {
			all = append(all, document.Item{Name: name, Text: text})
		}
	}
	for _, mode := range summedUp {
		add(plain.Capital(Answered(mode)), run.adds(mode))
	}
	add("CPU", run.costs())
	add("Memory", run.memories())
	return all
}

// adds is what the gateways add to the answers of a mode, with few and with more
// requests in flight.
func (run *Run) adds(mode bench.Mode) string {
	suite, arms := run.summing(mode), run.Gateways()
	if chosen := slices.DeleteFunc(slices.Clone(suite), func(s bench.Scenario) bool { return !slices.Contains(inFlight, s.Concurrency) }); len(chosen) > 0 {
		suite = chosen
	}
	if !run.Has(bench.Direct) {
		return ""
	}
	var all []float64
	var places []bench.Scenario
	for _, s := range suite[:min(len(inFlight), len(suite))] {
		found := of(arms, func(arm bench.Arm) *float64 { return run.overhead(Clocks(mode)[0].Typical, false)(s, arm).value })
		if len(found) > 0 {
			all, places = append(all, found...), append(places, s)
		}
	}
	if len(places) == 0 {
		return ""
	}
	scale, parts := figures.OfTimes(all...), make([]string, len(places))
	for i, s := range places {
		parts[i] = fmt.Sprintf("%s %s with %d in flight", arrows(all[i*len(arms):(i+1)*len(arms)], scale.Signed), scale.Unit, s.Concurrency)
	}
	return fmt.Sprintf("%s (%s)", strings.Join(parts, ", "), places[0].Sizes())
}

// costs is the CPU time of a request of each mode.
func (run *Run) costs() string {
	var parts []string
	for _, s := range run.Calm() {
		found := of(run.Gateways(), func(arm bench.Arm) *float64 { return run.value(bench.CPUPerRequest, false)(s, arm).value })
		if len(found) == 0 {
			continue
		}
		scale, what := figures.OfTimes(found...), "a JSON answer"
		if s.Mode == bench.SSE {
			what = "a stream"
		}
		parts = append(parts, fmt.Sprintf("%s %s %s", arrows(found, scale.Format), scale.Unit, what))
	}
	return strings.Join(parts, ", ")
}

// memories are those of the gateways, when ready and at most.
func (run *Run) memories() string {
	var idles, peaks []float64
	for _, arm := range run.Gateways() {
		idle, peak, _ := run.memory(arm)
		if idle == 0 || peak == 0 {
			return ""
		}
		idles, peaks = append(idles, idle), append(peaks, peak)
	}
	if len(idles) == 0 {
		return ""
	}
	scale := figures.OfSizes(append(slices.Clone(idles), peaks...)...)
	return fmt.Sprintf("%s %s when ready, at most %s %s", arrows(idles, scale.Format), scale.Unit, arrows(peaks, scale.Format), scale.Unit)
}

// of are the values of all arms; none where one lacks its own.
func of(arms []bench.Arm, value func(bench.Arm) *float64) []float64 {
	all := make([]*float64, len(arms))
	for i, arm := range arms {
		all[i] = value(arm)
	}
	if found := There(all...); len(found) == len(arms) {
		return found
	}
	return nil
}

// arrows are the values of base and head, or that of one gateway alone.
func arrows(values []float64, format func(float64) string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = format(v)
	}
	return strings.Join(parts, " → ")
}

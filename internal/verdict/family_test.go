package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Ten pairs have no aligned p below 1/1024. At a level of 0.007 seven such hypotheses
// can be told apart and ten cannot, whatever others there are.
func TestFamilyIsOfWhatCanBeFound(t *testing.T) {
	row := func(n int, method bench.Method, pairs int, p float64) (all []bench.Comparison) {
		for i := range n {
			all = append(all, bench.Comparison{Scenario: string(rune('a' + i)), Metric: bench.Metric(method), Method: method, Pairs: pairs, P: &p})
		}
		return all
	}
	const level = 0.007
	for name, c := range map[string]struct {
		all         []bench.Comparison
		tried, lost int
		adjusted    float64 // of the first
	}{
		"none":                        {nil, 0, 0, 0},
		"stratified":                  {row(50, bench.MethodStratified, 10, 1e-5), 50, 0, 50e-5},
		"seven aligned":               {row(7, bench.MethodAligned, 10, 1.0/1024), 7, 0, 7.0 / 1024},
		"ten aligned":                 {row(10, bench.MethodAligned, 10, 1.0/1024), 0, 10, 0},
		"ten aligned of more pairs":   {row(10, bench.MethodAligned, 11, 1.0/2048), 10, 0, 10.0 / 2048},
		"aligned beside a stratified": {append(row(20, bench.MethodStratified, 10, 1e-5), row(10, bench.MethodAligned, 10, 1.0/1024)...), 20, 10, 20e-5},
	} {
		adjusted, lost := family(c.all, worse, level, nil, func(bench.Comparison) bool { return true })
		if len(adjusted) != c.tried || len(lost) != c.lost {
			t.Errorf("%s: %d are tried and %d lost, want %d and %d", name, len(adjusted), len(lost), c.tried, c.lost)
		}
		if c.tried > 0 {
			if got := adjusted[keyOf(c.all[0])]; got < c.adjusted*0.999 || got > c.adjusted*1.001 {
				t.Errorf("%s: adjusted p %v, want %v", name, got, c.adjusted)
			}
		}
	}
}

// Peak memory has one value in each process pair, so that few pairs cannot show a
// change of it in one of many scenarios: that is said, and is no pass.
func TestWhatCannotBeFoundIsSaid(t *testing.T) {
	l := lab{suite: wide(), memory: inOne(3), sd: 0.02}
	v, _ := l.within(1, Evidence{OneStage: true}, 8)
	if v.Outcome != bench.Inconclusive || !strings.Contains(v.Reason, "could not have been found with 8 process pairs") {
		t.Errorf("%s because %s", v.Outcome, v.Reason)
	}
	for _, c := range v.Comparisons {
		if c.Metric == bench.RSSPeak && (c.Outcome == bench.Pass || c.Resolution != nil) {
			t.Errorf("%s: %s, resolution %v", c.Scenario, c.Outcome, c.Resolution)
		}
	}
	l.memory = nil
	if v, _ := l.within(1, Evidence{OneStage: true}, 8); v.Outcome != bench.Pass {
		t.Errorf("unchanged: %s because %s", v.Outcome, v.Reason)
	}
	l.memory = inOne(1.5)
	if v, steps := l.within(1, Evidence{}, 100); v.Outcome != bench.Regression || !slices.ContainsFunc(v.Scenarios, func(s bench.ScenarioVerdict) bool {
		return s.Outcome == bench.Regression && strings.HasPrefix(s.Reason, "rss_peak +")
	}) {
		t.Errorf("in two stages, %s: %s because %s", shape(steps), v.Outcome, v.Reason)
	}
}

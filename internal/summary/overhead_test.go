package summary

import (
	"math"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func row(round int, arm bench.Arm, scenario string, latency float64) bench.Round {
	return bench.Round{
		Round: round, Arm: arm, Scenario: scenario,
		Metrics: map[bench.Metric]float64{bench.LatencyTypical: latency},
	}
}

func TestOverheadMayBeNegative(t *testing.T) {
	got, ok := Overhead(row(1, bench.Head, "s", 3), row(1, bench.Direct, "s", 5), bench.LatencyTypical)
	if !ok || got != -2 {
		t.Errorf("overhead %v, %v; want -2, true", got, ok)
	}
}

func TestOverheadNeedsTheSameRound(t *testing.T) {
	head := row(2, bench.Head, "s", 3)
	for name, direct := range map[string]bench.Round{
		"another round":    row(1, bench.Direct, "s", 5),
		"another scenario": row(2, bench.Direct, "t", 5),
		"no value":         {Round: 2, Arm: bench.Direct, Scenario: "s"},
		"nothing":          {},
	} {
		if got, ok := Overhead(head, direct, bench.LatencyTypical); ok {
			t.Errorf("%s: overhead %v", name, got)
		}
	}
	if _, ok := Overhead(head, row(2, bench.Direct, "s", 5), bench.LatencyP99); ok {
		t.Error("overhead of a metric that neither has")
	}
}

func TestValuesSkipVoidRounds(t *testing.T) {
	void := row(2, bench.Head, "s", 99)
	void.Void = "steal"
	rounds := []bench.Round{
		row(1, bench.Direct, "s", 1), row(1, bench.Head, "s", 10),
		row(2, bench.Direct, "s", 2), void,
		row(3, bench.Head, "s", 30), // its direct value is missing
		row(4, bench.Head, "s", 41), row(4, bench.Direct, "s", 4), row(4, bench.Head, "t", 7),
	}
	if got := Values(rounds, "s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{10, 30, 41}) {
		t.Errorf("values %v", got)
	}
	if got := Overheads(rounds, "s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{9, 37}) {
		t.Errorf("overheads %v", got)
	}
	if got := Values(rounds, "u", bench.Head, bench.LatencyTypical); got != nil {
		t.Errorf("values of an unknown scenario %v", got)
	}
}

func TestSpreadOf(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   Spread
	}{
		{[]float64{7}, Spread{7, 7, 7}},
		{[]float64{3, 1}, Spread{2, 1, 3}},
		// ⌈0.1·10⌉ = 1st and ⌈0.9·10⌉ = 9th of ten.
		{[]float64{10, 9, 8, 7, 6, 5, 4, 3, 2, -1}, Spread{5.5, -1, 9}},
	} {
		before := slices.Clone(c.values)
		if got, ok := SpreadOf(c.values); !ok || got != c.want {
			t.Errorf("spread of %v = %v, %v", c.values, got, ok)
		}
		if !slices.Equal(before, c.values) {
			t.Errorf("values were modified: %v", c.values)
		}
	}
	for _, none := range [][]float64{nil, {1, math.NaN()}, {math.Inf(1)}} {
		if got, ok := SpreadOf(none); ok {
			t.Errorf("spread of %v = %v", none, got)
		}
	}
}

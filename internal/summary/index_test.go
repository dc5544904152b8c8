package summary

import (
	"fmt"
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
	rounds := NewIndex([]bench.Round{row(1, bench.Head, "s", 3), row(1, bench.Direct, "s", 5)})
	if got := rounds.Overheads("s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{-2}) {
		t.Errorf("overheads %v; want -2", got)
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
		if got := NewIndex([]bench.Round{head, direct}).Overheads("s", bench.Head, bench.LatencyTypical); got != nil {
			t.Errorf("%s: overheads %v", name, got)
		}
	}
	if NewIndex([]bench.Round{head, row(2, bench.Direct, "s", 5)}).Overheads("s", bench.Head, bench.LatencyP99) != nil {
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
	x := NewIndex(rounds)
	if got := x.Values("s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{10, 30, 41}) {
		t.Errorf("values %v", got)
	}
	if got := x.Overheads("s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{9, 37}) {
		t.Errorf("overheads %v", got)
	}
	if got := x.Values("u", bench.Head, bench.LatencyTypical); got != nil {
		t.Errorf("values of an unknown scenario %v", got)
	}
}

func TestIndexHasRowsByNumber(t *testing.T) {
	void := row(2, bench.Head, "s", 3)
	void.Void, void.Metrics = "steal", map[bench.Metric]float64{bench.RSSPeak: 1}
	fresh := row(9, bench.Head, "s", 1)
	fresh.Stage = bench.Confirm
	x := NewIndex([]bench.Round{
		row(7, bench.Base, "s", 8), fresh, row(7, bench.Direct, "s", 3), void,
		row(1, bench.Head, "s", 5), row(1, bench.Base, "s", 4), row(1, bench.Head, "s", 6),
	})
	var got []string
	for _, r := range x.Rows("s") {
		got = append(got, fmt.Sprintln(r.Number, r.Stage, r.Direct != nil, r.Base != nil, r.Head != nil))
	}
	want := []string{"1  false true true\n", "7  true true false\n", "9 confirm false false true\n"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	if got := x.Values("s", bench.Head, bench.LatencyTypical); !slices.Equal(got, []float64{6, 1}) {
		t.Errorf("%v: of the same round twice the later one counts", got)
	}
	if got := x.Metrics("s"); !slices.Equal(got, []bench.Metric{bench.LatencyTypical, bench.RSSPeak}) {
		t.Errorf("metrics %v: those of a void round are listed too", got)
	}
	if len(x.Void("s")) != 1 || !x.Has(bench.Direct) || NewIndex(nil).Has(bench.Head) || x.Rows("t") != nil {
		t.Errorf("void %v", x.Void("s"))
	}
	if got, ok := x.Median("s", bench.Base, bench.LatencyTypical); !ok || got != 6 {
		t.Errorf("median %v, %v", got, ok)
	}
	if _, ok := x.Median("t", bench.Base, bench.LatencyTypical); ok {
		t.Error("a median of nothing")
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

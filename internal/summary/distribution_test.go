package summary

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestRoundKeepsTheDistribution(t *testing.T) {
	// 1, 2, ... 400 µs: the nearest rank of p % is the 4p-th.
	got := Round(bench.Scenario{Mode: bench.JSON}, []bench.Slice{{Observations: counted(400), Elapsed: 1}}, Usage{}).Distribution
	if len(got) != 1 || len(got[bench.LatencyTypical]) != Levels {
		t.Fatalf("distributions %v", got)
	}
	for i, level := range []float64{1, 5, 10, 15, 20} {
		equal(t, "quantile", got[bench.LatencyTypical][i], 4*level*1e-6)
	}
	equal(t, "99 %", got[bench.LatencyTypical][Levels-2], 396e-6)
	equal(t, "slowest", got[bench.LatencyTypical][Levels-1], 400e-6)

	rng := rand.New(rand.NewPCG(1, 2))
	r := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: streamed(rng, 50), Elapsed: 1}}, Usage{})
	for _, m := range []bench.Metric{bench.FirstEventTypical, bench.TotalTypical} {
		if d := r.Distribution[m]; len(d) != Levels || !slices.IsSorted(d) {
			t.Errorf("%s: %v", m, d)
		}
	}
	if got, want := r.Distribution[bench.TotalTypical][10], r.Metrics[bench.TotalP50]; math.Abs(got/want-1) > 0.5e-3 {
		t.Errorf("median %v, want %v to four digits", got, want)
	}
	if len(r.Distribution) != 2 {
		t.Errorf("%d distributions of a stream, want 2", len(r.Distribution))
	}
	if none := Round(bench.Scenario{Mode: bench.SSE}, nil, Usage{}).Distribution; none != nil {
		t.Errorf("of no request: %v", none)
	}
}

func TestFourDigits(t *testing.T) {
	for in, want := range map[int64]int64{
		0: 0, 7: 7, 9999: 9999, 10_004: 10_000, 10_005: 10_010, 99_995: 100_000, 193_847: 193_800, 1_234_567_890: 1_235_000_000,
		math.MaxInt64 / 2: 4_612_000_000_000_000_000,
	} {
		if got := fourDigits(in); got != want {
			t.Errorf("%d becomes %d, want %d", in, got, want)
		}
	}
}

// uniform is a round with the quantiles of a uniform distribution.
func uniform(number int, low, high float64) bench.Round {
	d := make([]float64, Levels)
	for i, level := range levels {
		d[i] = low + (high-low)*float64(level)/100
	}
	return bench.Round{
		Round: number, Arm: bench.Head, Scenario: "json/c1/100B",
		Distribution: map[bench.Metric][]float64{bench.LatencyTypical: d},
	}
}

func pooled(rounds ...bench.Round) []Point {
	return NewIndex(rounds).Pooled("json/c1/100B", bench.Head, bench.LatencyTypical)
}

func TestPoolingEqualRoundsChangesNothing(t *testing.T) {
	for n := 1; n < 4; n++ {
		var rounds []bench.Round
		for i := range n {
			rounds = append(rounds, uniform(i+1, 0, 100))
		}
		points := pooled(rounds...)
		if len(points) != Levels-1 {
			t.Fatalf("%d points", len(points))
		}
		for _, p := range points {
			equal(t, "value", p.Value, 100*p.Share)
		}
	}
}

// Half of the rounds around 1 and half around 101: the pool has two humps and
// nothing between them, where the mean of the medians would be.
func TestPoolingIsOfSharesNotOfTimes(t *testing.T) {
	points := pooled(uniform(1, 0, 2), uniform(2, 100, 102))
	for _, p := range points {
		if p.Value > 2 && p.Value < 100 {
			t.Errorf("%.0f %% take at most %v, which none takes", 100*p.Share, p.Value)
		}
	}
	equal(t, "a quarter", at(points, 0.25), 1)
	equal(t, "three quarters", at(points, 0.75), 101)
}

func at(points []Point, share float64) float64 {
	for _, p := range points {
		if p.Share == share {
			return p.Value
		}
	}
	return math.NaN()
}

func TestPoolingIgnoresTheOrderOfRounds(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 9))
	for range 50 {
		var rounds []bench.Round
		for i := range 1 + rng.IntN(8) {
			low := rng.Float64()
			rounds = append(rounds, uniform(i+1, low, low+rng.Float64()))
		}
		before := pooled(rounds...)
		if !slices.IsSortedFunc(before, func(a, b Point) int {
			if a.Value < b.Value && a.Share < b.Share {
				return -1
			}
			return 0
		}) {
			t.Errorf("not ascending: %v", before)
		}
		rng.Shuffle(len(rounds), func(i, j int) { rounds[i], rounds[j] = rounds[j], rounds[i] })
		for i, p := range pooled(rounds...) {
			equal(t, "value", p.Value, before[i].Value)
		}
	}
}

func TestPoolingLeavesOut(t *testing.T) {
	void, direct, other, short, mixed := uniform(2, 5, 6), uniform(2, 5, 6), uniform(2, 5, 6), uniform(2, 5, 6), uniform(2, 5, 6)
	void.Void, direct.Arm, other.Scenario = "stolen CPU time", bench.Direct, "json/c10/100B"
	short.Distribution[bench.LatencyTypical] = []float64{1, 2}
	slices.Reverse(mixed.Distribution[bench.LatencyTypical])
	got := pooled(uniform(1, 0, 100), void, direct, other, short, mixed, bench.Round{Round: 3, Arm: bench.Head, Scenario: "json/c1/100B"})
	equal(t, "median", at(got, 0.5), 50)
	if got := pooled(void, short); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	same := pooled(uniform(1, 7, 7), uniform(2, 7, 7))
	equal(t, "constant", at(same, 0.5), 7)
}

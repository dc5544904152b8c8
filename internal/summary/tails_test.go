package summary

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// tailed reduces base and head together.
func tailed(mode bench.Mode, base, head []bench.Slice) (b, h bench.Round) {
	of, usage := bench.Scenario{Mode: mode}, Usage{Gateway: &Resources{}}
	b, h = Round(of, base, usage), Round(of, head, usage)
	Tails(of, &b, &h, base, head)
	return b, h
}

func TestTailsAreSharesAboveTheCommonP95(t *testing.T) {
	// Both have 1..100 µs in two slices, and head ten of 101 µs and ten of 102 µs in a
	// third. Of these 220 requests the 209th, 101 µs, is the p95: ten are above it.
	all := counted(100)
	slow := counted(102)[100:]
	third := slices.Concat(slices.Repeat(slow[:1], 10), slices.Repeat(slow[1:], 10))
	b, h := tailed(bench.JSON, []bench.Slice{{Observations: all[:50]}, {Observations: all[50:]}},
		[]bench.Slice{{Observations: all[:50]}, {}, {Observations: all[50:]}, {Observations: third}})
	if got, want := b.Slices[bench.LatencyP95], []float64{0, 0}; !slices.Equal(got, want) {
		t.Errorf("base: %v, want %v", got, want)
	}
	if got, want := h.Slices[bench.LatencyP95], []float64{0, 0, 0.5}; !slices.Equal(got, want) {
		t.Errorf("head: %v, want %v", got, want)
	}
}

func TestTailsOfEqualArmsAreFivePerCent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var base, head []bench.Slice
	for range 10 {
		base, head = append(base, bench.Slice{Observations: streamed(rng, 100)}), append(head, bench.Slice{Observations: streamed(rng, 60)})
	}
	b, h := tailed(bench.SSE, base, head)
	for _, m := range []bench.Metric{bench.FirstEventP95, bench.TotalP95} {
		sum := 0.0
		for i := range 10 {
			sum += 100*b.Slices[m][i] + 60*h.Slices[m][i]
		}
		if sum < 79 || sum > 80.1 { // of 1600 requests the 80 slowest; some may be as slow as the p95
			t.Errorf("%s: %v requests above the p95 of 1600", m, sum)
		}
	}
	for m := range b.Slices {
		if d, _ := m.Describe(); d.Statistic == bench.P95 && m != bench.FirstEventP95 && m != bench.TotalP95 {
			t.Errorf("slices of %s, which is not gated", m)
		}
	}
}

func TestTailsNeedEnoughRequests(t *testing.T) {
	b, h := tailed(bench.JSON, []bench.Slice{{Observations: counted(36)}}, []bench.Slice{{Observations: counted(36)}})
	if b.Slices[bench.LatencyP95] != nil || h.Slices[bench.LatencyP95] != nil {
		t.Errorf("%v and %v of 72 requests, which have no p95", b.Slices, h.Slices)
	}
}

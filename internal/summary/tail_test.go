package summary

import (
	"math/rand/v2"
	"testing"
)

func TestTailIsByNearestRankAndOnlyOfEnough(t *testing.T) {
	for _, c := range []struct {
		n             int
		p50, p95, p99 float64 // seconds; 0: left out
		left          string
	}{
		{1000, 500, 950, 990, ""},
		{368, 184, 350, 365, ""},
		{367, 184, 349, 0, "p99 needs 368 requests, and there are 367"},
		{72, 36, 0, 0, "p95 needs 73 requests, p99 needs 368 requests, and there are 72"},
		{1, 1, 0, 0, "p95 needs 73 requests, p99 needs 368 requests, and there are 1"},
	} {
		ns := make([]int64, c.n)
		for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(c.n) {
			ns[i] = int64(at+1) * 1e9
		}
		got := TailOf(ns)
		for name, pair := range map[string][2]*float64{
			"p50": {got.P50, &c.p50}, "p95": {got.P95, &c.p95}, "p99": {got.P99, &c.p99}, "max": {got.Max, new(float64(c.n))},
		} {
			if have, want := pair[0], *pair[1]; (have == nil) != (want == 0) || have != nil && *have != want {
				t.Errorf("%s of %d: %v, want %v", name, c.n, have, want)
			}
		}
		if got.Omitted != c.left {
			t.Errorf("of %d: %q, want %q", c.n, got.Omitted, c.left)
		}
	}
	if got := TailOf(nil); got.Max != nil || got.Omitted == "" {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestLeastOfAPercentile(t *testing.T) {
	for percent, want := range map[int]int{50: 1, 75: 13, 90: 36, 95: 73, 99: 368} {
		if got := leastOf(percent); got != want {
			t.Errorf("p%d needs %d observations, want %d", percent, got, want)
		}
	}
}

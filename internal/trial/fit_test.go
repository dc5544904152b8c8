package trial

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// usualSuite is the default one.
func usualSuite() (all []bench.Scenario) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1024, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return all
}

// costsOf are of gateways of which a turn takes as long as of says: a tenth of it once,
// and the rest for the default cycles.
func costsOf(suite []bench.Scenario, start, warm time.Duration, of func(bench.Scenario) time.Duration) Costs {
	c := Costs{}.copied()
	c.starts = []time.Duration{start}
	for _, s := range suite {
		c.warm[s.Mode] = []time.Duration{warm}
		if turn := of(s); turn > 0 {
			c.turns[s] = []turnCost{{once: turn / 10, cycle: turn * 9 / 10 / DefaultCycles}}
		}
	}
	return c
}

func same(d time.Duration) func(bench.Scenario) time.Duration {
	return func(bench.Scenario) time.Duration { return d }
}

// oneAtATime is a gateway that answers one request after the other.
func oneAtATime(service time.Duration) func(bench.Scenario) time.Duration {
	return func(s bench.Scenario) time.Duration {
		n := 2
		if s.Concurrency > 1 {
			n = 2 * s.Concurrency
		}
		return time.Duration(n*(2*DefaultCycles*2+2)) * service
	}
}

// TestWhatIsLeftOut: in the fixed order, whatever the scenarios cost.
func TestWhatIsLeftOut(t *testing.T) {
	suite := usualSuite()
	var order []string
	for n := range len(suite) {
		// Nothing has been driven but what is to stay.
		known := ranked(suite)[:len(suite)-n]
		f := Offer{Suite: suite, Budget: time.Hour, Left: time.Hour, Costs: costsOf(known, 0, 0, same(time.Second))}.Fit()
		if len(f.LeftOut) > 0 && n <= len(suite)-2 {
			for _, s := range f.LeftOut {
				if !slices.Contains(order, s.ID()) {
					order = append(order, s.ID())
				}
			}
		}
	}
	want := []string{}
	for _, c := range []string{"c50", "c10", "c1"} {
		for _, body := range []string{"100KB", "10KB", "1KB", "100B"} {
			for _, mode := range []string{"sse", "json"} {
				if c != "c1" || body != "1KB" {
					want = append(want, mode+"/"+c+"/"+body)
				}
			}
		}
	}
	if !slices.Equal(order, want) {
		t.Errorf("left out %v, want %v", order, want)
	}
}

func TestKeepers(t *testing.T) {
	at := func(mode bench.Mode, c, body int) bench.Scenario {
		return bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body}
	}
	for _, c := range []struct{ suite, want []bench.Scenario }{
		{usualSuite(), []bench.Scenario{at(bench.JSON, 1, 1024), at(bench.SSE, 1, 1024)}},
		{[]bench.Scenario{at(bench.SSE, 20, 9), at(bench.SSE, 7, 5000), at(bench.SSE, 7, 4000)}, []bench.Scenario{at(bench.SSE, 7, 4000)}},
		{[]bench.Scenario{at(bench.JSON, 1, 100), {Mode: bench.JSON, Concurrency: 1, Mix: true}}, []bench.Scenario{{Mode: bench.JSON, Concurrency: 1, Mix: true}}},
		{nil, nil},
	} {
		if got := keepers(c.suite); !slices.Equal(got, c.want) {
			t.Errorf("%v: kept %v, want %v", c.suite, got, c.want)
		}
	}
}

// TestFit: what fits four minutes after the first process pair.
func TestFit(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	for _, c := range []struct {
		name        string
		start, warm time.Duration // warm: of each mode
		turn        func(bench.Scenario) time.Duration
		kept        int
		pairs       [2]int // at least, at most
		oneStage    bool
	}{
		{"the reference gateway", 100 * ms, 500 * ms, same(400 * ms), 24, [2]int{18, 24}, false},
		{"on a busy machine", 100 * ms, 500 * ms, same(600 * ms), 24, [2]int{14, 17}, true},
		{"on a very busy machine", 100 * ms, 500 * ms, same(1500 * ms), 16, [2]int{10, 10}, true},
		{"one at a time, slow to start", 8 * s, 1200 * ms, oneAtATime(50 * ms), 6, [2]int{10, 10}, true},
		{"one at a time", 0, 1200 * ms, oneAtATime(50 * ms), 8, [2]int{10, 12}, true},
		{"3 s to start", 3 * s, 500 * ms, same(400 * ms), 24, [2]int{18, 18}, false},
		{"20 s to start", 20 * s, 500 * ms, same(400 * ms), 24, [2]int{8, 8}, true},
		{"half a second for each request", s, 2 * s, oneAtATime(s / 2), 2, [2]int{8, 8}, true},
		{"28 s to start", 28 * s, 500 * ms, same(400 * ms), 2, [2]int{8, 8}, true},
		{"60 s to start", 60 * s, 500 * ms, same(400 * ms), 24, [2]int{3, 4}, true},
		{"300 s to start", 300 * s, 500 * ms, same(400 * ms), 24, [2]int{1, 1}, true},
		{"a second for each request", s, 2 * s, oneAtATime(s), 3, [2]int{2, 2}, true},
	} {
		suite := usualSuite()
		o := Offer{Suite: suite, Budget: DefaultBudget, Costs: costsOf(suite, c.start, c.warm, c.turn)}
		first := o.Costs.Pair(keepers(suite), DefaultCycles, 1)
		o.Left = o.Budget - first
		f := o.Fit()
		if len(f.Kept) != c.kept || f.Pairs < c.pairs[0] || f.Pairs > c.pairs[1] || f.OneStage != c.oneStage {
			t.Errorf("%s: %d kept, %d pairs, one stage %v, %d cycles, %d rounds a pair", c.name, len(f.Kept), f.Pairs, f.OneStage, f.Cycles, f.Sharing)
		}
		if len(f.Kept)+len(f.LeftOut) != len(suite) {
			t.Errorf("%s: kept %v, left out %v", c.name, f.Kept, f.LeftOut)
		}
		if took := first + time.Duration(f.Pairs-1)*o.Costs.Pair(f.Kept, f.Cycles, f.Sharing); f.Pairs > 1 && took > o.Budget {
			t.Errorf("%s: takes %s", c.name, took)
		}
		if takes := o.Takes(FewestPairs, f.Kept); f.Pairs < FewestPairs {
			again := Offer{Suite: suite, Budget: takes, Left: takes - first, Costs: o.Costs}
			if n := again.Fit().Pairs; n < FewestPairs {
				t.Errorf("%s: with %s there are %d pairs", c.name, takes, n)
			}
		}
	}
}

// TestFitAlways: whatever a suite costs, the plan fits, keeps one scenario of each mode,
// and wastes no process pair.
func TestFitAlways(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		suite := usualSuite()
		upTo := func(d time.Duration) time.Duration { return time.Duration(rng.Int64N(int64(d))) }
		start, each := upTo(40*time.Second), upTo(3*time.Second)
		o := Offer{
			Suite: suite, Budget: upTo(10 * time.Minute),
			Costs: costsOf(ranked(suite)[:2+rng.IntN(23)], start, upTo(3*time.Second), func(bench.Scenario) time.Duration { return 1 + upTo(each+time.Second) }),
		}
		o.Left = max(0, o.Budget-start-upTo(time.Minute))
		f := o.Fit()
		pair := o.Costs.Pair(f.Kept, f.Cycles, f.Sharing)
		switch {
		case time.Duration(f.Pairs-1)*pair > o.Left:
			t.Errorf("%+v does not fit %s", f, o.Left)
		case time.Duration(f.Pairs)*pair <= o.Left:
			t.Errorf("%+v: one more pair of %s fits %s", f, pair, o.Left)
		case f.Cycles < MinCycles || f.Cycles > MaxCycles || f.Sharing < 1 || f.Sharing > mostSharing || !f.OneStage && (f.Cycles != DefaultCycles || f.Sharing != 1):
			t.Errorf("%+v", f)
		case len(f.LeftOut) > 0 && f.Pairs > WantedPairs && o.Costs.Known(f.LeftOut[0]) && o.Costs.Pairs(o.Left, suite, DefaultCycles, 1) >= WantedPairs:
			t.Errorf("%v left out in vain", f.LeftOut)
		}
		for _, s := range keepers(suite) {
			if !slices.Contains(f.Kept, s) {
				t.Errorf("%s was left out", s)
			}
		}
	}
}

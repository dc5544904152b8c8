package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

var (
	one  = bench.Scenario{Mode: bench.JSON, Concurrency: 10, BodyBytes: 100}
	two  = bench.Scenario{Mode: bench.SSE, Concurrency: 10, BodyBytes: 100}
	both = []bench.Scenario{one, two}
)

// round makes one with the same value in each of n slices but for noise.
func round(rng *rand.Rand, r int, s bench.Scenario, arm bench.Arm, level float64, n int) bench.Round {
	level *= math.Exp(0.02 * rng.NormFloat64())
	slices := make([]float64, n)
	for i := range slices {
		slices[i] = level * math.Exp(0.05*rng.NormFloat64())
	}
	return bench.Round{
		Round: r, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 100,
		Metrics: map[bench.Metric]float64{s.Mode.Primary(): level},
		Slices:  map[bench.Metric][]float64{s.Mode.Primary(): slices},
	}
}

// trial makes n rounds of both scenarios: 100 µs direct, 200 µs base.
func trial(n, slicesPer int, head float64) []bench.Round {
	rng := rand.New(rand.NewPCG(1, 2))
	var all []bench.Round
	for r := 1; r <= n; r++ {
		drift := math.Exp(0.3 * rng.NormFloat64())
		for _, s := range both {
			all = append(all,
				round(rng, r, s, bench.Direct, 100e-6*drift, slicesPer),
				round(rng, r, s, bench.Base, 200e-6*drift, slicesPer),
				round(rng, r, s, bench.Head, 200e-6*drift*head, slicesPer))
		}
	}
	return all
}

func primary(s bench.Scenario) Wanted {
	return Wanted{Decide: []bench.Metric{s.Mode.Primary()}, Textbook: true}
}

func sideBySide(rounds []bench.Round) bench.Comparison {
	return At(bench.Screen, summary.NewIndex(rounds)).SideBySide(both, 0.01, primary)[0]
}

func TestSideBySide(t *testing.T) {
	c := sideBySide(trial(20, 10, 1.2))
	near := func(name string, got *float64, want, within float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > within {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	near("shift", c.Shift, 0.2, 0.02)
	near("share", c.Share, 0.5, 0.02)
	near("change of overhead", c.Change, 0.4, 0.05)
	near("absolute change", c.ChangeAbs, 0.2**c.Base, 0.02**c.Base)
	near("p", c.P, 0, 1e-6)
	near("p of better", c.PBetter, 1, 1e-6)
	near("aligned p", c.PAligned, math.Ldexp(1, -20), 1e-12)
	if c.Method != bench.MethodStratified || c.Of != bench.OfOverhead || c.Rounds != 20 || c.Reason != "" {
		t.Errorf("%+v", c)
	}
	if c.ShiftCI[0] > *c.Shift || c.ShiftCI[1] < *c.Shift || *c.Upper > c.ShiftCI[1] || *c.Lower < c.ShiftCI[0] {
		t.Errorf("shift %v outside its limits %v, %v, %v", *c.Shift, *c.ShiftCI, *c.Lower, *c.Upper)
	}
	if *c.PTextbook < 1e-4 {
		t.Errorf("the textbook test took the drift for nothing: p %v", *c.PTextbook)
	}
}

// TestColumnsAgree: a row says one thing, however the rounds drift and whatever
// processes do.
func TestColumnsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	same := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	for range 300 {
		var rounds []bench.Round
		change := math.Exp(0.1 * rng.NormFloat64())
		for r := 1; r <= 1+rng.IntN(12); r++ {
			drift := math.Exp(0.5 * rng.NormFloat64())
			rounds = append(rounds,
				round(rng, r, one, bench.Direct, 100e-6*drift, 10),
				round(rng, r, one, bench.Base, 200e-6*drift*math.Exp(0.1*rng.NormFloat64()), 10),
				round(rng, r, one, bench.Head, 200e-6*drift*change, 10))
		}
		c := sideBySide(processes(rounds, 1+rng.IntN(3)))
		same("head/base − 1", *c.Head / *c.Base - 1, *c.Shift)
		same("head − base", *c.Head-*c.Base, *c.ChangeAbs)
		same("share", (*c.Base-*c.Direct) / *c.Base, *c.Share)
		same("change of overhead", (*c.Head-*c.Base)/(*c.Base-*c.Direct), *c.Change)
		if (*c.Head > *c.Base) != (*c.Change > 0) {
			t.Errorf("%v → %v is called %+v", *c.Base, *c.Head, *c.Change)
		}
		if c.CI != nil && (c.CI[0] > *c.Change || c.CI[1] < *c.Change) {
			t.Errorf("change %v outside %v", *c.Change, *c.CI)
		}
	}
}

// slowMock makes n rounds of one: 20 ms direct, 200 µs of overhead in the base.
func slowMock(n int, head float64) []bench.Round {
	rng := rand.New(rand.NewPCG(3, 4))
	var all []bench.Round
	for r := 1; r <= n; r++ {
		drift := math.Exp(0.01 * rng.NormFloat64())
		for i, level := range []float64{20e-3, 20.2e-3, 20e-3 + 200e-6*head} {
			arm := []bench.Arm{bench.Direct, bench.Base, bench.Head}[i]
			row := round(rng, r, one, arm, level*drift, 10)
			row.Metrics[bench.LatencyTypical] = level * drift * math.Exp(1e-4*rng.NormFloat64())
			for i := range row.Slices[bench.LatencyTypical] {
				row.Slices[bench.LatencyTypical][i] = level * drift * math.Exp(1e-3*rng.NormFloat64())
			}
			all = append(all, row)
		}
	}
	return all
}

// TestMarginIsAShareOfTheOverhead: one of the value would hide twice the overhead
// behind a slow mock.
func TestMarginIsAShareOfTheOverhead(t *testing.T) {
	c := sideBySide(slowMock(12, 2))
	if *c.Shift > 0.011 || *c.P > 1e-3 || *c.PAligned > 1e-3 {
		t.Errorf("twice the overhead: shift %v, p %v, aligned %v", *c.Shift, *c.P, *c.PAligned)
	}
	if g := At(bench.Screen, summary.NewIndex(slowMock(12, 2))).Group("all", "", both[:1], 0.01); *g.P > 1e-3 {
		t.Errorf("twice the overhead: p of the group %v", *g.P)
	}
	for what, rounds := range map[string][]bench.Round{
		"unchanged":     slowMock(12, 1),
		"no direct arm": slices.DeleteFunc(slowMock(12, 2), func(r bench.Round) bool { return r.Arm == bench.Direct }),
	} {
		if c := sideBySide(rounds); *c.P < 0.05 || *c.PAligned < 0.05 {
			t.Errorf("%s: shift %v, p %v, aligned %v", what, *c.Shift, *c.P, *c.PAligned)
		}
	}
}

// TestColumnsWithoutRatio are medians: nothing pairs them.
func TestColumnsWithoutRatio(t *testing.T) {
	rounds := trial(5, 10, 1)
	for i := range rounds {
		if r := &rounds[i]; r.Arm == bench.Base {
			r.Metrics[bench.LatencyTypical] = float64(r.Round - 3)
		}
	}
	if c := sideBySide(rounds); *c.Base != 0 || c.Head == nil || c.Shift != nil {
		t.Errorf("%+v, want a base of 0 and no shift", c)
	}
}

func TestMethodFollowsTheSlices(t *testing.T) {
	if c := sideBySide(trial(20, 3, 1.2)); c.Method != bench.MethodAligned || c.PAligned != nil {
		t.Errorf("three slices: %s", c.Method)
	}
	rounds := trial(20, 10, 1.2)
	rounds[1].Slices[one.Mode.Primary()][3] = 0
	if c := sideBySide(rounds); c.Method != bench.MethodAligned {
		t.Errorf("a slice of 0: %s", c.Method)
	}
	if c := sideBySide(trial(1, 10, 1.2)); c.Method != bench.MethodAligned || c.Upper != nil || c.ShiftCI != nil {
		t.Errorf("one round has a test and no interval, got %+v", c)
	}
}

// TestMeanShowsARareStall: a stall that one slice in ten has is little to the ranks of
// the slices and plain in the means of the rounds.
func TestMeanShowsARareStall(t *testing.T) {
	rounds := trial(12, 10, 1)
	for i := range rounds {
		r := &rounds[i]
		if r.Scenario != one.ID() {
			continue
		}
		of := slices.Clone(r.Slices[bench.LatencyTypical])
		if r.Arm == bench.Head {
			of[r.Round%10] *= 20
		}
		sum := 0.0
		for _, v := range of {
			sum += v
		}
		r.Slices[bench.LatencyMean], r.Metrics[bench.LatencyMean] = of, sum/10
	}
	table := At(bench.Screen, summary.NewIndex(rounds))
	c := table.SideBySide(both[:1], 0.01, func(bench.Scenario) Wanted { return Wanted{Decide: []bench.Metric{bench.LatencyMean}} })[0]
	if p := table.candidate(one, bench.LatencyMean, 0.01).worse.P(0, 0); p < 1e-3 {
		t.Errorf("p of the slices is %v: the case shows nothing", p)
	}
	if *c.P != 2**c.PAligned || *c.PAligned != math.Ldexp(1, -12) || *c.PBetter < 0.05 || *c.Shift < 1 {
		t.Errorf("p %v, aligned %v, of better %v, shift %v", *c.P, *c.PAligned, *c.PBetter, *c.Shift)
	}
}

// TestTailsAreTestedOnShares: a p95 twice as long in every tenth slice is nothing to
// the p95 of few rounds, and plain in the shares.
func TestTailsAreTestedOnShares(t *testing.T) {
	tails := func(head float64) []bench.Round {
		rng := rand.New(rand.NewPCG(5, 6))
		rounds := trial(6, 10, 1)
		for i := range rounds {
			r := &rounds[i]
			r.Metrics[bench.LatencyP95] = 400e-6 * math.Exp(0.2*rng.NormFloat64())
			if r.Arm == bench.Direct {
				continue
			}
			often := 0.05
			if r.Arm == bench.Head {
				often = head
			}
			for range 10 {
				above := 0.0
				for range 40 {
					if rng.Float64() < often {
						above++
					}
				}
				r.Slices[bench.LatencyP95] = append(r.Slices[bench.LatencyP95], above/40)
			}
		}
		return rounds
	}
	of := func(rounds []bench.Round) bench.Comparison {
		return At(bench.Screen, summary.NewIndex(rounds)).SideBySide(both, 0.01, func(bench.Scenario) Wanted {
			return Wanted{Decide: []bench.Metric{bench.LatencyP95}}
		})[0]
	}
	if c := of(tails(0.2)); c.Method != bench.MethodStratified || *c.P > 1e-3 || *c.PBetter < 0.5 {
		t.Errorf("four times as many slow requests: %s, p %v, of better %v", c.Method, *c.P, *c.PBetter)
	}
	if c := of(tails(0.05)); *c.P < 0.05 || *c.PBetter < 0.05 {
		t.Errorf("as many slow requests: p %v, of better %v", *c.P, *c.PBetter)
	}
	older := tails(0.2)
	for i := range older {
		delete(older[i].Slices, bench.LatencyP95)
	}
	if c := of(older); c.Method != bench.MethodAligned {
		t.Errorf("a file without shares: %s", c.Method)
	}
}

func TestSwapMirrors(t *testing.T) {
	rounds := trial(20, 10, 1.1)
	there := sideBySide(rounds)
	for i := range rounds {
		switch rounds[i].Arm {
		case bench.Base:
			rounds[i].Arm = bench.Head
		case bench.Head:
			rounds[i].Arm = bench.Base
		}
	}
	back := sideBySide(rounds)
	if *there.P != *back.PBetter || *there.PBetter != *back.P {
		t.Errorf("p %v and %v, swapped %v and %v", *there.P, *there.PBetter, *back.P, *back.PBetter)
	}
	if math.Abs(math.Log1p(*there.Shift)+math.Log1p(*back.Shift)) > 1e-12 {
		t.Errorf("shift %v, swapped %v", *there.Shift, *back.Shift)
	}
}

func TestHigherIsBetter(t *testing.T) {
	rounds := trial(20, 10, 1.2)
	for i := range rounds {
		rounds[i].Metrics[bench.Throughput] = 1 / rounds[i].Metrics[bench.LatencyTypical]
	}
	c := At(bench.Screen, summary.NewIndex(rounds)).SideBySide(both, 0.01, func(bench.Scenario) Wanted { return Wanted{Decide: []bench.Metric{bench.Throughput}} })[0]
	if *c.Shift > -0.1 || *c.P > 1e-5 || *c.PBetter < 0.999 {
		t.Errorf("less throughput: shift %v, p of worse %v, of better %v", *c.Shift, *c.P, *c.PBetter)
	}
}

func TestWhatCannotBeComparedSaysWhy(t *testing.T) {
	drop := func(arm bench.Arm) func([]bench.Round) []bench.Round {
		return func(r []bench.Round) []bench.Round {
			return slices.DeleteFunc(r, func(r bench.Round) bool { return r.Arm == arm })
		}
	}
	each := func(f func(r *bench.Round)) func([]bench.Round) []bench.Round {
		return func(r []bench.Round) []bench.Round {
			for i := range r {
				f(&r[i])
			}
			return r
		}
	}
	for _, c := range []struct {
		name   string
		change func([]bench.Round) []bench.Round
		reason string
	}{
		{"nothing", func([]bench.Round) []bench.Round { return nil }, "no round was measured"},
		{"no base", drop(bench.Base), "base was not measured"},
		{"no head", drop(bench.Head), "head was not measured"},
		{"void", each(func(r *bench.Round) { r.Void = "stolen" }), "all 5 rounds are void"},
		{"left out", each(func(r *bench.Round) {
			r.Metrics, r.Omitted = nil, map[bench.Metric]string{bench.LatencyTypical: "needs 73 requests"}
		}), "needs 73 requests"},
		{"only errors", each(func(r *bench.Round) { r.Metrics, r.Requests = nil, 0 }), "no request was answered rightly"},
		{"unknown", each(func(r *bench.Round) { r.Metrics = nil }), "has no latency_typical"},
		{"NaN", each(func(r *bench.Round) { r.Metrics[bench.LatencyTypical] = math.NaN() }), "not a finite number"},
		{"zero", each(func(r *bench.Round) { r.Metrics[bench.LatencyTypical] = 0 }), "0 or below"},
	} {
		got := sideBySide(c.change(trial(5, 10, 1)))
		if !strings.Contains(got.Reason, c.reason) || got.Shift != nil || got.P != nil {
			t.Errorf("%s: %+v, want reason …%s…", c.name, got, c.reason)
		}
	}
}

func TestGroups(t *testing.T) {
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	var names []string
	for _, g := range Groups(suite, "") {
		names = append(names, g.Group)
	}
	if got, want := strings.Join(names, " "), "all json sse c1 c10 c50 100B 1KB 10KB 100KB"; got != want {
		t.Errorf("groups %s, want %s", got, want)
	}
	if got := Groups(suite[:4], ""); len(got) != 1 { // json, c1: the same as all
		t.Errorf("groups of one sweep: %+v", got)
	}
	if got := Groups(suite[:1], ""); got != nil {
		t.Errorf("groups of one scenario: %+v", got)
	}
}

func TestGroupFindsWhatIsEverywhere(t *testing.T) {
	g := At(bench.Screen, summary.NewIndex(trial(20, 10, 1.05))).Group("all", "", both, 0.01)
	if g.Rounds != 20 || math.Abs(*g.Shift-0.05) > 0.015 || *g.P > 1e-4 || len(g.Members) != 2 {
		t.Errorf("%+v", g)
	}
	rounds := slices.DeleteFunc(trial(20, 10, 1.05), func(r bench.Round) bool { return r.Scenario == two.ID() && r.Arm == bench.Head })
	if g := At(bench.Screen, summary.NewIndex(rounds)).Group("all", "", both, 0.01); len(g.Members) != 1 || g.Rounds != 20 {
		t.Errorf("a member without a head is left out, got %+v", g)
	}
	if g := At(bench.Screen, summary.NewIndex(nil)).Group("all", "", both, 0.01); g.Shift != nil || g.Reason == "" {
		t.Errorf("no rounds: %+v", g)
	}
}

// A group of a metric beside the primary one is of that metric alone.
func TestGroupOfAMetric(t *testing.T) {
	rounds := trial(20, 10, 1)
	for i := range rounds {
		if r := &rounds[i]; r.Arm != bench.Direct {
			r.Metrics[bench.CPUPerRequest] = max(r.Metrics[bench.LatencyTypical], r.Metrics[bench.TotalTypical])
			if r.Arm == bench.Head {
				r.Metrics[bench.CPUPerRequest] *= 1.07
			}
		}
	}
	table := At(bench.Screen, summary.NewIndex(rounds))
	if g := table.Group("all", bench.CPUPerRequest, both, 0.01); g.Metric != bench.CPUPerRequest || math.Abs(*g.Shift-0.07) > 0.015 || *g.P > 1e-4 {
		t.Errorf("CPU: %+v", g)
	}
	if g := table.Group("all", "", both, 0.01); g.Metric != "" || *g.P < 0.05 {
		t.Errorf("time: %+v", g)
	}
	if g := Groups(both, bench.CPUPerRequest); len(g) != 1 || g[0].Metric != bench.CPUPerRequest {
		t.Errorf("groups: %+v", g)
	}
}

// quantileT against R: qt(c(.025, .05, .05), c(13.5, 13.5, 27), lower.tail=FALSE)
// and, for 1 degree of freedom, tan(π(1/2 − p)).
func TestQuantileT(t *testing.T) {
	for _, c := range []struct{ p, df, want float64 }{
		{0.05, 1, math.Tan(math.Pi * 0.45)},
		{0.025, 1, math.Tan(math.Pi * 0.475)},
		{0.05, 2, 2.9199855803537256}, // (1 − 2p)·√(2/(4p(1 − p)))
	} {
		if got := quantileT(c.p, c.df); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("quantileT(%v, %v) = %v, want %v", c.p, c.df, got, c.want)
		}
	}
}

// BenchmarkDefaultRun compares every metric of a default run with 55 rounds.
func BenchmarkDefaultRun(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	metrics := []bench.Metric{
		bench.HeadersP50, bench.HeadersP95, bench.HeadersP99, bench.FirstByteP50, bench.FirstByteP95, bench.FirstByteP99,
		bench.FirstEventP50, bench.FirstEventP95, bench.FirstEventP99, bench.FirstDeltaP50, bench.FirstDeltaP95, bench.FirstDeltaP99,
		bench.TotalP50, bench.TotalP90, bench.TotalP95, bench.TotalP99, bench.TotalMean, bench.GapP50, bench.GapP99,
		bench.Throughput, bench.RSSIdle, bench.RSSPeak, bench.RSSAfter, bench.CPUPerRequest, bench.FirstEventTypical,
	}
	var rounds []bench.Round
	for r := 1; r <= 55; r++ {
		for _, s := range suite {
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				row := round(rng, r, s, arm, 200e-6, 10)
				for _, m := range metrics {
					row.Metrics[m] = 1e-4 * math.Exp(0.1*rng.NormFloat64())
				}
				rounds = append(rounds, row)
			}
		}
	}
	for b.Loop() {
		At(bench.Screen, summary.NewIndex(rounds)).SideBySide(suite, 0.01, func(s bench.Scenario) Wanted {
			return Wanted{Decide: []bench.Metric{s.Mode.Primary(), bench.CPUPerRequest, bench.TotalP95}, Show: metrics[:22], Textbook: true}
		})
	}
}

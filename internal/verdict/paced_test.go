package verdict

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
)

const ms = 1e-3

// stream is when a paced stream's parts come, in seconds.
type stream struct{ first, delta, gap, end float64 }

var (
	direct   = stream{2.1 * ms, 2.1 * ms, 2.6 * ms, 39.7 * ms}
	passedOn = stream{2.4 * ms, 2.4 * ms, 2.7 * ms, 40 * ms}
	buffered = stream{40 * ms, 40 * ms, 40 * ms, 40 * ms}
)

// pacing makes rounds of paced streams beside those of a lab.
type pacing struct {
	lab
	base, head stream
	noise      float64 // SD in seconds of a slice, a third of it of a process
}

func pacedSuite() []bench.Scenario {
	all := suite()
	for _, c := range []int{1, 10} {
		all = append(all, bench.Scenario{Mode: bench.SSE, Concurrency: c, BodyBytes: 1 << 10, Paced: true})
	}
	return all
}

// pairs measures process pairs of some scenarios, nil for all.
func (p pacing) pairs(seed uint64, stage bench.Stage, first, last int, scenarios []string) []bench.Round {
	p.suite = suite()
	all := p.lab.pairs(seed, stage, first, last, scenarios)
	rng := rand.New(rand.NewPCG(seed, uint64(1000+first)))
	for n := first; n <= last; n++ {
		for _, s := range pacedSuite() {
			if !s.Paced || scenarios != nil && !slices.Contains(scenarios, s.ID()) {
				continue
			}
			all = append(all, p.round(rng, n, stage, s, bench.Direct, direct, 2), p.round(rng, n, stage, s, bench.Base, p.base, 4), p.round(rng, n, stage, s, bench.Head, p.head, 4))
		}
	}
	return all
}

func (p pacing) round(rng *rand.Rand, n int, stage bench.Stage, s bench.Scenario, arm bench.Arm, of stream, count int) bench.Round {
	r := bench.Round{
		Round: n, Process: n, Stage: stage, Scenario: s.ID(), Arm: arm, Requests: count * s.Concurrency,
		Metrics: map[bench.Metric]float64{}, Slices: map[bench.Metric][]float64{},
	}
	if arm == bench.Direct {
		r.Process = 0
	}
	at := map[bench.Metric]float64{
		bench.FirstEventTypical: of.first, bench.FirstDeltaTypical: of.delta, bench.GapMax: of.gap, bench.TotalTypical: of.end,
		bench.TotalMean: of.end, bench.CPUPerRequest: 1e-4,
	}
	for _, m := range slices.Sorted(maps.Keys(at)) { // a map has no order, and the seed would be none
		own := p.noise / 3 * abs(rng.NormFloat64())
		for range count {
			v := at[m] + own + p.noise*abs(rng.NormFloat64())
			r.Slices[m] = append(r.Slices[m], v)
			r.Metrics[m] += v / float64(count)
		}
	}
	return r
}

func abs(x float64) float64 { return max(x, -x) }

// gate is a whole one, with room for a number of process pairs.
func (p pacing) gate(seed uint64, pairs int, oneStage bool) bench.Verdict {
	var steps []Step
	done := 0
	e := Evidence{Scenarios: pacedSuite(), Seed: seed, OneStage: oneStage}
	return InSteps(policy, e, upTo(pairs, &steps), func(s Step) []bench.Round {
		steps = append(steps, s)
		done += s.Pairs
		return p.pairs(seed, s.Look.Stage, done-s.Pairs+1, done, s.Scenarios)
	})
}

// TestPacedStreamsDecide: what holds events back is a regression by the paced streams,
// and what moves them by less than a millisecond is nothing.
func TestPacedStreamsDecide(t *testing.T) {
	later := func(of stream, by float64) stream {
		return stream{of.first + by, of.delta + by, of.gap + by, of.end + by}
	}
	for _, c := range []struct {
		name       string
		base, head stream
		want       bench.Outcome
		by         bench.Metric // that the reason names; empty: any
	}{
		{"unchanged", passedOn, passedOn, bench.Pass, ""},
		{"buffered whole", passedOn, buffered, bench.Regression, ""},
		{"no longer buffered", buffered, passedOn, bench.Improvement, ""},
		{"buffered in both", buffered, buffered, bench.Pass, ""},
		{"an event of its own at once, the rest buffered", passedOn, stream{0.3 * ms, 40 * ms, 39.7 * ms, 40 * ms}, bench.Regression, bench.FirstDeltaTypical},
		{"polls every 10 ms", passedOn, stream{7 * ms, 7 * ms, 10 * ms, 45 * ms}, bench.Regression, ""},
		{"a stall of 8 ms in the middle", passedOn, stream{2.4 * ms, 2.4 * ms, 8 * ms, 40 * ms}, bench.Regression, bench.GapMax},
		{"ends late", passedOn, stream{2.4 * ms, 2.4 * ms, 10 * ms, 50 * ms}, bench.Regression, ""},
		{"2 ms later", passedOn, later(passedOn, 2*ms), bench.Regression, ""},
		{"0.4 ms later", passedOn, later(passedOn, 0.4*ms), bench.Pass, ""},
		{"0.4 ms earlier", later(passedOn, 0.4*ms), passedOn, bench.Pass, ""},
	} {
		for _, in := range []struct {
			name     string
			pairs    int
			oneStage bool
		}{{"one stage", 8, true}, {"two stages", 24, false}} {
			p := pacing{base: c.base, head: c.head, noise: 0.2 * ms}
			v := p.gate(3, in.pairs, in.oneStage)
			if v.Outcome != c.want || c.want != bench.Pass && !strings.Contains(v.Reason, "paced: "+string(c.by)) {
				t.Errorf("%s, %s: %s: %s, want %s by %q", c.name, in.name, v.Outcome, v.Reason, c.want, c.by)
			}
			for _, g := range v.Groups {
				if slices.ContainsFunc(g.Members, func(id string) bool { return strings.Contains(id, "paced") }) {
					t.Errorf("%s, %s: in the group %+v", c.name, in.name, g)
				}
			}
		}
	}
}

// TestPacedStreamsLeaveNothingOpen: however noisy they are, they cost a gate neither
// its verdict nor its time, and are no false alarm.
func TestPacedStreamsLeaveNothingOpen(t *testing.T) {
	for _, noise := range []float64{0.5 * ms, 3 * ms, 30 * ms} {
		for seed := range uint64(20) {
			for _, oneStage := range []bool{false, true} {
				p := pacing{lab: lab{sd: 0.02}, base: passedOn, head: passedOn, noise: noise}
				v := p.gate(seed, 16, oneStage)
				if v.Outcome != bench.Pass {
					t.Errorf("noise %v, seed %d, one stage %v: %s: %s", noise, seed, oneStage, v.Outcome, v.Reason)
				}
			}
		}
	}
}

// TestPacedStreamsAreInNoGroup: nor do they count for what all have in common.
func TestPacedStreamsAreInNoGroup(t *testing.T) {
	for _, g := range compare.Groups(pacedSuite(), "") {
		if slices.ContainsFunc(g.Members, func(id string) bool { return strings.HasSuffix(id, "/paced") }) {
			t.Errorf("%+v", g)
		}
	}
}

// TestPacedLimit: a millisecond, or the threshold where that is more.
func TestPacedLimit(t *testing.T) {
	s := pacedSuite()[4]
	for _, c := range []struct {
		base, share float64
		p           bench.Policy
		want        float64
	}{
		{10 * ms, 0.05, policy, 0.1},
		{40 * ms, 0.9, policy, 0.09},
		{40 * ms, 0.01, policy, 0.025},
		{10 * ms, 0.05, bench.Policy{Alpha: 0.01, Threshold: 0.1, Floor: 5 * ms}, 0.5},
		{40 * ms, 0.9, bench.Policy{Alpha: 0.01, Threshold: 0.1, Thresholds: []bench.Threshold{{Scenario: "sse/*/*/paced", Share: 0.5}}}, 0.45},
	} {
		gates := gates(c.p, s)
		if len(gates) != 4 {
			t.Fatalf("gates %+v", gates)
		}
		for _, g := range gates {
			row := bench.Comparison{Base: &c.base, Share: &c.share}
			g.apply(c.p.Floor, &row)
			if d := *row.Limit - c.want; abs(d) > 1e-9 {
				t.Errorf("base %v, share %v: %s is limited to %v, want %v", c.base, c.share, g.metric, *row.Limit, c.want)
			}
		}
	}
}

// TestPacedStreamsTouchNothingElse: what is known of the other scenarios is the same
// with them and without.
func TestPacedStreamsTouchNothingElse(t *testing.T) {
	p := pacing{lab: lab{luck: 0.03}, base: passedOn, head: buffered, noise: 0.2 * ms}
	e := Evidence{Scenarios: pacedSuite(), Seed: 1, Rounds: p.pairs(1, bench.Screen, 1, 10, nil)}
	alone := e
	alone.Scenarios = suite()
	with, without := Decide(policy, e), Decide(policy, alone)
	type known struct{ p, better, shift, limit float64 }
	of := func(v bench.Verdict) map[key]known {
		all := make(map[key]known)
		for _, c := range v.Comparisons {
			if c.Gated && c.P != nil && !strings.HasSuffix(c.Scenario, "/paced") {
				all[keyOf(c)] = known{*c.P, *c.PBetter, *c.Shift, *c.Limit}
			}
		}
		return all
	}
	if a, b := of(with), of(without); len(a) < 4 || !maps.Equal(a, b) {
		t.Errorf("with paced streams %v, without %v", a, b)
	}
	for _, c := range with.Comparisons {
		if strings.HasSuffix(c.Scenario, "/paced") && c.Gated && c.Of != bench.OfValue {
			t.Errorf("%s %s is a share of the %s", c.Scenario, c.Metric, c.Of)
		}
	}
}

// TestPacedStreamsAgainstStoredNumbers: each divided by its own direct path.
func TestPacedStreamsAgainstStoredNumbers(t *testing.T) {
	side := func(seed uint64, of stream) compare.Side {
		p := pacing{base: passedOn, head: of, noise: 0.2 * ms}
		return compare.NewSide(p.pairs(seed, bench.Screen, 1, 10, nil), bench.Head)
	}
	for _, c := range []struct {
		head stream
		want bench.Outcome // of the paced streams
	}{{passedOn, bench.Pass}, {buffered, bench.Regression}} {
		v := DecideStored(policy, Stored{Scenarios: pacedSuite(), Base: side(1, passedOn), Head: side(2, c.head)})
		for _, s := range v.Scenarios {
			if strings.HasSuffix(s.Scenario, "/paced") && s.Outcome != c.want {
				t.Errorf("%s: %s: %s, want %s", s.Scenario, s.Outcome, s.Reason, c.want)
			}
		}
		if c.want == bench.Regression && v.Outcome != c.want {
			t.Errorf("%s: %s", v.Outcome, v.Reason)
		}
	}
}

// TestTooFewPairsForPacedStreams: what nobody can tell is no pass.
func TestTooFewPairsForPacedStreams(t *testing.T) {
	for pairs, want := range map[int]bench.Outcome{6: bench.Inconclusive, 9: bench.Pass} {
		v := pacing{base: passedOn, head: passedOn, noise: 30 * ms}.gate(1, pairs, true)
		if got := outcomeOf(v, "sse/c1/1KB/paced"); got != want {
			t.Errorf("%d process pairs: %s, want %s", pairs, got, want)
		}
	}
}

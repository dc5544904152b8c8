package summary

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

var sizes = []int{100, 1 << 10, 10 << 10, 100 << 10}

func bodySweep() []bench.Scenario {
	var all []bench.Scenario
	for _, size := range sizes {
		all = append(all, bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: size})
	}
	return all
}

// roundsOf makes n rounds in which direct takes 10 µs and head overhead more,
// both with a noise of sd seconds.
func roundsOf(n int, scenarios []bench.Scenario, sd float64, overhead func(bytes int) float64) []bench.Round {
	rng := rand.New(rand.NewPCG(11, 12))
	var rounds []bench.Round
	for r := range n {
		for _, s := range scenarios {
			direct := 10e-6 + sd*rng.NormFloat64()
			head := 10e-6 + overhead(s.BodyBytes) + sd*rng.NormFloat64()
			rounds = append(rounds, row(r+1, bench.Direct, s.ID(), direct), row(r+1, bench.Head, s.ID(), head))
		}
	}
	return rounds
}

func TestSizeGrowth(t *testing.T) {
	for _, c := range []struct {
		name     string
		rounds   int
		sizes    int
		overhead func(int) float64
		shape    Shape
		slope    float64 // s/B
	}{
		{"flat", 10, 4, func(int) float64 { return 50e-6 }, Flat, 0},
		{"1 ns a byte", 10, 4, func(n int) float64 { return 50e-6 + 1e-9*float64(n) }, Straight, 1e-9},
		{"large bodies cost more", 10, 4, func(n int) float64 { return 50e-6 + 5e-9*math.Max(0, float64(n-10<<10)) }, Bent, math.NaN()},
		{"two sizes", 10, 2, func(n int) float64 { return 50e-6 + 1e-9*float64(n) }, Undecided, math.NaN()},
		{"one round", 1, 4, func(n int) float64 { return 50e-6 + 1e-9*float64(n) }, Undecided, math.NaN()},
	} {
		scenarios := bodySweep()[:c.sizes]
		growth := SizeGrowth(NewIndex(roundsOf(c.rounds, scenarios, 0.5e-6, c.overhead)), scenarios, bench.Head, OfBody)
		if len(growth) != 1 {
			t.Fatalf("%s: %d results, want 1", c.name, len(growth))
		}
		g := growth[0]
		if g.Shape != c.shape || g.Rest.Mode != bench.JSON || g.Rest.Concurrency != 1 || g.Metric != bench.LatencyTypical {
			t.Errorf("%s: %+v, want shape %s", c.name, g, c.shape)
		}
		if !math.IsNaN(c.slope) && (g.Line.Slope.Low > c.slope || g.Line.Slope.High < c.slope) {
			t.Errorf("%s: slope %v outside %v..%v", c.name, c.slope, g.Line.Slope.Low, g.Line.Slope.High)
		}
	}
}

func TestSizeGrowthNeedsTwoSizes(t *testing.T) {
	one := bodySweep()[:1]
	rounds := roundsOf(10, one, 0, func(int) float64 { return 1 })
	if got := SizeGrowth(NewIndex(rounds), one, bench.Head, OfBody); got != nil {
		t.Errorf("growth of one size: %+v", got)
	}
	if got := SizeGrowth(Index{}, bodySweep(), bench.Head, OfBody); got != nil {
		t.Errorf("growth of no rounds: %+v", got)
	}
}

func TestSizeGrowthIsOneResultPerModeAndConcurrency(t *testing.T) {
	var scenarios []bench.Scenario
	for _, c := range []int{1, 10} {
		for _, s := range bodySweep() {
			s.Concurrency = c
			scenarios = append(scenarios, s)
		}
	}
	growth := SizeGrowth(NewIndex(roundsOf(5, scenarios, 0, func(n int) float64 { return float64(n) })), scenarios, bench.Head, OfBody)
	if len(growth) != 2 || growth[0].Rest.Concurrency != 1 || growth[1].Rest.Concurrency != 10 {
		t.Fatalf("growth %+v", growth)
	}
	equal(t, "slope", growth[1].Line.Slope.Value, 1)
}

// loaded makes a round whose throughput at concurrency c is what the arm's
// function says and whose latency follows by Little's law.
func loaded(concurrencies []int, arms map[bench.Arm]func(c float64) float64) ([]bench.Round, []bench.Scenario) {
	var rounds []bench.Round
	var scenarios []bench.Scenario
	for _, c := range concurrencies {
		s := bench.Scenario{Mode: bench.JSON, Concurrency: c, BodyBytes: 100}
		scenarios = append(scenarios, s)
		for arm, throughput := range arms {
			x := throughput(float64(c))
			rounds = append(rounds, bench.Round{Round: 1, Arm: arm, Scenario: s.ID(), Metrics: map[bench.Metric]float64{
				bench.Throughput: x, bench.LatencyTypical: float64(c) / x,
			}})
		}
	}
	return rounds, scenarios
}

func upTo(most float64) func(float64) float64 {
	return func(c float64) float64 { return math.Min(1000*c, most) }
}

func TestQueueGrowth(t *testing.T) {
	for _, c := range []struct {
		name         string
		head, direct func(float64) float64
		from         int
		limit        Limit
	}{
		{"nothing queues", upTo(1e9), upTo(1e9), 0, Unlimited},
		{"gateway queues beyond 10", upTo(10_000), upTo(1e9), 10, GatewayLimit},
		{"both queue beyond 10", upTo(10_000), upTo(10_000), 10, MachineLimit},
		{"one at a time", upTo(1000), upTo(1e9), 1, GatewayLimit},
		{"gateway first, direct later", upTo(1000), upTo(10_000), 1, GatewayLimit},
		{"no direct arm", upTo(1000), nil, 1, LimitUndecided},
	} {
		arms := map[bench.Arm]func(float64) float64{bench.Head: c.head}
		if c.direct != nil {
			arms[bench.Direct] = c.direct
		}
		rounds, scenarios := loaded([]int{50, 1, 10}, arms)
		got := QueueGrowth(NewIndex(rounds), scenarios, bench.Head, Machine{CPUs: 2})
		if len(got) != 1 || len(got[0].Steps) != 2 || got[0].From != c.from || got[0].Limit != c.limit {
			t.Errorf("%s: %+v, want %s from %d", c.name, got, c.limit, c.from)
			continue
		}
		for _, s := range got[0].Steps {
			equal(t, c.name+": Little's law", s.Latency, 1-s.Proxied)
		}
	}
}

// Beyond where it is best, throughput may fall; a few percent are noise.
func TestQueueGrowthSaysWhereThroughputFalls(t *testing.T) {
	past := func(best, share float64) func(float64) float64 {
		return func(c float64) float64 {
			if c > best {
				return 1000 * best * share
			}
			return 1000 * c
		}
	}
	for _, c := range []struct {
		name string
		head func(float64) float64
		from int // 0: it does not fall
	}{
		{"falls by a half", past(100, 0.5), 100},
		{"falls by a fifth beyond 10", past(10, 0.8), 10},
		{"falls by a twentieth", past(100, 0.95), 0},
		{"stays", upTo(10_000), 0},
	} {
		rounds, scenarios := loaded([]int{1, 10, 50, 100, 200}, map[bench.Arm]func(float64) float64{bench.Head: c.head, bench.Direct: upTo(1e9)})
		got := QueueGrowth(NewIndex(rounds), scenarios, bench.Head, Machine{CPUs: 2})
		if len(got) != 1 || (got[0].Fall == nil) != (c.from == 0) || c.from > 0 && got[0].Fall.From != c.from {
			t.Errorf("%s: %+v, want a fall beyond %d", c.name, got, c.from)
		}
	}
}

func TestFailingRequestsAreNoQueue(t *testing.T) {
	rounds, scenarios := loaded([]int{1, 10}, map[bench.Arm]func(float64) float64{bench.Head: upTo(1000)})
	for i := range rounds {
		rounds[i].Metrics[bench.LatencyTypical] = 1e-3 // throughput is lost, yet nobody waits
	}
	if got := QueueGrowth(NewIndex(rounds), scenarios, bench.Head, Machine{CPUs: 2}); len(got) != 1 || got[0].Limit != Unlimited {
		t.Errorf("%+v", got)
	}
}

func TestQueueGrowthNeedsTwoConcurrencies(t *testing.T) {
	rounds, scenarios := loaded([]int{10}, map[bench.Arm]func(float64) float64{bench.Head: upTo(1000)})
	if got := QueueGrowth(NewIndex(rounds), scenarios, bench.Head, Machine{CPUs: 2}); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestSaturated(t *testing.T) {
	rounds, scenarios := loaded([]int{1, 10, 50}, map[bench.Arm]func(float64) float64{bench.Direct: upTo(10_000)})
	for i, want := range []bool{false, false, true} {
		if got := Saturated(NewIndex(rounds), scenarios, scenarios[i]); got != want {
			t.Errorf("%s saturated: %v, want %v", scenarios[i], got, want)
		}
	}
	if !Saturated(NewIndex(rounds), scenarios[2:], scenarios[2]) {
		t.Error("without a lower concurrency nothing shows that the mock had room")
	}
}

func TestMockBound(t *testing.T) {
	for _, c := range []struct {
		name         string
		direct, head float64 // the most requests per second
		want         bool
	}{
		{"nearly as fast as the saturated mock", 10_000, 9_500, true},
		{"slower than it", 10_000, 8_000, false},
		{"as fast as a mock that still has room", 1e6, 1e6, false},
	} {
		rounds, scenarios := loaded([]int{1, 10, 50}, map[bench.Arm]func(float64) float64{
			bench.Direct: upTo(c.direct), bench.Head: upTo(c.head),
		})
		if got := MockBound(NewIndex(rounds), scenarios, scenarios[2], bench.Head); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if MockBound(NewIndex(rounds), scenarios, scenarios[2], bench.Direct) {
			t.Errorf("%s: the direct path has no gateway to doubt", c.name)
		}
	}
}

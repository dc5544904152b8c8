package simulate

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
)

// gateway is what is measured, base and head alike but for the Change. Times are in
// seconds.
type gateway struct {
	latency float64 // of a request through the base, without what the backend waits
	share   float64 // of latency that is overhead
	backend float64 // that the backend waits before it answers
	serial  bool    // one request at a time: as many in flight take as many times as long
	start   float64 // until both are ready and warm
	rounds  int     // that share a process pair
	lucky   bool    // much process luck, at every level
}

// The gateways. Overhead is half of the latency of the reference gateway, as with an
// instant mock, so that a threshold of 10 % of overhead is 5 % of latency.
var (
	reference = gateway{latency: 200e-6, share: 0.5, start: 0.5, rounds: 1}
	slowMock  = gateway{latency: 200e-6, share: 0.5, backend: 20e-3, start: 1, rounds: 1}
	// slowStarter needs a quarter of the time for starting; stubborn is the same with
	// four rounds for each start.
	slowStarter = gateway{latency: 200e-6, share: 0.5, start: 3, rounds: 1, lucky: true}
	stubborn    = gateway{latency: 200e-6, share: 0.5, start: 3, rounds: 4, lucky: true}
	slow        = gateway{latency: 50e-3, share: 0.998, serial: true, start: 10, rounds: 1}
)

// The time that the parts of a gate take.
const (
	sliceTime = 10e-3 // at least
	gapTime   = 1e-3  // between slices
	turnTime  = 50e-3 // per scenario and round, beside its slices
	budget    = 180.0 // of timing: three quarters of a gate's four minutes
)

// usualRequests are in a slice of a gateway that answers at once.
const usualRequests = 20

// requests is how many a slice has: twice those in flight, where that takes longer
// than a slice has to.
func (g gateway) requests(s bench.Scenario) int {
	if 2*g.answer(s) > sliceTime {
		return 2 * s.Concurrency
	}
	return usualRequests
}

// answer is about how long a client waits for an answer.
func (g gateway) answer(s bench.Scenario) float64 {
	if g.serial {
		return g.backend + g.latency*float64(s.Concurrency)
	}
	return g.backend + g.latency
}

// slice is how long one of an arm takes.
func (g gateway) slice(arm bench.Arm, s bench.Scenario) float64 {
	if arm == bench.Direct {
		return gapTime + max(sliceTime, 2*(g.backend+g.latency*(1-g.share)))
	}
	return gapTime + max(sliceTime, 2*g.answer(s))
}

// settling is the time before the first slice of a turn that counts: each arm has one
// that does not.
func (g gateway) settling(s bench.Scenario) float64 {
	return turnTime + 2*g.slice(bench.Head, s) + g.slice(bench.Direct, s)
}

// turn is how long a scenario takes in a round.
func (g gateway) turn(s bench.Scenario) float64 {
	return g.settling(s) + 2*slicesOfGateway*g.slice(bench.Head, s) + slicesOfDirect*g.slice(bench.Direct, s)
}

// pairs is for how many process pairs of some scenarios there is time.
func (g gateway) pairs(scenarios []bench.Scenario, seconds float64) int {
	cost := 0.0
	for _, s := range scenarios {
		cost += g.turn(s)
	}
	return int(max(0, math.Floor(seconds/(g.start+float64(g.rounds)*cost))))
}

// wantedPairs is how many process pairs scenarios are left out for.
const wantedPairs = 10

// plan is the part of the default suite that a gate keeps: those with the most
// requests in flight are left out first, of these the largest bodies, until enough
// process pairs fit. One of each mode stays.
func (g gateway) plan(seconds float64) []bench.Scenario {
	suite := defaultSuite()
	ranked := slices.Clone(suite)
	slices.SortStableFunc(ranked, func(a, b bench.Scenario) int {
		return cmp.Or(-cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Concurrency, b.Concurrency), cmp.Compare(a.BodyBytes, b.BodyBytes))
	})
	for len(ranked) > 2 && g.rounds == 1 && g.pairs(ranked, seconds) < wantedPairs {
		ranked = ranked[:len(ranked)-1]
	}
	return slices.DeleteFunc(slices.Clone(suite), func(s bench.Scenario) bool { return !slices.Contains(ranked, s) })
}

// rank is 1 for what is never left out.
func rank(s bench.Scenario) int {
	if s.Concurrency == 1 && s.BodyBytes == 1<<10 {
		return 1
	}
	return 0
}

var defaultSuite = sync.OnceValue(func() []bench.Scenario {
	c, err := config.Load(config.ForMock, config.Sources{})
	if err != nil {
		panic(err) // without a source there are the defaults
	}
	return slices.DeleteFunc(c.Scenarios(), func(s bench.Scenario) bool { return s.Paced }) // most of it is its backend
})

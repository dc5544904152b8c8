package simulate

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

const (
	baseCPU    = 120e-6 // seconds a request
	baseMemory = 20e6   // bytes

	// timerSD is how much a wait of the backend differs from request to request, in seconds.
	timerSD = 20e-6
	// memorySD is by how much peak memory varies, in a process and from scenario to
	// scenario of one process: the logarithm of head/base has an SD of 0.025.
	memorySD, memoryScenarioSD = 0.016, 0.008
)

// series is one arm of one scenario of one round in the making.
type series struct {
	scenario bench.Scenario
	arm      bench.Arm
	gateway  gateway
	patterns []pattern
	level    float64 // log of seconds, without noise
	own      float64 // noise of the process, log scale
	cpu      float64 // seconds a request, without noise
	memory   float64 // bytes; 0 for the direct arm
	stalls   float64 // share of the requests
	failing  float64 // the same

	last, first, delta []part
	cpus               []float64
}

// slice measures requests at the machine's present load.
func (s *series) slice(m *machine) {
	sensitivity := sensitivity(s.scenario)
	scale := math.Exp(s.level + sensitivity*(m.load()+s.own+m.Slot*m.rng.NormFloat64()))
	p := s.patterns[m.rng.IntN(len(s.patterns))]
	if n := binomial(len(p.last.sorted), s.stalls, m); n > 0 {
		p = p.delayed(stallTime/scale, n, m.rng)
	}
	offset := s.gateway.backend
	if offset > 0 {
		offset += timerSD / math.Sqrt(float64(len(p.last.sorted))) * m.rng.NormFloat64()
	}
	s.last = append(s.last, part{p.last, offset, scale})
	if s.scenario.Mode == bench.SSE {
		s.first = append(s.first, part{p.first, offset, scale})
		s.delta = append(s.delta, part{p.delta, offset, scale})
	}
	if s.arm != bench.Direct {
		// CPU time feels the machine half as much, and no queueing.
		s.cpus = append(s.cpus, s.cpu*math.Exp(0.5*(m.load()+m.Slot*m.rng.NormFloat64())+s.own))
	}
}

// binomial is how many of n are chosen, each with the same probability.
func binomial(n int, share float64, m *machine) (chosen int) {
	if share == 0 {
		return 0
	}
	for range n {
		if m.rng.Float64() < share {
			chosen++
		}
	}
	return chosen
}

// clock is one of the clocks of a series.
type clock struct {
	at    bench.Clock
	parts []part
}

func (s *series) clocks() []clock {
	if s.scenario.Mode == bench.SSE {
		return []clock{{bench.AtFirstEvent, s.first}, {bench.AtFirstDelta, s.delta}, {bench.AtLastByte, s.last}}
	}
	return []clock{{bench.AtLastByte, s.last}}
}

// reduce makes the round that the decision sees.
func (s *series) reduce(m *machine) bench.Round {
	r := bench.Round{Scenario: s.scenario.ID(), Arm: s.arm, Metrics: make(map[bench.Metric]float64, 12), Slices: make(map[bench.Metric][]float64, 8)}
	for _, p := range s.last {
		r.Requests += len(p.sorted)
	}
	if n := binomial(r.Requests, s.failing, m); n > 0 {
		r.Requests -= n
		r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: n}
	}
	for _, c := range s.clocks() {
		s.put(&r, c, bench.Typical, part.typical)
		s.put(&r, c, bench.Mean, part.mean)
		if requestsOf(c.parts) >= leastOfP95 {
			r.Metrics[s.metric(c, bench.P95)] = p95(c.parts)
		}
	}
	if s.arm != bench.Direct {
		r.Slices[bench.CPUPerRequest], r.Metrics[bench.CPUPerRequest] = s.cpus, mean(s.cpus)
		r.Metrics[bench.RSSPeak] = s.memory
	}
	return r
}

func (s *series) metric(c clock, statistic bench.Statistic) bench.Metric {
	return s.scenario.Mode.Metric(c.at, statistic)
}

// put takes a statistic from each slice, and their mean for the round: the typical
// value over all requests of a round, which the gate takes, differs from it by
// less than their noise.
func (s *series) put(r *bench.Round, c clock, statistic bench.Statistic, of func(part) float64) {
	metric := s.metric(c, statistic)
	d, known := metric.Describe()
	if !known {
		return // no clock but the last has a mean
	}
	all := make([]float64, len(c.parts))
	for i, p := range c.parts {
		all[i] = of(p)
	}
	r.Metrics[metric] = mean(all)
	if d.Gate == bench.Judged || d.Gate == bench.Gated && s.arm != bench.Direct {
		r.Slices[metric] = all
	}
}

// leastOfP95 is the fewest requests that a p95 is given for.
const leastOfP95 = 73

// tails adds the slices of each p95 that is gated: the share of a slice's requests
// above the p95 of both gateways together, as summary.Tails has it.
func tails(base, head *series, ofBase, ofHead *bench.Round) {
	inHead := head.clocks()
	for i, c := range base.clocks() {
		metric := base.metric(c, bench.P95)
		together := slices.Concat(c.parts, inHead[i].parts)
		if d, _ := metric.Describe(); d.Gate != bench.Gated || requestsOf(together) < leastOfP95 {
			continue
		}
		limit := p95(together)
		ofBase.Slices[metric], ofHead.Slices[metric] = shares(c.parts, limit), shares(inHead[i].parts, limit)
	}
}

// shares are those of each slice's requests above a limit.
func shares(parts []part, limit float64) []float64 {
	all := make([]float64, len(parts))
	for i, p := range parts {
		all[i] = float64(p.above(limit)) / float64(len(p.sorted))
	}
	return all
}

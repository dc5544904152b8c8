package simulate

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// firstShare is the part of a stream's time that passes before its first
// event; firstSD is how much that part varies from request to request.
const (
	firstShare = 0.6
	firstSD    = 0.1
)

// series is one arm of one scenario of one round in the making.
type series struct {
	mode  bench.Mode
	arm   bench.Arm
	level float64 // log of seconds, without noise
	own   float64 // noise of the process, log scale

	last, first []float64 // of every request
	slices      map[bench.Metric][]float64
	cpu         float64
}

// slice measures requests at the machine's present load.
func (s *series) slice(m *machine, sensitivity float64) {
	log := s.level + sensitivity*(m.load()+s.own+m.Slot*m.rng.NormFloat64())
	ar := m.Request * m.rng.NormFloat64()
	innovation := m.Request * math.Sqrt(1-m.AR*m.AR)
	from := len(s.last)
	for range requests {
		v := math.Exp(log + ar)
		ar = m.AR*ar + innovation*m.rng.NormFloat64()
		if m.rng.Float64() < outlierShare {
			v *= outlierFactor
		}
		s.last = append(s.last, v)
		if s.mode == bench.SSE {
			s.first = append(s.first, firstShare*v*math.Exp(firstSD*m.rng.NormFloat64()))
		}
	}
	s.put(s.mode.Primary(), s.last[from:])
	if s.mode == bench.SSE {
		s.put(bench.FirstEventTypical, s.first[from:])
	}
	if s.arm != bench.Direct {
		// CPU time feels the machine half as much, and no queueing.
		cpu := baseCPU * math.Exp(0.5*(m.load()+m.Slot*m.rng.NormFloat64())+s.own)
		s.slices[bench.CPUPerRequest] = append(s.slices[bench.CPUPerRequest], cpu)
		s.cpu += cpu / (2 * cycles)
	}
}

func (s *series) put(metric bench.Metric, part []float64) {
	slices.Sort(part)
	s.slices[metric] = append(s.slices[metric], typical(part))
}

// typical is the mean of the fastest 80 %.
func typical(sorted []float64) float64 {
	sum, fastest := 0.0, stats.Fastest(sorted)
	for _, v := range fastest {
		sum += v
	}
	return sum / float64(len(fastest))
}

func p95(sorted []float64) float64 { return sorted[(95*len(sorted)+99)/100-1] }

func (s *series) reduce() bench.Round {
	r := bench.Round{Requests: len(s.last), Slices: s.slices, Metrics: make(map[bench.Metric]float64, 5)}
	if s.mode == bench.SSE {
		slices.Sort(s.first)
		r.Metrics[bench.FirstEventTypical] = typical(s.first)
		r.Metrics[bench.FirstEventP95] = p95(s.first)
	}
	slices.Sort(s.last)
	r.Metrics[s.mode.Primary()] = typical(s.last)
	r.Metrics[s.mode.Metric(bench.AtLastByte, bench.P95)] = p95(s.last)
	if s.arm != bench.Direct {
		r.Metrics[bench.CPUPerRequest] = s.cpu
	}
	return r
}

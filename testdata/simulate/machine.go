package simulate

import (
	"math"
	"math/rand/v2"
)

// machine is the state of everything that all arms share, in wall time.
type machine struct {
	Level
	rng        *rand.Rand
	now        float64
	speed      float64 // N(0, Machine), once a job
	slow, fast float64
	burst      float64 // log of the factor; 0 outside
	change     float64 // when the burst begins or ends
}

func newMachine(l Level, rng *rand.Rand) *machine {
	m := &machine{Level: l, rng: rng}
	m.speed = l.Machine * rng.NormFloat64()
	m.slow, m.fast = l.Slow.SD*rng.NormFloat64(), l.Fast.SD*rng.NormFloat64()
	m.change = m.calm()
	return m
}

// calm is the time to the next burst.
func (m *machine) calm() float64 {
	return m.now + m.rng.ExpFloat64()*m.Burst.Mean*(1-m.Burst.Share)/m.Burst.Share
}

// pass lets time go by.
func (m *machine) pass(seconds float64) {
	m.now += seconds
	m.slow = m.Slow.step(m.slow, seconds, m.rng)
	m.fast = m.Fast.step(m.fast, seconds, m.rng)
	for m.change < m.now {
		if m.burst != 0 {
			m.burst, m.change = 0, m.change-m.now+m.calm()
			continue
		}
		m.burst = math.Log(m.Burst.Low + (m.Burst.High-m.Burst.Low)*m.rng.Float64())
		m.change += m.rng.ExpFloat64() * m.Burst.Mean
	}
}

func (d Drift) step(x, seconds float64, rng *rand.Rand) float64 {
	keep := math.Exp(-seconds / d.Time)
	return keep*x + d.SD*math.Sqrt(1-keep*keep)*rng.NormFloat64()
}

// load is the log of how much slower everything is now.
func (m *machine) load() float64 { return m.speed + m.slow + m.fast + m.burst }

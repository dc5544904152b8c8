package simulate

import (
	"math"
	"math/rand/v2"
)

// Drift is an Ornstein-Uhlenbeck process.
type Drift struct {
	SD   float64 // stationary, log scale
	Time float64 // constant, seconds
}

// Burst is foreign work that slows everything while it lasts.
type Burst struct {
	Share     float64 // of the time
	Mean      float64 // length, seconds
	Low, High float64 // factor
}

// Level is how noisy a machine is. All but Burst and AR are standard
// deviations on the log scale.
type Level struct {
	Name            string
	Machine         float64 // between machines, all arms alike
	Residual        float64 // between machines, on the proxied path only: common and per scenario, each
	Process         float64 // of a fresh process, common to its scenarios
	ProcessScenario float64 // of a fresh process, per scenario
	Slow, Fast      Drift
	Slot            float64 // of a slice
	Burst           Burst
	Request, AR     float64 // inside a slice
}

// Levels are the machines of the tables, from calm to fitted.
func Levels() []Level {
	return []Level{
		{"quiet", .05, .01, .008, .006, Drift{.02, 15}, Drift{.01, .3}, .01, Burst{.01, 1.0, 1.2, 2.0}, .25, .2},
		{"mid", .10, .02, .015, .012, Drift{.03, 15}, Drift{.02, .3}, .02, Burst{.03, 1.0, 1.3, 2.2}, .35, .3},
		{"loaded", .10, .03, .012, .010, Drift{.22, 12}, Drift{.11, .12}, .125, Burst{.03, .4, 1.5, 2.3}, .45, .4},
	}
}

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

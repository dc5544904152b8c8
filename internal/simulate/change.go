package simulate

import "github.com/org/proxy-bench-action/internal/bench"

// Change is how head differs from base.
type Change struct {
	Name string
	// Share is by how much latency grows where the change is: 0.10 is 10 %.
	Share float64
	// OfOverhead makes Share one of the overhead instead of the latency.
	OfOverhead bool
	Where      Where
	// Jitter is the standard deviation, per scenario and build, of the effect of
	// code layout; it is there whether or not anything else changed.
	Jitter float64
}

// Where is the part of the suite that a Change touches.
type Where int

// The parts.
const (
	Nowhere Where = iota
	OneScenario
	OneMode
	Everywhere
)

// one is the scenario of OneScenario: a middle one, c10 with 1 KB.
func one(s bench.Scenario) bool {
	return s.Mode == bench.JSON && s.Concurrency == 10 && s.BodyBytes == 1<<10
}

func (w Where) covers(s bench.Scenario) bool {
	return w == Everywhere || w == OneMode && s.Mode == bench.SSE || w == OneScenario && one(s)
}

// Changes are the rows of the table.
func Changes() []Change {
	all := []Change{
		{Name: "unchanged"},
		{Name: "unchanged, layout jitter 0.9 %", Jitter: 0.009},
	}
	for _, w := range []struct {
		name  string
		where Where
	}{{"one scenario", OneScenario}, {"one mode", OneMode}, {"everywhere", Everywhere}} {
		for _, s := range []struct {
			name  string
			share float64
		}{{"+5 %", .05}, {"+10 %", .10}, {"+20 %", .20}} {
			all = append(all, Change{Name: s.name + " of latency, " + w.name, Share: s.share, Where: w.where})
		}
		for _, s := range []struct {
			name  string
			share float64
		}{{"+10 %", .10}, {"+20 %", .20}} {
			all = append(all, Change{Name: s.name + " of overhead, " + w.name, Share: s.share, OfOverhead: true, Where: w.where})
		}
	}
	return all
}

// factor is what the change multiplies the proxied latency of a scenario by.
func (c Change) factor(s bench.Scenario) float64 {
	if !c.Where.covers(s) {
		return 1
	}
	if c.OfOverhead {
		return 1 + c.Share*overheadShare
	}
	return 1 + c.Share
}

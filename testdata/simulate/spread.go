package simulate

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Spread is a gate over several machines.
type Spread struct {
	Name      string
	Shards    int     // 0: one machine makes an ordinary gate
	Seconds   float64 // the time budget of each machine
	Threshold float64 // of the overhead; 0: the default
	Change    string  // by its name
	target    target
}

const (
	// betweenMachines is the standard deviation of their speed, of all arms alike.
	betweenMachines = 0.20
	// changesDiffer is that of what head changes: half of its variance has a machine in
	// all scenarios, and half in each.
	changesDiffer = 0.01
)

// Spreads are the rows of the table of machines.
func Spreads() []Spread {
	const ten, five = "+10 % of latency, one scenario", "+5 % of latency, one scenario"
	return []Spread{
		{Name: "3 shards of 80 s, unchanged", Shards: 3, Seconds: 80, Change: "unchanged", target: atMost(isRegression, 0.3)},
		{Name: "9 shards of 4 min, unchanged", Shards: 9, Seconds: 240, Change: "unchanged", target: atMost(isRegression, 0.3)},
		{Name: "9 shards of 4 min, threshold 5 %, unchanged", Shards: 9, Seconds: 240, Threshold: 0.05, Change: "unchanged", target: atMost(isRegression, 0.3)},
		{Name: "1 machine of 4 min, " + ten, Seconds: 240, Change: ten},
		{Name: "3 shards of 80 s, " + ten, Shards: 3, Seconds: 80, Change: ten, target: atLeast(isRegression, 95)},
		{Name: "9 shards of 4 min, " + five, Shards: 9, Seconds: 240, Change: five},
		{Name: "9 shards of 4 min, threshold 5 %, " + five, Shards: 9, Seconds: 240, Threshold: 0.05, Change: five, target: atLeast(isRegression, 90)},
	}
}

// change is the row's in the other tables.
func (s Spread) change() Change {
	for _, c := range Changes() {
		if c.Name == s.Change {
			c.targets = nil
			if s.target.says != "" {
				c.targets = []target{s.target}
			}
			return c
		}
	}
	panic("no change " + s.Change)
}

// OneSpread makes the gate of a trial. The same arguments give the same gate.
func OneSpread(l Level, s Spread, seed uint64, trial int) Gate {
	l.Machine = betweenMachines
	c, rng := s.change(), source(seed, l, Change{Name: s.Name}, trial)
	layout := newJob(l, c, rng).layout // one build is measured everywhere
	if s.Shards == 0 {
		return somewhere(l, c, rng, layout).gate(trial)
	}
	policy, took := bench.DefaultPolicy(), 0.0
	if s.Threshold > 0 {
		policy.Threshold = s.Threshold
	}
	var parts []shard.Named
	for i := range s.Shards {
		j := somewhere(l, c, rng, layout)
		j.budget = budget * s.Seconds / 240
		parts = append(parts, shard.Named{Name: fmt.Sprint(i + 1), Run: j.shard(i+1, s.Shards)})
		took = max(took, j.now)
	}
	run, _, err := shard.Merge(parts, shard.Expect{})
	if err != nil {
		panic(err) // they are of one gate
	}
	return Gate{verdict.Decide(policy, verdict.EvidenceOf(run)), took}
}

// somewhere is a job on one of many machines, where a build of this layout changes by more
// or less than elsewhere.
func somewhere(l Level, c Change, rng *rand.Rand, layout map[string]float64) *job {
	j := newJob(l, c, rng)
	common := changesDiffer * math.Sqrt(0.5) * rng.NormFloat64()
	for _, cell := range j.suite {
		j.layout[cell.ID()] = layout[cell.ID()] + common + changesDiffer*math.Sqrt(0.5)*rng.NormFloat64()
	}
	return j
}

// shard is the run of one machine, which measures in one stage for all its time.
func (j *job) shard(index, of int) bench.Run {
	suite := bench.Cells(j.suite)
	run := bench.Run{
		Schema: bench.RunSchema, Scenarios: suite, Seed: uint64(index),
		Base:     &bench.BaseInfo{Source: bench.SourceRebuild},
		Plan:     bench.Plan{Arms: []bench.Arm{bench.Direct, bench.Base, bench.Head}, OneStage: true},
		Shard:    &bench.Shard{Index: index, Of: of, By: bench.ByPairs, Suite: suite},
		Validity: bench.Validity{Complete: true},
	}
	run.Rounds = j.stage(bench.Screen, j.left(j.suite), j.suite)
	run.Plan.Rounds = j.round
	return run
}

// Gates makes the gates of a row from a trial on, on all cores.
func (s Spread) Gates(l Level, seed uint64, from, trials int) []Gate {
	return each(trials, func(i int) Gate { return OneSpread(l, s, seed, from+i) })
}

// ReportSpreads writes the table of gates over several machines.
func ReportSpreads(w io.Writer, l Level, spreads []Spread, seed uint64, from, trials int) {
	fmt.Fprintf(w, "%s: %d gates a row; machines differ in speed by an SD of %.0f %%, and in the change by one of %.0f %%.\n\n", l.Name, trials, 100*betweenMachines, 100*changesDiffer)
	t := table{w}
	t.heading("gate", "regression", "noted", "improvement", "inconclusive", "median time")
	var rows []Row
	for _, s := range spreads {
		c := s.change()
		c.Name = s.Name
		r := newRow(c, s.Gates(l, seed, from, trials))
		cells := []string{s.Name}
		for _, k := range kinds {
			cells = append(cells, fmt.Sprintf("%.1f %%", r.share(k)))
		}
		t.row(append(cells, r.Median.Round(time.Second).String())...)
		rows = append(rows, r)
	}
	fmt.Fprintln(w, targets(rows))
}

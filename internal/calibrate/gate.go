package calibrate

import (
	"cmp"
	"context"
	"runtime"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// cost is what a process pair takes, in seconds: fixed, for starting and warming up, and
// work, for all scenarios.
type cost struct{ fixed, work float64 }

// beside is how much longer work takes than the requests that count: one slice of each
// arm goes before those that are recorded, and the first requests of each do not count.
const beside = 1.25

// costOf is what the pairs of a run took; 0 when the run does not tell. Elapsed time is
// all that it tells of starting, so that this is what requests do not explain.
func costOf(run bench.Run) cost {
	n := float64(len(processPairs(run.Rounds)))
	if n == 0 || run.Elapsed <= 0 {
		return cost{}
	}
	each, work := run.Elapsed/n, 0.0
	for _, r := range run.Rounds {
		if rate := r.Metrics[bench.Throughput]; rate > 0 {
			work += beside * float64(r.Requests) / rate / n
		}
	}
	if work == 0 || work > each { // older files, or fixtures
		work = each
	}
	return cost{each - work, work}
}

// seconds is what a pair of some of all scenarios takes.
func (c cost) seconds(some, all int) float64 {
	return c.fixed + c.work*float64(some)/float64(max(1, all))
}

// sampler makes gates out of measured process pairs.
type sampler struct {
	pool
	Options
	cost cost
}

// fits is for how many process pairs of some scenarios, nil for all, a gate has time
// that has used up some seconds.
func (s sampler) fits(scenarios []string, spent float64) int {
	if s.Budget <= 0 || s.cost == (cost{}) {
		return verdict.Unlimited(scenarios)
	}
	return int(max(0, s.Budget-spent) / s.takes(scenarios))
}

// takes is the seconds of a process pair of some scenarios, nil for all.
func (s sampler) takes(scenarios []string) float64 {
	n := len(s.scenarios)
	if scenarios != nil {
		n = len(scenarios)
	}
	return s.cost.seconds(n, len(s.scenarios))
}

// plan is what a gate has time for.
func (s sampler) plan() bench.GatePlan {
	p := bench.GatePlan{Pairs: min(cmp.Or(s.Pairs, verdict.ScreenRounds), s.fits(nil, 0)), Needed: verdict.LeastPairs}
	if s.Budget > 0 && s.cost != (cost{}) {
		p.Budget, p.PairSeconds, p.Room = s.Budget, s.takes(nil), new(s.fits(nil, 0))
		p.OneStage = *p.Room <= verdict.OneStagePairs
		if s.Pairs > 0 {
			p.OneStage = *p.Room < s.Pairs+verdict.LeastPairs
		}
	}
	return p
}

// evidence is what a gate begins with.
func (s sampler) evidence(seed uint64) verdict.Evidence {
	return verdict.Evidence{Scenarios: s.scenarios, Seed: seed, Pairs: s.Pairs, OneStage: s.plan().OneStage}
}

// change is how head differs from base: by which share of what the threshold is a
// share of, in each scenario that is covered. The zero value is not at all.
type change struct {
	name  string // of the source of randomness
	where bench.Where
	by    map[string]float64 // by scenario
	each  []string           // with one scenario, those that are slower in turn
}

// covers tells which scenarios are slower in a trial.
func (c change) covers(trial int) func(id string) bool {
	return func(id string) bool {
		switch c.where {
		case bench.Everywhere:
			return true
		case bench.OneScenario:
			return id == c.each[trial%len(c.each)]
		}
		return false
	}
}

// gate makes one whole gate, in the time that it has.
func (s sampler) gate(c change, slower [][]bench.Round, trial int) bench.Outcome {
	rng := Source(s.Seed, c.name, trial)
	e := s.evidence(rng.Uint64())
	d := drawing{pool: s.pool, rng: rng, slower: slower, covered: c.covers(trial)}
	spent := 0.0
	room := func(scenarios []string) int { return s.fits(scenarios, spent) }
	return verdict.InSteps(s.Policy, e, room, func(step verdict.Step) []bench.Round {
		spent += float64(step.Pairs) * s.takes(step.Scenarios)
		return d.draw(slot{stage: step.Look.Stage, pairs: step.Pairs, only: step.Scenarios})
	}).Outcome
}

// rate makes n gates and counts their outcomes; fewer, but leastGates, when until that
// share of the time they are not done.
func (s sampler) rate(ctx context.Context, c change, n int, until float64) (bench.Rate, error) {
	slower := s.stretched(c.by)
	var all []bench.Outcome
	for len(all) < n && (len(all) < leastGates || !s.late(until)) {
		done := len(all)
		s.tell(Progress{Doing: c.name, Done: done, Of: n})
		some, err := Each(ctx, min(batch*runtime.GOMAXPROCS(0), n-done), func(i int) bench.Outcome { return s.gate(c, slower, done+i) })
		if err != nil {
			return bench.Rate{}, err
		}
		all = append(all, some...)
	}
	return Count(all), nil
}

// batch is how many gates each processor makes between two looks at the clock, and
// leastGates are made whatever the clock says.
const (
	batch      = 4
	leastGates = 10
)

func (s sampler) late(share float64) bool { return s.Late != nil && s.Late(share) }

func (s sampler) tell(p Progress) {
	if s.Progress != nil {
		s.Progress(p)
	}
}

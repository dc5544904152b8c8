package shard

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// merged is one run of the shards that are kept.
func (g *gathered) merged() bench.Run {
	run := g.kept[0].Run
	run.Shard, run.Looks, run.Earlier, run.Attempt, run.Spent = nil, nil, nil, 0, nil
	run.Merged = &bench.Merged{Of: g.of, By: g.by, Problems: g.problems}
	run.Plan.OneStage, run.Plan.Rounds = true, 0
	run.Rounds, run.Facts, run.Work, run.WarmUps = []bench.Round{}, nil, nil, nil
	run.Unmeasured, run.Unserved, run.Rewrites = nil, nil, nil
	run.Validity = bench.Validity{Complete: true, Ceiling: map[string]float64{}}
	for i, n := range g.kept {
		g.add(&run, i+1, n.Run)
	}
	g.suite(&run)
	g.attempts(&run)
	addValidity(&run.Validity, g.kept, g.of)
	if pairs := Pairs(run.Rounds); pairs > 0 {
		run.Looks = []bench.Look{{Stage: bench.Screen, Pairs: pairs, Level: 1}}
	}
	return run
}

// bothCounting is what the counts of two machines depend on.
func bothCounting(a, b *bench.Counting) *bench.Counting {
	switch {
	case a == nil:
		return b
	case b == nil || a.Mixed || reflect.DeepEqual(a, b):
		return a
	}
	mixed := *a
	mixed.Mixed = true
	return &mixed
}

// add adds what a shard has measured, as that of the machine with this place. Rounds and
// processes are numbered behind those that are there. Split by scenarios, no two shards
// have one in common, and their rounds keep their numbers: the first process pairs of
// all of them stand for one of the whole suite, which groups need.
func (g *gathered) add(run *bench.Run, place int, part bench.Run) {
	rounds, processes := run.Last()
	pairs := Pairs(part.Rounds)
	ofRounds := processes
	if g.by == bench.ByScenarios {
		rounds, ofRounds = 0, 0
	}
	for _, r := range part.Rounds {
		r.Round, r.Machine, r.Stage = r.Round+rounds, place, bench.Screen
		if r.Process > 0 {
			r.Process += ofRounds
		}
		run.Rounds = append(run.Rounds, r)
	}
	for _, f := range part.Facts {
		f.Process += processes
		run.Facts = append(run.Facts, f)
	}
	for _, w := range part.Work {
		w.Process += processes
		run.Work = append(run.Work, w)
	}
	for _, w := range part.WarmUps {
		w.Process += ofRounds
		run.WarmUps = append(run.WarmUps, w)
	}
	for _, u := range part.Unmeasured {
		u.Rounds = slices.Clone(u.Rounds)
		for i := range u.Rounds {
			u.Rounds[i] += rounds
		}
		run.Unmeasured = bench.AddUnmeasured(run.Unmeasured, u)
	}
	run.Unserved = addUnserved(run.Unserved, part.Unserved)
	run.Rewrites = bench.AddRewrites(run.Rewrites, part.Rewrites)
	run.SameProgram = run.SameProgram && part.SameProgram
	run.Counting = bothCounting(run.Counting, part.Counting)
	if len(run.Timelines) == 0 {
		run.Timelines = part.Timelines
	}
	if part.Started.Before(run.Started) {
		run.Started = part.Started
	}
	run.Elapsed = max(run.Elapsed, part.Elapsed)
	if g.by == bench.ByPairs {
		run.Plan.Rounds += part.Plan.Rounds
	} else {
		run.Plan.Rounds = max(run.Plan.Rounds, part.Plan.Rounds)
	}
	s := part.Shard
	run.Merged.Machines = append(run.Merged.Machines, bench.Machine{
		Shard: s.Index, Attempt: s.Attempt, Pairs: pairs, Started: part.Started, Elapsed: part.Elapsed,
		Environment: part.Environment, Validity: part.Validity,
	})
}

// suite lists the scenarios of the whole: those that a shard has kept, and those of
// shards that are missing, which have no rounds. What every shard left out is out.
func (g *gathered) suite(run *bench.Run) {
	known, out := map[string]bool{}, map[string]int{}
	for _, n := range g.kept {
		for _, c := range n.Run.Scenarios {
			known[c.ID] = true
		}
		for _, id := range n.Run.Plan.LeftOut {
			out[id]++
		}
	}
	run.Scenarios, run.Plan.LeftOut = nil, nil
	for _, c := range g.kept[0].Run.Shard.Suite {
		if !known[c.ID] && out[c.ID] > 0 {
			run.Plan.LeftOut = append(run.Plan.LeftOut, c.ID)
			continue
		}
		run.Scenarios = append(run.Scenarios, c)
	}
}

// attempts notes the attempts whose rounds count beside those of later ones: all of them
// share the probability of a false regression.
func (g *gathered) attempts(run *bench.Run) {
	latest, pairs := map[int]int{}, map[int]int{}
	for _, n := range g.kept {
		latest[n.Run.Shard.Index] = max(latest[n.Run.Shard.Index], n.Run.Shard.Attempt)
	}
	for _, n := range g.kept {
		if s := n.Run.Shard; s.Attempt < latest[s.Index] {
			pairs[s.Attempt] += Pairs(n.Run.Rounds)
		}
	}
	for _, attempt := range slices.Sorted(maps.Keys(pairs)) {
		run.Earlier = append(run.Earlier, bench.Attempt{Attempt: max(1, attempt), Pairs: pairs[attempt]})
	}
	for _, at := range latest {
		run.Attempt = max(run.Attempt, at)
	}
	if run.Attempt < 2 { // as a run that is the first says it
		run.Attempt = 0
	}
}

// addValidity sums up what there is to doubt. The machines have their own.
func addValidity(v *bench.Validity, kept []Named, of int) {
	said := map[string][]int{}
	var order []string
	for _, n := range kept {
		own := n.Run.Validity
		v.Steal, v.Foreign = max(v.Steal, own.Steal), max(v.Foreign, own.Foreign)
		v.VoidRounds += own.VoidRounds
		v.Throttled += own.Throttled
		for id, ceiling := range own.Ceiling {
			if known, ok := v.Ceiling[id]; !ok || ceiling < known {
				v.Ceiling[id] = ceiling
			}
		}
		for _, w := range own.Warnings {
			if said[w] == nil {
				order = append(order, w)
			}
			said[w] = append(said[w], n.Run.Shard.Index)
		}
	}
	for _, w := range order {
		if len(said[w]) < len(kept) {
			w = fmt.Sprintf("shard %s: %s", Spec{said[w][0], of}, w)
		}
		v.Warnings = append(v.Warnings, w)
	}
}

// addUnserved adds up what mocks could not serve.
func addUnserved(all, more []bench.Unserved) []bench.Unserved {
	for _, u := range more {
		i := slices.IndexFunc(all, func(old bench.Unserved) bool {
			old.Count, old.First = u.Count, u.First
			return old == u
		})
		if i < 0 {
			all = append(all, u)
			continue
		}
		all[i].Count += u.Count
		all[i].First = min(all[i].First, u.First)
	}
	return all
}

// Pairs counts the processes of head that have a round that counts.
func Pairs(rounds []bench.Round) int {
	seen := map[int]bool{}
	for _, r := range rounds {
		if r.Arm == bench.Head && r.Void == "" {
			seen[r.Process] = true
		}
	}
	return len(seen)
}

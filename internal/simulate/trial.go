package simulate

import (
	"runtime"
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Gate is one simulated gate.
type Gate struct {
	Verdict   bench.Verdict
	Confirmed bool    // it measured again
	Seconds   float64 // simulated
}

// Run makes one whole gate: screening, what the screening asks for, decision.
func Run(p bench.Policy, l Level, c Change, seed uint64, trial int) Gate {
	j := newJob(l, c, source(seed, l.Name, c.Name, trial), false)
	e := verdict.Evidence{Scenarios: j.suite, Seed: uint64(trial)}
	e.Rounds = j.stage(bench.Screen, verdict.ScreenRounds, j.suite)
	next := verdict.Screen(p, e)
	if len(next.Confirm) > 0 {
		again := slices.DeleteFunc(slices.Clone(j.suite), func(s bench.Scenario) bool { return !slices.Contains(next.Confirm, s.ID()) })
		e.Rounds = append(e.Rounds, j.stage(bench.Confirm, next.Rounds, again)...)
	}
	return Gate{Verdict: verdict.Decide(p, e), Confirmed: len(next.Confirm) > 0, Seconds: j.now}
}

// Tally counts the outcomes of many gates.
type Tally struct {
	Trials, Regressions, Inconclusive, Improvements, Confirmed int
	Seconds                                                    float64 // mean of a gate
}

// Many runs gates on all cores. The result depends on the arguments alone.
func Many(p bench.Policy, l Level, c Change, seed uint64, trials int) Tally {
	gates := each(trials, func(i int) Gate { return Run(p, l, c, seed, i) })
	t := Tally{Trials: trials}
	for _, g := range gates {
		switch g.Verdict.Outcome {
		case bench.Regression:
			t.Regressions++
		case bench.Inconclusive:
			t.Inconclusive++
		case bench.Improvement:
			t.Improvements++
		}
		if g.Confirmed {
			t.Confirmed++
		}
		t.Seconds += g.Seconds / float64(trials)
	}
	return t
}

// each computes n results on all cores, in order.
func each[T any](n int, of func(i int) T) []T {
	all := make([]T, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				all[i] = of(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return all
}

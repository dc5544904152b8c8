package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Report is two tables as Markdown, of some trials for each cell: how often the
// gate calls each change a regression, and how often other rules do on the same
// kind of data. The same arguments give the same tables.
func Report(l Level, changes []Change, seed uint64, trials int) string {
	share := func(n int) string { return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(trials)) }
	var b strings.Builder
	row := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	heading := func(cells ...string) {
		row(cells...)
		fmt.Fprintf(&b, "|%s\n", strings.Repeat("---|", len(cells)))
	}

	fmt.Fprintf(&b, "Share of %d gates called a regression (inconclusive in brackets), threshold 10 %% of overhead = 5 %% of latency, 24 scenarios, 15 rounds and up to 40 fresh ones. The last row is the mean time of the first one.\n\n", trials)
	heading("head", l.Name)
	rates, first := make([]bench.Rate, len(changes)), 0.0
	for i, c := range changes {
		var seconds float64
		if rates[i], seconds = Gates(l, c, seed, trials); i == 0 {
			first = seconds
		}
		cell := share(rates[i].Regressions)
		if rates[i].Inconclusive > 0 {
			cell += fmt.Sprintf(" (%s)", share(rates[i].Inconclusive))
		}
		row(c.Name, cell)
	}
	row("time of the first", fmt.Sprintf("%.0f s", first))

	fmt.Fprintf(&b, "\nOther rules, %s: share of %d trials in which some scenario is called slower.\n\n", l.Name, trials)
	names, gate := []string{"rule"}, []string{"this gate, side by side in two stages"}
	var others [][]Alarms
	for i, c := range changes {
		if c.contrast() {
			names, gate = append(names, c.Name), append(gate, share(rates[i].Regressions))
			others = append(others, OtherRules(l, c, seed, trials))
		}
	}
	heading(names...)
	for k, r := range rules() {
		cells := []string{r.name}
		for _, of := range others {
			cells = append(cells, share(of[k].Trials))
		}
		row(cells...)
	}
	row(gate...)
	return b.String()
}

// Gates makes gates on all cores and returns their mean simulated time, in
// seconds, beside their outcomes.
func Gates(l Level, c Change, seed uint64, trials int) (rate bench.Rate, seconds float64) {
	var outcomes []bench.Outcome
	for _, g := range each(trials, func(i int) Gate { return OneGate(l, c, seed, i) }) {
		outcomes = append(outcomes, g.Verdict.Outcome)
		seconds += g.Seconds / float64(trials)
	}
	return calibrate.Count(outcomes), seconds
}

// Gate is one simulated gate.
type Gate struct {
	Verdict bench.Verdict
	Seconds float64 // simulated
}

// OneGate makes the gate of a trial. The same arguments give the same gate.
func OneGate(l Level, c Change, seed uint64, trial int) Gate {
	j := newJob(l, c, source(seed, l, c, trial))
	e := verdict.Evidence{Scenarios: j.suite, Seed: uint64(trial)}
	v := verdict.InSteps(bench.DefaultPolicy(), e, verdict.Unlimited, func(step verdict.Step) []bench.Round {
		return j.stage(step.Look.Stage, step.Pairs, slices.DeleteFunc(slices.Clone(j.suite), func(s bench.Scenario) bool {
			return step.Scenarios != nil && !slices.Contains(step.Scenarios, s.ID())
		}))
	})
	return Gate{v, j.now}
}

// each is [calibrate.Each] of what nobody stops.
func each[T any](n int, of func(i int) T) []T {
	all, _ := calibrate.Each(context.Background(), n, of)
	return all
}

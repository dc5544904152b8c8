package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// resolved promises no more than every scenario keeps; empty where nothing can be
// promised.
func (b *builder) resolved() string {
	worst, of := 0.0, 0
	for _, c := range b.Comparisons {
		if !c.Gated || !c.Metric.IsJudged() || b.cells[c.Scenario].Paced {
			continue
		}
		if c.Resolution == nil {
			return ""
		}
		worst, of = max(worst, *c.Resolution), of+1
	}
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("a change of %s of latency in any one would have been found in 4 of 5 runs", figures.Percent(worst))
}

// typicalTimes are the times of base and head where little else happens: "JSON 118 → 119
// µs, first event 121 → 121 µs (1 in flight, 1KB)". Without a base they are those of head.
func (b *builder) typicalTimes() string {
	var parts, places []string
	for _, s := range b.Calm() {
		if times := b.times(s); times != "" {
			parts = append(parts, measured.Answered(s.Mode)+" "+times)
			places = append(places, fmt.Sprintf("%d in flight, %s", s.Concurrency, s.Sizes()))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if len(slices.Compact(slices.Clone(places))) == 1 {
		return fmt.Sprintf("%s (%s)", strings.Join(parts, ", "), places[0])
	}
	for i := range parts {
		parts[i] += fmt.Sprintf(" (%s)", places[i])
	}
	return strings.Join(parts, ", ")
}

// times are those of base and head in a scenario, with one unit.
func (b *builder) times(s bench.Scenario) string {
	m := measured.Clocks(s.Mode)[0].Typical
	for _, c := range b.Comparisons {
		if c.Scenario == s.ID() && c.Metric == m && c.Base != nil && c.Head != nil {
			scale := figures.OfTimes(*c.Base, *c.Head)
			return fmt.Sprintf("%s → %s", scale.Format(*c.Base), scale.With(*c.Head))
		}
	}
	if head, ok := b.Rounds.Median(s.ID(), bench.Head, m); ok {
		return figures.Seconds(head)
	}
	return ""
}

// counts are the scenarios by outcome, what matters most first.
func (b *builder) counts() []document.Count {
	var all []document.Count
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement, bench.Pass, bench.Inconclusive} {
		if n := b.count(o); n > 0 {
			all = append(all, document.Count{Outcome: o, N: n})
		}
	}
	return all
}

// look is what to look at first after a regression: what the harm, the likely causes and
// the work that was counted lead to.
func (b *builder) look() string {
	const most = 2
	var all []string
	add := func(look string) {
		if look = plain.To(strings.TrimSuffix(look, "."), 160); look != "" && len(all) < most && !slices.Contains(all, look) {
			all = append(all, look)
		}
	}
	if b.Outcome != bench.Regression {
		return ""
	}
	for _, c := range b.harm() {
		if c.Outcome == bench.Regression {
			add(c.Look)
		}
	}
	for _, d := range b.Diagnoses {
		if d.Change != bench.ChangeKept && d.Change != bench.ChangeGone {
			add(d.Look)
		}
	}
	for _, c := range b.Work {
		if c.Outcome == bench.Regression {
			add(c.Look)
		}
	}
	if rows := b.withOutcome(bench.Regression); len(all) == 0 && len(rows) > 0 {
		add(fmt.Sprintf("where the two builds spend their time in %s: profile both", cmp.Or(rows[0].Scenario, "the first row")))
	}
	return strings.Join(all, "; and at ")
}

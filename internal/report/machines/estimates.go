package machines

import (
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// disagreeLevel is the probability that machines are said to differ where they do not, over
// all comparisons together (Bonferroni).
const disagreeLevel = 0.01

// mostColumns is how many machines have a column of their own.
const mostColumns = 9

// compared are the comparisons that decide and that several machines made.
func compared(v bench.Verdict) []bench.Comparison {
	return slices.DeleteFunc(slices.Clone(v.Comparisons), func(c bench.Comparison) bool {
		return !c.Gated || c.Shift == nil || len(c.Machines) < 2
	})
}

// differing are those in which machines differ more than chance would have it.
func differing(all []bench.Comparison) []bench.Comparison {
	tested := 0
	for _, c := range all {
		if c.Disagree != nil {
			tested++
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c bench.Comparison) bool {
		return c.Disagree == nil || c.Disagree.P*float64(tested) > disagreeLevel
	})
}

// agreement says whether the machines agree.
func agreement(all []bench.Comparison) []document.Block {
	if len(all) == 0 {
		return nil
	}
	found := differing(all)
	if len(found) == 0 {
		return []document.Block{document.Paragraph{Text: fmt.Sprintf(
			"The machines agree: in none of %s they differ more than chance would have it (Cochran's Q, level %.0f %% over all).",
			figures.Counted(len(all), "comparison"), 100*disagreeLevel)}}
	}
	l := document.List{Title: "Machines differ more than chance would have it", Most: 6}
	for _, c := range found {
		low, high := bounds(c)
		l.Items = append(l.Items, document.Item{Name: what(c), Text: fmt.Sprintf("%s to %s, Q %s with %d degrees of freedom, p %.1g; the interval of the whole allows for it",
			figures.Added(low), figures.Added(high), figures.Digits(min(c.Disagree.Q, 1e6)), c.Disagree.DF, c.Disagree.P)})
	}
	return []document.Block{l}
}

func bounds(c bench.Comparison) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, m := range c.Machines {
		if m.Shift != nil {
			low, high = min(low, *m.Shift), max(high, *m.Shift)
		}
	}
	return low, high
}

func what(c bench.Comparison) string {
	described, _ := c.Metric.Describe()
	return c.Scenario + ", " + described.Label
}

// estimates is each machine's change beside that of the whole: of what changed and of what
// machines differ in, and else of the primary metric of each scenario.
func estimates(m bench.Merged, all []bench.Comparison, suite map[string]bench.Scenario) document.Table {
	odd := differing(all)
	shown := slices.DeleteFunc(slices.Clone(all), func(c bench.Comparison) bool {
		return c.Outcome != bench.Regression && c.Outcome != bench.Improvement &&
			!slices.ContainsFunc(odd, func(o bench.Comparison) bool { return o.Scenario == c.Scenario && o.Metric == c.Metric })
	})
	if len(shown) == 0 {
		shown = slices.DeleteFunc(slices.Clone(all), func(c bench.Comparison) bool { return c.Metric != suite[c.Scenario].Mode.Primary() })
	}
	t := document.Table{
		Caption: "Change of the value (%) as each machine shows it, and over all with its 95 % interval", Most: 12,
		Columns: []document.Column{{Title: "scenario", Text: true}, {Title: "metric", Text: true}, {Title: "all machines"}, {Title: "95 % interval"}},
	}
	wide := len(m.Machines) > mostColumns
	if wide {
		t.Columns = append(t.Columns, document.Column{Title: "lowest"}, document.Column{Title: "highest"})
	} else {
		for _, machine := range m.Machines {
			t.Columns = append(t.Columns, document.Column{Title: name(machine, m.Of), Wide: len(m.Machines) > 3})
		}
	}
	for _, c := range shown {
		described, _ := c.Metric.Describe()
		cells := []document.Cell{{Text: c.Scenario}, {Text: described.Label}, percent(c.Shift), interval(c.ShiftCI)}
		if low, high := bounds(c); wide {
			cells = append(cells, percent(&low), percent(&high))
		} else {
			for i := range m.Machines {
				at := slices.IndexFunc(c.Machines, func(s bench.MachineShift) bool { return s.Machine == i+1 })
				if at < 0 {
					cells = append(cells, document.Cell{})
					continue
				}
				cells = append(cells, percent(c.Machines[at].Shift))
			}
		}
		t.Rows = append(t.Rows, document.Row{Cells: cells, Outcome: c.Outcome})
	}
	return t
}

func percent(shift *float64) document.Cell {
	if shift == nil || math.IsInf(*shift, 0) {
		return document.Cell{}
	}
	return document.Cell{Text: fmt.Sprintf("%+.1f", 100**shift), Value: shift}
}

func interval(ci *bench.Interval) document.Cell {
	if ci == nil {
		return document.Cell{}
	}
	return document.Cell{Text: fmt.Sprintf("%+.1f to %+.1f", 100*ci[0], 100*ci[1])}
}

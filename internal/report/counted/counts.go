package counted

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/work"
)

// Counts are what a request costs each gateway, scenario by scenario, of the first
// process pair, and why something was not counted.
func Counts(run bench.Run) document.Section {
	s := document.Section{ID: "work-counts", Heading: "Work of a request", Rank: document.Detail}
	both := slices.ContainsFunc(run.Work, func(w bench.Work) bool { return w.Arm == bench.Base })
	t := document.Table{Columns: []document.Column{
		{Title: "scenario", Text: true}, {Title: "instructions", Unit: "k"}, {Title: "±"}, {Title: "allocations"}, {Title: "system calls"}, {Title: "most of them", Text: true, Wide: true},
	}}
	var why reasons
	for _, w := range run.Work {
		name := plain.To(w.Scenario, longestName)
		if both {
			name += ", " + plain.Brief(string(w.Arm))
		}
		if w.Uncounted != "" {
			why.add(name, plain.To(w.Uncounted, longestText))
		}
		if w.Process > 1 || len(w.Instructions)+len(w.SystemCalls) == 0 {
			continue
		}
		median, apart, is := work.Middle(w.Instructions)
		spread := ""
		if is {
			spread = fmt.Sprintf("%.1f %%", 50*apart) // to both sides
		}
		decided := maps.Clone(w.SystemCalls)
		maps.DeleteFunc(decided, func(call string, _ float64) bool { return bench.Waits(call) })
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Text: name},
			counted(median/1000, is),
			{Text: spread},
			counted(work.Calls(w.Allocations), len(w.Allocations) > 0),
			counted(work.Calls(decided), len(decided) > 0),
			{Text: mostCalls(decided)},
		}})
	}
	if run.Counting != nil && run.Counting.Uncounted != "" && len(why) == 0 {
		why.add("", plain.To(run.Counting.Uncounted, longestText))
	}
	if !t.Empty() {
		s.Blocks = append(s.Blocks, t, document.Paragraph{Text: conditions(run), Small: true})
	}
	if len(why) > 0 {
		s.Blocks = append(s.Blocks, document.List{Title: "Not counted", Items: document.Items(why.lines()...), Most: enough})
	}
	return s
}

// reasons are why something was not counted: each once, with the scenarios that it is
// about, in the order in which they came.
type reasons []reason

type reason struct {
	of  []string
	why string
}

func (r *reasons) add(name, why string) {
	i := slices.IndexFunc(*r, func(other reason) bool { return other.why == why })
	if i < 0 {
		i = len(*r)
		*r = append(*r, reason{why: why})
	}
	if name != "" && !slices.Contains((*r)[i].of, name) {
		(*r)[i].of = append((*r)[i].of, name)
	}
}

func (r reasons) lines() []string {
	var lines []string
	for _, each := range r {
		line := each.why
		if len(each.of) > 0 {
			line = strings.Join(each.of, ", ") + ": " + line
		}
		lines = append(lines, line)
	}
	return lines
}

// conditions says by what it was counted, and what it cannot see.
func conditions(run bench.Run) string {
	text := "Counted, not timed, with one request at a time; waiting is not in it."
	c := run.Counting
	if c == nil {
		return text
	}
	var by []string
	if c.Valgrind != "" && slices.ContainsFunc(run.Work, func(w bench.Work) bool { return len(w.Instructions) > 0 }) {
		by = append(by, plain.To(c.Valgrind, 40))
	}
	if c.Tracer != "" && slices.ContainsFunc(run.Work, func(w bench.Work) bool { return len(w.SystemCalls) > 0 }) {
		by = append(by, plain.To(c.Tracer, 40))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Settings)) {
		by = append(by, plain.To(name+"="+c.Settings[name], 40))
	}
	if len(by) > 0 {
		text += " By " + strings.Join(by, ", ") + "."
	}
	return text
}

func counted(n float64, is bool) document.Cell {
	if !is {
		return document.Cell{}
	}
	return document.Cell{Text: figures.Digits(n), Value: new(n)}
}

// mostCalls are the system calls that are made most.
func mostCalls(calls map[string]float64) string {
	const most = 4
	names := slices.SortedFunc(maps.Keys(calls), func(a, b string) int {
		return cmp.Or(cmp.Compare(calls[b], calls[a]), strings.Compare(a, b))
	})
	var all []string
	for _, name := range names[:min(len(names), most)] {
		if calls[name] >= 0.05 {
			all = append(all, fmt.Sprintf("%s %s", plain.To(name, 24), figures.Digits(calls[name])))
		}
	}
	return strings.Join(all, ", ")
}

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
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/work"
)

// Any says whether anything was counted.
func Any(all []bench.Work) bool {
	return slices.ContainsFunc(all, func(w bench.Work) bool { return len(w.Instructions) > 0 || len(w.SystemCalls) > 0 })
}

// Document is a run in which work was counted and nothing timed, and what changed in it
// against the base by a rule. More work that is faster is for a gate to see.
func Document(run bench.Run, rule bench.WorkRule) document.Document {
	d := document.Document{Tool: run.Tool.Name + " " + run.Tool.Version, Word: "counted", Outcome: bench.Pass, Lead: []string{lead(run.Work)}}
	if !Any(run.Work) {
		d.Word, d.Outcome, d.Failed = "not counted", bench.Inconclusive, true
	}
	counts := Counts(run)
	counts.Rank = document.Always
	d.Sections = append(d.Sections, counts, Changes(work.Judge(rule, run.Work, func(string) bool { return false })))
	for i, w := range run.Work {
		if w.Process <= 1 { // others repeat it
			d.Sections = append(d.Sections, byName(i, w), functionsOf(i, w))
		}
	}
	return d
}

// lead is the most that a request costs, or why nothing is known.
func lead(all []bench.Work) string {
	if !Any(all) {
		for _, w := range all {
			return w.Uncounted
		}
		return "no scenario"
	}
	var most bench.Work
	var instructions float64
	for _, w := range all {
		if m, err := stats.Median(w.Instructions); err == nil && w.Arm == bench.Head && m > instructions {
			most, instructions = w, m
		}
	}
	if instructions == 0 {
		for _, w := range all {
			if w.Uncounted != "" {
				return "system calls only; " + w.Uncounted
			}
		}
		return "system calls only"
	}
	return fmt.Sprintf("up to %s instructions a request (%s)", figures.Digits(instructions/1000)+" k", most.Scenario)
}

// byName are the allocations and system calls of a scenario by name.
func byName(i int, w bench.Work) document.Section {
	t := document.Table{Columns: []document.Column{{Title: "call", Text: true}, {Title: "a request"}, {Title: "", Text: true}}}
	add := func(counts map[string]float64, which func(string) bool, what string) {
		names := slices.DeleteFunc(slices.Sorted(maps.Keys(counts)), func(name string) bool { return !which(name) })
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
		for _, name := range names {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Text: plain.To(name, longestName)}, counted(counts[name], true), {Text: what}}})
		}
	}
	add(w.Allocations, func(string) bool { return true }, "allocation")
	add(w.SystemCalls, func(name string) bool { return !bench.Waits(name) }, "")
	add(w.SystemCalls, bench.Waits, "waiting")
	return document.Section{
		ID: fmt.Sprintf("calls-%d", i), Rank: document.Detail,
		Heading: "Calls of " + of(w), Blocks: []document.Block{t},
	}
}

// of names a scenario of a gateway.
func of(w bench.Work) string {
	return plain.To(w.Scenario, longestName) + ", " + plain.Brief(string(w.Arm))
}

// shown is how many functions are enough where room is short.
const shown = 8

// functionsOf are those with the most instructions of their own.
func functionsOf(i int, w bench.Work) document.Section {
	t := document.Table{Most: shown, Columns: []document.Column{
		{Title: "instructions"}, {Title: "calls"}, {Title: "function", Text: true}, {Title: "in", Text: true},
	}}
	for _, f := range w.Functions {
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			counted(f.Instructions, true), counted(f.Calls, f.Calls > 0), {Text: plain.To(f.Name, longestName)}, {Text: plain.To(place(f), longestName)},
		}})
	}
	return document.Section{
		ID: fmt.Sprintf("functions-%d", i), Heading: "Functions of " + of(w), Blocks: []document.Block{t},
	}
}

// place is where a function is: its line, or else its program or library.
func place(f bench.Function) string {
	if f.File == "" {
		return f.Module
	}
	file := f.File[strings.LastIndexByte(f.File, '/')+1:]
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d", file, f.Line)
	}
	return file
}

package counted

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

const (
	// enough is how many rows are shown where room is short.
	enough = 6
	// longestText is a change in words, longestName a function's name, in characters.
	longestText, longestName = 240, 90
)

// Changes are what changed in the work of requests, what decides first.
func Changes(all []bench.WorkChange) document.Section {
	s := document.Section{ID: "work", Heading: "What a request costs, counted"}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b bench.WorkChange) int { return cmp.Compare(decides(b), decides(a)) })
	l := document.List{Most: enough, Items: items(all)}
	if l.Empty() {
		return s
	}
	s.Blocks = []document.Block{l}
	if most := Most(all); most != nil && len(most.Functions) > 0 {
		s.Blocks = append(s.Blocks, functions(*most), bars(*most))
	}
	return s
}

// items are the changes, each said once with the scenarios that it is in.
func items(all []bench.WorkChange) (items []document.Item) {
	var first []bench.WorkChange
	more := map[int]int{}
	for _, c := range all {
		same := func(f bench.WorkChange) bool { return f.What == c.What && f.Text == c.Text && f.Outcome == c.Outcome }
		if i := slices.IndexFunc(first, same); i >= 0 {
			more[i]++
			continue
		}
		first = append(first, c)
	}
	for i, c := range first {
		name, look := plain.To(c.Scenario, longestName), ""
		if more[i] > 0 {
			name += fmt.Sprintf(" and %d more", more[i])
		}
		text := plain.Capital(plain.To(c.Text, longestText))
		if c.Outcome == bench.Regression {
			name, look = name+", regression", plain.To(c.Look, longestText)
		}
		items = append(items, document.Item{Name: name, Text: text + ".", Look: look})
	}
	return items
}

func decides(c bench.WorkChange) int {
	if c.Outcome == bench.Regression {
		return 1
	}
	return 0
}

// Most is the change of instructions that matters most: a regression before others, then
// the largest; nil where none changed.
func Most(all []bench.WorkChange) (most *bench.WorkChange) {
	rank := func(c bench.WorkChange) (int, float64) {
		by := c.Head/max(c.Base, 1) - 1
		return decides(c), max(by, -by)
	}
	for i, c := range all {
		if c.What != bench.Instructions {
			continue
		}
		if most == nil {
			most = &all[i]
			continue
		}
		d, by := rank(c)
		other, than := rank(*most)
		if d > other || d == other && by > than {
			most = &all[i]
		}
	}
	return most
}

// functions is where the instructions of a scenario went.
func functions(c bench.WorkChange) document.Table {
	t := document.Table{
		Caption: "Where it went in " + plain.To(c.Scenario, longestName) + ": functions by their own instructions for a request",
		Columns: []document.Column{
			{Title: "function", Text: true}, {Title: "base", Unit: "k"}, {Title: "head", Unit: "k"}, {Title: "more", Unit: "k"}, {Title: "calls, base"}, {Title: "calls, head"}, {Title: "where", Text: true, Wide: true},
		},
		Most: enough,
	}
	for _, f := range c.Functions {
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Text: NameOf(f)},
			thousands(f.Base), thousands(f.Head), signed(f.Head - f.Base),
			calls(f.BaseCalls), calls(f.HeadCalls),
			{Text: placeOf(f)},
		}})
	}
	return t
}

// NameOf is the name of a function, made plain.
func NameOf(f bench.FunctionChange) string { return plain.To(f.Name, longestName) }

// placeOf is where a function is written, or what it is in.
func placeOf(f bench.FunctionChange) string {
	switch {
	case f.File != "" && f.Line > 0:
		return plain.To(fmt.Sprintf("%s:%d", f.File, f.Line), longestName)
	case f.File != "":
		return plain.To(f.File, longestName)
	}
	return plain.To(f.Module, longestName)
}

func thousands(n float64) document.Cell {
	return document.Cell{Text: figures.Digits(n / 1000), Value: new(n)}
}

func signed(n float64) document.Cell {
	c := thousands(n)
	if n > 0 {
		c.Text = "+" + c.Text
	}
	return c
}

func calls(n float64) document.Cell {
	if n == 0 {
		return document.Cell{}
	}
	return document.Cell{Text: figures.Digits(n), Value: new(n)}
}

// bars draw the functions with base and head.
func bars(c bench.WorkChange) document.Charts {
	chart := document.Chart{
		Kind: "work", Title: "Instructions of a request by function, in thousands", Typical: true,
		X: document.Axis{Scale: figures.One, Zero: true},
	}
	base, head := document.Series{Name: "base", Style: string(bench.Base), Shape: document.Hairs}, document.Series{Name: "head", Style: string(bench.Head), Shape: document.Bars}
	for i, f := range c.Functions {
		chart.Rows = append(chart.Rows, plain.To(f.Name, 40))
		base.Points = append(base.Points, document.Point{Y: float64(i), End: f.Base / 1000})
		head.Points = append(head.Points, document.Point{Y: float64(i), End: f.Head / 1000, Name: figures.Digits(f.Head / 1000)})
	}
	chart.Add(head, base)
	var all document.Charts
	all.Add(chart)
	return all
}

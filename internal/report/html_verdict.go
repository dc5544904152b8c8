package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// verdictView is the decision as it is read first.
type verdictView struct {
	Outcome, Word string
	Heading       string
	Lead          string
	Rest          []string
	ToDo          string
	Facts         []factView
	Failure       []string // the last lines of a step that failed
	Changes       []tableView
	Key           string
	Diagnoses     []diagnosisView
	Before        []diagnosisView
	Maps          []tableView
	Groups        []string
	Errors        []string
	Resolutions   tableView
	Doubts        []string
	Reproduce     string
}

// factView is a name and what is said of it.
type factView struct{ Name, Text string }

func (h *hypertext) verdict() verdictView {
	p := h.page
	v := verdictView{Heading: "Verdict", Outcome: outcomeClass(p.Outcome), ToDo: clean(p.toDo()), Doubts: p.doubts().texts, Reproduce: clean(p.context.Reproduce)}
	v.Word = strings.ReplaceAll(clean(string(p.Outcome)), "-", " ")
	switch {
	case p.context.Failure != nil:
		v.Outcome, v.Word, v.Failure = "failure", "no verdict", lastLines(p.context.Failure.Output)
	case p.Outcome == "":
		v.Heading, v.Word = "Run", "measured"
	}
	for i, piece := range h.lead() {
		if i == 0 {
			v.Lead = clean(piece)
		} else {
			v.Rest = append(v.Rest, clean(piece))
		}
	}
	v.Facts = h.facts()
	v.Changes, v.Key = h.changes(), p.keyText(true)
	told, quiet := told(p.Diagnoses, len(h.sheet.rows))
	v.Diagnoses, v.Before = diagnosisViews(told), diagnosisViews(quiet)
	v.Maps = h.maps()
	for _, g := range p.Groups {
		v.Groups = append(v.Groups, clean(groupLine(g)))
	}
	for _, line := range p.errorLines() {
		v.Errors = append(v.Errors, clean(line))
	}
	v.Resolutions = h.resolutions()
	return v
}

// lead is that of every other text; a run that nothing was decided about says
// what it is.
func (h *hypertext) lead() []string {
	if h.page.Outcome == "" && h.page.context.Failure == nil {
		return []string{fmt.Sprintf("%s, %s", counted(len(h.sheet.rows), "scenario"), h.sheet.armList())}
	}
	return h.page.lead()
}

func (h *hypertext) facts() []factView {
	p := h.page
	var facts []factView
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, factView{name, clean(text)})
		}
	}
	add("compared", p.how())
	add("head", p.run.Commit.String())
	if p.isAccepted() {
		add("accepted", fmt.Sprintf("by the label %s: the regression stays, and does not fail", p.context.Accepted))
	}
	if p.isPartial() {
		add("incomplete", cmp.Or(p.run.Validity.Incomplete, "the run does not say why"))
	}
	for _, note := range p.context.Notes {
		add("note", note)
	}
	if len(p.Scenarios) > 0 {
		add("rule", p.rule())
	}
	return facts
}

// changes are the tables of what changed and what could not be decided.
func (h *hypertext) changes() []tableView {
	var tables []tableView
	add := func(caption string, most int, rows []bench.Comparison) {
		if len(rows) == 0 {
			return
		}
		t := tableView{Kind: "changes", Caption: caption}
		if len(rows) > most {
			t.Note = fmt.Sprintf("%d more are in the matrices below.", len(rows)-most)
			rows = rows[:most]
		}
		times, axis := timeScale(rows), changesAxis(rows)
		t.Head = h.changeHead(times.Unit, true, true)
		for _, c := range rows {
			row := h.changeRow(c, times, axis, true, true)
			row[2].Text, row[3].Text = valueCell(c, c.Base, times), valueCell(c, c.Head, times)
			t.Rows = append(t.Rows, row)
		}
		tables = append(tables, t)
	}
	all := len(h.page.Comparisons)
	add("Regressions, the worst first", all, h.page.rows(bench.Regression))
	add("Improvements, the largest first", all, h.page.rows(bench.Improvement))
	add("Undecided, the least clear first", longestList, h.page.rows(bench.Inconclusive))
	return tables
}

// maps are body size against concurrency, with the change of each cell: one for
// each typical value.
func (h *hypertext) maps() []tableView {
	var tables []tableView
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.Gate == bench.Judged }) {
		cells := make(map[bench.Scenario]bench.Comparison)
		for _, c := range h.page.Comparisons {
			if s, listed := h.page.cells[c.Scenario]; listed && c.Metric == m {
				cells[s] = c
			}
		}
		if len(cells) > 0 {
			tables = append(tables, h.heat(m, cells))
		}
	}
	return tables
}

func (h *hypertext) heat(m bench.Metric, cells map[bench.Scenario]bench.Comparison) tableView {
	t := tableView{Kind: "heat", Caption: capital(metricWord(m)), Head: []headView{{Title: "body"}}}
	var concurrencies []int
	var sizes []bench.Scenario // all of concurrency 0
	for s := range cells {
		concurrencies = append(concurrencies, s.Concurrency)
		s.Concurrency = 0
		sizes = append(sizes, s)
	}
	slices.Sort(concurrencies)
	slices.SortFunc(sizes, func(a, b bench.Scenario) int {
		return cmp.Or(cmp.Compare(a.BodyBytes, b.BodyBytes), cmp.Compare(a.Answer, b.Answer))
	})
	concurrencies, sizes = slices.Compact(concurrencies), slices.Compact(sizes)
	for _, c := range concurrencies {
		t.Head = append(t.Head, headView{Title: strconv.Itoa(c), Unit: "in flight", Class: numeric})
	}
	for _, s := range sizes {
		row := cellsFor(s.Sizes())
		for _, s.Concurrency = range concurrencies {
			cell := cellView{Text: missing}
			if c, ok := cells[s]; ok {
				cell = cellView{Text: missing, Class: "o " + outcomeClass(c.Outcome), Link: "#" + anchor(s.ID())}
				if c.Change != nil {
					cell.Text = fmt.Sprintf("%+.1f", 100**c.Change) + pick(c.Of == bench.OfValue, "*", "")
				}
			}
			row = append(row, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (h *hypertext) resolutions() tableView {
	t := tableView{
		Kind: "plain", Caption: "Smallest change of the value that is found in 4 of 5 runs",
		Head: []headView{{Title: "metric"}, {Title: "best"}, {Title: "worst"}},
	}
	for _, cells := range h.page.resolutionRows() {
		t.Rows = append(t.Rows, cellsFor(cells...))
	}
	return t
}

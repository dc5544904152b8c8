package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// columns is the width of a verdict: that of the smallest terminal in use.
const columns = 80

// Verdict writes what a person wants to know of a decision over run: the
// outcome in words and how it was come by, what changed, the worst first, what
// else was tried, how small a change could have been seen, and what to doubt.
// The run is for the names of things; no number is computed from its rounds.
func Verdict(w io.Writer, v bench.Verdict, run bench.Run, style Style) error {
	p := newPage(v, run, style)
	body := p.headline() + p.compared() + p.advice() +
		p.tables() + p.groups() + p.errors() +
		p.resolutions() + p.reasons() + p.warnings()
	if _, err := io.WriteString(w, body); err != nil {
		return fmt.Errorf("writing the verdict: %w", err)
	}
	return nil
}

// page is a verdict laid out for a text.
type page struct {
	bench.Verdict
	run     bench.Run
	style   Style
	cells   map[string]bench.Scenario // by id
	outcome map[string]bench.Outcome  // by scenario
}

func newPage(v bench.Verdict, run bench.Run, style Style) *page {
	p := &page{
		Verdict: v, run: run, style: style,
		cells: make(map[string]bench.Scenario), outcome: make(map[string]bench.Outcome),
	}
	for _, c := range run.Scenarios {
		p.cells[c.ID] = c.Scenario
	}
	for _, s := range v.Scenarios {
		p.outcome[s.Scenario] = s.Outcome
	}
	return p
}

// section is a title and what stands below it; nothing without that.
func (p *page) section(title, body string) string {
	if body == "" {
		return ""
	}
	return "\n" + p.style.bold(clean(title)) + "\n" + body
}

// count is how many scenarios have an outcome.
func (p *page) count(o bench.Outcome) int {
	n := 0
	for _, s := range p.Scenarios {
		if s.Outcome == o {
			n++
		}
	}
	return n
}

// share is "3 of 24 scenarios".
func (p *page) share(o bench.Outcome) string {
	return fmt.Sprintf("%d of %s", p.count(o), counted(len(p.Scenarios), "scenario"))
}

// groups are those that the screening flagged.
func (p *page) groups() string {
	var b strings.Builder
	for _, g := range p.Groups {
		name := fmt.Sprintf("%s, %s: ", groupName(g.Group), g.Outcome)
		b.WriteString(wrapped(columns, "  ", clean(name+cmp.Or(g.Reason, "no reason given"))))
	}
	return p.section("groups of scenarios tried", b.String())
}

// errors are the comparisons of failed requests. The same failures are counted
// by scenario and by class too; of the counts that are no worse than the base's
// only those over everything are shown, unless all are wanted.
func (p *page) errors() string {
	var b strings.Builder
	hidden := 0
	for _, e := range p.Errors {
		total := e.Scenario == "" && e.Class == ""
		if e.Outcome == bench.Pass && !total && !p.style.All {
			hidden++
			continue
		}
		name := fmt.Sprintf("%s, %s: ", cmp.Or(e.Scenario, "all scenarios"), e.Outcome)
		b.WriteString(wrapped(columns, "  ", clean(name+e.Reason)))
	}
	if hidden > 0 {
		b.WriteString(wrapped(columns, "  ", fmt.Sprintf("%s, by scenario or class, no worse than the base", counted(hidden, "other count"))))
	}
	return p.section("failed requests", b.String())
}

// warnings are the verdict's own and the run's, each once.
func (p *page) warnings() string {
	var n notes
	for _, w := range slices.Concat(p.Warnings, p.run.Validity.Warnings) {
		n.mark(w, w)
	}
	return p.section("to be doubted", n.lines(columns))
}

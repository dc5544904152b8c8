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

// Terminal writes what a person wants to know of a decision: the outcome in
// words and how it was come by, what changed, the worst first, what else was
// tried, how small a change could have been seen, and what to doubt. The run is
// for the names of things; no number is computed from its rounds.
func Terminal(w io.Writer, r Report, style Style) error {
	p := newPage(r, style)
	body := p.headline() + p.compared() + p.advice() + p.output()
	if !r.failed() {
		body += p.tables() + diagnoses(p.Diagnoses, len(p.cells), columns, p.style) + p.groups() + p.errors() +
			p.resolutions() + p.reasons()
	}
	return write(w, "the verdict", body+p.warnings())
}

func write(w io.Writer, what, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	return nil
}

// page is a report laid out for a text.
type page struct {
	bench.Verdict
	run     bench.Run
	context Context
	style   Style
	cells   map[string]bench.Scenario // by id
	outcome map[string]bench.Outcome  // by scenario
}

func newPage(r Report, style Style) *page {
	p := &page{
		Verdict: r.Verdict, run: r.Run, context: r.Context, style: style,
		cells: make(map[string]bench.Scenario), outcome: make(map[string]bench.Outcome),
	}
	for _, c := range r.Run.Scenarios {
		p.cells[c.ID] = c.Scenario
	}
	for _, s := range r.Verdict.Scenarios {
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
		b.WriteString(wrapped(columns, "  ", clean(groupLine(g))))
	}
	return p.section("groups of scenarios tried", b.String())
}

func groupLine(g bench.Group) string {
	return fmt.Sprintf("%s, %s: %s", groupName(g.Group), g.Outcome, cmp.Or(g.Reason, "no reason given"))
}

// errors are the comparisons of failed requests. The same failures are counted
// by scenario and by class too; of the counts that are no worse than the base's
// only those over everything are shown, unless all are wanted.
func (p *page) errors() string {
	var b strings.Builder
	for _, line := range p.errorLines() {
		b.WriteString(wrapped(columns, "  ", clean(line)))
	}
	return p.section("failed requests", b.String())
}

func (p *page) errorLines() []string {
	var lines []string
	hidden := 0
	for _, e := range p.Errors {
		total := e.Scenario == "" && e.Class == ""
		if e.Outcome == bench.Pass && !total && !p.style.All {
			hidden++
			continue
		}
		lines = append(lines, fmt.Sprintf("%s, %s: %s", cmp.Or(e.Scenario, "all scenarios"), e.Outcome, e.Reason))
	}
	if hidden > 0 {
		lines = append(lines, fmt.Sprintf("%s, by scenario or class, no worse than the base", counted(hidden, "other count")))
	}
	return lines
}

// warnings are the verdict's own and the run's, each once.
func (p *page) warnings() string {
	return p.section("to be doubted", p.doubts().lines(columns))
}

func (p *page) doubts() *notes {
	var n notes
	for _, w := range slices.Concat(p.Warnings, p.run.Validity.Warnings) {
		n.mark(w, w)
	}
	return &n
}

// output is the end of what a step printed that failed.
func (p *page) output() string {
	if p.context.Failure == nil {
		return ""
	}
	var b strings.Builder
	for _, line := range lastLines(p.context.Failure.Output) {
		b.WriteString(strings.TrimRight("  "+cut(line, columns-3), " ") + "\n")
	}
	return p.section("the last it printed", b.String())
}

package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// longestReasons is how many undecided scenarios are explained: they tend to
// have the same reason.
const longestReasons = 3

// reasons are the verdict's own words, for whoever wants to check it.
func (p *page) reasons() string {
	var b strings.Builder
	if len(p.Scenarios) > 0 {
		b.WriteString(wrapped(columns, "  rule  ", p.rule()))
	}
	b.WriteString(p.reasonsOf(bench.Regression, len(p.Scenarios)))
	b.WriteString(p.reasonsOf(bench.Improvement, len(p.Scenarios)))
	b.WriteString(p.reasonsOf(bench.Inconclusive, longestReasons))
	return p.section("rule and reasons", b.String())
}

func (p *page) reasonsOf(o bench.Outcome, most int) string {
	lines := p.reasonLines(o)
	for i := range lines {
		lines[i] = wrapped(columns, "  ", clean(lines[i]))
	}
	return strings.Join(p.first(most, lines), "")
}

func (p *page) reasonLines(o bench.Outcome) []string {
	var lines []string
	for _, s := range p.Scenarios {
		if s.Outcome == o {
			lines = append(lines, fmt.Sprintf("%s, %s: %s", s.Scenario, o, s.Reason))
		}
	}
	return lines
}

// first is the first lines and how many more there are, or all where all are
// wanted.
func (p *page) first(most int, lines []string) []string {
	if p.style.All || len(lines) <= most {
		return lines
	}
	return append(lines[:most:most], fmt.Sprintf("  … and %d more\n", len(lines)-most))
}

// rule is what a p had to reach and a change had to exceed.
func (p *page) rule() string {
	r := p.Rule
	text := fmt.Sprintf("threshold %s of overhead and at least %s, beyond %s for code layout; "+
		"false alarms in at most %s of gates", percent(r.Threshold), figures.Setting(r.Floor), percent(r.Delta), percent(r.Alpha))
	if r.Hypotheses > 0 {
		text += fmt.Sprintf(", so p at most %.2g by Holm over %s", r.Level, counted(r.Hypotheses, "metric"))
	}
	return text
}

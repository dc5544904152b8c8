package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
)

// lineMost is how long the description of a commit status may be
// (https://docs.github.com/rest/commits/statuses).
const lineMost = 140

// Line writes the decision in one line of plain text of at most 140
// characters, without a line end: for a status and for whoever greps. It holds
// what is said first everywhere else, as far as there is room.
func Line(r Report) string { return joined(newPage(r, Style{}).lead(), lineMost) }

// joined joins the first pieces that fit.
func joined(pieces []string, most int) string {
	text := clean(pieces[0])
	for _, piece := range pieces[1:] {
		longer := text + "; " + clean(piece)
		if utf8.RuneCountInString(longer) > most {
			break
		}
		text = longer
	}
	return cut(text, most-1)
}

// lead is the decision in pieces, what matters most first. There is always one.
func (p *page) lead() []string {
	var pieces []string
	switch o := p.Outcome; {
	case p.context.Failure != nil:
		step := cmp.Or(p.context.Failure.Step, "a step")
		message, _, _ := strings.Cut(strings.TrimSpace(p.context.Failure.Message), "\n")
		pieces = []string{fmt.Sprintf("no verdict: %s failed", step), message}
	case o == bench.Regression || o == bench.Improvement:
		pieces = p.changeLead(o)
	case o == bench.Inconclusive:
		pieces = p.undecided()
	case o == bench.Pass:
		pieces = p.passed()
	case o == bench.NoBaseline:
		pieces = []string{"no baseline to compare with", p.Reason}
	}
	pieces = slices.DeleteFunc(pieces, func(s string) bool { return s == "" })
	if len(pieces) == 0 {
		pieces = []string{cmp.Or(p.Reason, cmp.Or(string(p.Outcome), "no outcome")+": the verdict does not say why")}
	}
	pieces[0] = capital(pieces[0])
	return pieces
}

// changeLead is the first finding, its share of the suite and how sure it is.
func (p *page) changeLead(o bench.Outcome) []string {
	findings, fresh := p.findings(o)
	if len(findings) == 0 {
		return nil
	}
	pieces := findings[:1:1]
	if p.isAccepted() {
		pieces = append(pieces, "accepted by label")
	}
	if p.count(o) > 0 {
		pieces = append(pieces, p.share(o))
	}
	if fresh > 0 {
		pieces = append(pieces, confirmed(fresh))
	}
	return pieces
}

// symbol is the outcome at a glance. Nothing in it is needed to understand the
// words beside it.
func (p *page) symbol() string {
	switch {
	case p.context.Failure != nil:
		return "🔧"
	case p.isAccepted():
		return "⚠️"
	default:
		return symbolOf(p.Outcome)
	}
}

func symbolOf(o bench.Outcome) string {
	switch o {
	case bench.Regression:
		return "❌"
	case bench.Improvement:
		return "🚀"
	case bench.Pass:
		return "✅"
	case bench.NoBaseline:
		return "🆕"
	default:
		return "❔"
	}
}

// fails is true when the outcome is one that fails the job.
func (p *page) fails() bool {
	return p.context.Failure != nil || p.context.Accepted == "" && slices.Contains(p.context.FailOn, p.Outcome)
}

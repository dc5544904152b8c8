package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// headline is the outcome in words with the one number that matters.
func (p *page) headline() string {
	name := strings.ToUpper(strings.ReplaceAll(clean(string(p.Outcome)), "-", " "))
	text := cmp.Or(p.finding(), p.Reason, "the verdict does not say why")
	if f := p.context.Failure; f != nil {
		name, text = "NO VERDICT", failureLine(*f)
	}
	return colored(wrapped(columns, "", clean(name+": "+text)), func(line string) string { return p.style.outcome(p.Outcome, line) })
}

// failureLine says in one line what kept the tool from an answer.
func failureLine(f Failure) string {
	return strings.TrimSuffix(fmt.Sprintf("%s failed: %s", cmp.Or(f.Step, "a step"), f.Message), ": ")
}

// finding is empty where the verdict's own reason says it best.
func (p *page) finding() string {
	switch p.Outcome {
	case bench.Regression, bench.Improvement:
		return p.change(p.Outcome)
	case bench.Inconclusive:
		return strings.Join(p.undecided(), "; ")
	case bench.Pass:
		return strings.Join(p.passed(), "; ")
	default:
		return ""
	}
}

// change is what changed in one direction and in how many scenarios.
func (p *page) change(o bench.Outcome) string {
	parts, fresh := p.findings(o)
	if len(parts) == 0 {
		return ""
	}
	if p.count(o) > 0 {
		parts = append(parts, p.share(o))
	}
	text := strings.Join(parts, "; ")
	if fresh > 0 {
		text += ", " + confirmed(fresh)
	}
	return text
}

func confirmed(fresh int) string { return "confirmed on " + counted(fresh, "fresh round") }

// findings names what changed in one direction: failed requests, then the
// metric that changed most, then the group. Fresh are the rounds that confirmed
// it.
func (p *page) findings(o bench.Outcome) (parts []string, fresh int) {
	if i := slices.IndexFunc(p.Errors, func(e bench.ErrorRate) bool { return e.Outcome == o }); i >= 0 {
		parts = append(parts, p.failure(p.Errors[i]))
	}
	if rows := p.rows(o); len(rows) > 0 {
		worst := worstOf(rows)
		fresh = freshOf(worst.Stage, worst.Rounds)
		parts = append(parts, fmt.Sprintf("%s: %s %s %s",
			p.subject(rows, worst, o), metricWord(worst.Metric), changeWord(worst), p.where(worst.Scenario)))
	}
	for _, g := range p.Groups {
		if g.Outcome != o || g.Shift == nil {
			continue
		}
		fresh = max(fresh, freshOf(g.Stage, g.Rounds))
		parts = append(parts, fmt.Sprintf("%s are %s on average: %s over %s",
			groupName(g.Group), speed(o), added(*g.Shift), counted(len(g.Members), "scenario")))
	}
	return parts, fresh
}

// worstOf is the row to speak of: the first clock, which somebody waits for.
func worstOf(rows []bench.Comparison) bench.Comparison {
	return rows[max(0, slices.IndexFunc(rows, func(c bench.Comparison) bool { return isClock(c.Metric) }))]
}

func freshOf(stage bench.Stage, rounds int) int {
	if stage == bench.Confirm {
		return rounds
	}
	return 0
}

func speed(o bench.Outcome) string {
	if o == bench.Improvement {
		return "faster"
	}
	return "slower"
}

// failure counts the failed requests and names the classes that decided.
func (p *page) failure(e bench.ErrorRate) string {
	text := fmt.Sprintf("requests fail: %d of %d", e.HeadErrors, e.HeadRequests)
	var classes []string
	for _, other := range p.Errors {
		if other.Class != "" && other.Scenario == e.Scenario && other.Outcome == e.Outcome {
			classes = append(classes, string(other.Class))
		}
	}
	if len(classes) > 0 {
		text += fmt.Sprintf(" (%s)", strings.Join(classes, ", "))
	}
	if e.Scenario != "" {
		text += " in " + e.Scenario
	}
	return text + fmt.Sprintf(", base %d of %d", e.BaseErrors, e.BaseRequests)
}

// subject says what is slower or faster, from all rows of the same kind as the
// worst: streams, JSON answers, or requests when it is both.
func (p *page) subject(rows []bench.Comparison, worst bench.Comparison, o bench.Outcome) string {
	much := "more"
	if o == bench.Improvement {
		much = "less"
	}
	if d, _ := worst.Metric.Describe(); d.Unit == bench.Bytes {
		return fmt.Sprintf("the gateway takes %s memory", much)
	}
	if !isClock(worst.Metric) {
		return fmt.Sprintf("requests cost %s CPU time", much)
	}
	modes := make(map[bench.Mode]bool)
	for _, c := range rows {
		if isClock(c.Metric) {
			modes[p.cells[c.Scenario].Mode] = true
		}
	}
	who := "requests"
	switch {
	case len(modes) > 1:
	case modes[bench.SSE]:
		who = "streams"
	case modes[bench.JSON]:
		who = "JSON answers"
	}
	return fmt.Sprintf("%s are %s", who, speed(o))
}

// where names a scenario in words, or by its id when the run does not list it.
func (p *page) where(id string) string {
	s, ok := p.cells[id]
	if !ok {
		return "in " + id
	}
	return fmt.Sprintf("at %s with %s", counted(s.Concurrency, "concurrent request"), s.Sizes())
}

func (p *page) undecided() []string {
	n := p.count(bench.Inconclusive)
	if n == 0 {
		return nil
	}
	if !p.run.Validity.Complete {
		return []string{fmt.Sprintf("the run ended early and leaves %s undecided", p.share(bench.Inconclusive))}
	}
	parts := []string{fmt.Sprintf("%s could be neither cleared nor called a regression", p.share(bench.Inconclusive))}
	if rows := p.rows(bench.Inconclusive); len(rows) > 0 && rows[0].Change != nil {
		parts = append(parts, fmt.Sprintf("the least clear: %s %s %s", metricWord(rows[0].Metric), changeWord(rows[0]), p.where(rows[0].Scenario)))
	}
	return parts
}

// passed promises no more than every scenario keeps.
func (p *page) passed() []string {
	parts := []string{fmt.Sprintf("no regression in %s", counted(len(p.Scenarios), "scenario"))}
	worst, of := 0.0, 0
	for _, c := range p.Comparisons {
		if !c.Gated || !isTypical(c.Metric) {
			continue
		}
		if c.Resolution == nil {
			return parts
		}
		worst, of = max(worst, *c.Resolution), of+1
	}
	if of == 0 {
		return parts
	}
	return append(parts, fmt.Sprintf("a change of %s of latency in any one of them would have been found (in 4 of 5 runs)", percent(worst)))
}

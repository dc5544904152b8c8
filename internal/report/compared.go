package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// compared says what with and how, and whether the run was cut short.
func (p *page) compared() string {
	var b strings.Builder
	if how := p.how(); how != "" {
		b.WriteString(wrapped(columns, "compared  ", clean(how)))
	}
	if head := commitLine(p.run.Commit); head != "" {
		b.WriteString(wrapped(columns, "head      ", clean(head)))
	}
	if !p.run.Validity.Complete {
		text := wrapped(columns, "", clean("INCOMPLETE: "+cmp.Or(p.run.Validity.Incomplete, "the run does not say why")))
		b.WriteString(colored(text, p.style.alarm))
	}
	return b.String()
}

func (p *page) how() string {
	base := p.run.Base
	if base == nil {
		if !slices.Contains(p.run.Plan.Arms, bench.Base) {
			return ""
		}
		return "side by side, base and head in the same rounds" + p.rounds()
	}
	var text string
	switch sha := shortSHA(base.SHA); base.Rung {
	case bench.RungBundle:
		text = fmt.Sprintf("side by side with the gateway of %s that the baseline carries", sha)
	case bench.RungRebuild:
		text = fmt.Sprintf("side by side with %s, built again here", sha)
	case bench.RungStored:
		text = fmt.Sprintf("with stored numbers of %s, measured elsewhere, so only large changes are seen", sha)
	default:
		text = fmt.Sprintf("with %s (%s)", sha, base.Rung)
	}
	text += p.rounds()
	if base.Note != "" {
		text += "; " + base.Note
	}
	return text
}

func (p *page) rounds() string {
	if p.Rule.ScreenRounds == 0 {
		return ""
	}
	text := fmt.Sprintf("; %s to screen", counted(p.Rule.ScreenRounds, "round"))
	if p.Rule.FreshRounds > 0 {
		text += fmt.Sprintf(", %d fresh to confirm", p.Rule.FreshRounds)
	}
	return text
}

// advice says what to do about an outcome that is no answer.
func (p *page) advice() string {
	var text string
	switch {
	case p.Outcome == bench.NoBaseline:
		text = "save a baseline from the main branch with --save-baseline FILE, or compare with a branch: --base-ref REF"
	case p.Outcome != bench.Inconclusive:
		return ""
	case !p.run.Validity.Complete:
		text = "run it again and let it finish: what was measured decides nothing yet"
	case slices.ContainsFunc(p.Errors, func(e bench.ErrorRate) bool { return e.Outcome == bench.Inconclusive }):
		text = "look at the failed requests below first; run it again to see whether they stay"
	case p.run.Base != nil && p.run.Base.Rung == bench.RungStored:
		text = "compare side by side: let the baseline carry the gateway (gateway: bundle), or name a commit to build: --base-ref REF"
	default:
		text = "run it again on a quieter machine or with more time (measure: time_budget), or allow these scenarios more (gate: thresholds)"
	}
	return wrapped(columns, "to do     ", text)
}

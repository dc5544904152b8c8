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
	if head := p.run.Commit.String(); head != "" {
		b.WriteString(wrapped(columns, "head      ", clean(head)))
	}
	for _, note := range p.context.Notes {
		b.WriteString(wrapped(columns, "note      ", clean(note)))
	}
	if p.isAccepted() {
		b.WriteString(wrapped(columns, "accepted  ", clean(fmt.Sprintf("by the label %s: the regression stays, and does not fail", p.context.Accepted))))
	}
	if p.isPartial() {
		text := wrapped(columns, "", clean("INCOMPLETE: "+cmp.Or(p.run.Validity.Incomplete, "the run does not say why")))
		b.WriteString(colored(text, p.style.alarm))
	}
	return b.String()
}

// isPartial is true for a run that measured, and not all it was meant to.
func (p *page) isPartial() bool {
	return !p.run.Validity.Complete && (p.context.Failure == nil || len(p.run.Rounds) > 0)
}

// isAccepted is true when a person took a regression on, which is then shown
// and does not fail.
func (p *page) isAccepted() bool {
	return p.context.Accepted != "" && p.Outcome == bench.Regression
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
	switch sha := shortSHA(base.SHA); base.Source {
	case bench.SourceBundle:
		text = fmt.Sprintf("side by side with the gateway of %s that the baseline carries", sha)
	case bench.SourceRebuild:
		text = fmt.Sprintf("side by side with %s, built again here", sha)
	case bench.SourceStored:
		text = fmt.Sprintf("with stored numbers of %s, measured elsewhere, so only large changes are seen", sha)
	default:
		text = fmt.Sprintf("with %s (%s)", sha, base.Source)
	}
	text += p.rounds()
	if n := p.context.Behind; n > 0 {
		text += fmt.Sprintf("; the baseline is %s behind", counted(n, "commit"))
	}
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

func (p *page) advice() string {
	if p.toDo() == "" {
		return ""
	}
	return wrapped(columns, "to do     ", p.toDo())
}

// toDo says what to do about an outcome that is no answer.
func (p *page) toDo() string {
	atGitHub := p.context.Repository != ""
	switch {
	case p.context.Failure != nil:
		return ""
	case p.Outcome == bench.NoBaseline && atGitHub:
		return "nothing here: the next push to the main branch that runs this workflow saves a baseline"
	case p.Outcome == bench.NoBaseline:
		return "save a baseline from the main branch with --save-baseline FILE, or compare with a branch: --base-ref REF"
	case p.Outcome != bench.Inconclusive:
		return ""
	case !p.run.Validity.Complete:
		return "run it again and let it finish: what was measured decides nothing yet"
	case slices.ContainsFunc(p.Errors, func(e bench.ErrorRate) bool { return e.Outcome == bench.Inconclusive }):
		return "look at the failed requests below first; run it again to see whether they stay"
	case p.run.Base != nil && p.run.Base.Source == bench.SourceStored && atGitHub:
		return "compare side by side: let the baseline carry the gateway (gateway: bundle), or have the base built here (baseline: rebuild)"
	case p.run.Base != nil && p.run.Base.Source == bench.SourceStored:
		return "compare side by side: let the baseline carry the gateway (gateway: bundle), or name a commit to build: --base-ref REF"
	default:
		return "run it again on a quieter machine or with more time (measure: time_budget), or allow these scenarios more (gate: thresholds)"
	}
}

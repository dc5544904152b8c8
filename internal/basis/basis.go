// Package basis says what a comparison stands on: which commit the base is of, how it
// was had, and what may be said of a change that was measured beside an older one. It
// must not know how anything is measured, or how a verdict comes about.
package basis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// Line says in one line what head is compared with: "main at 1a2b3c4d5e6f, its build from
// run 123; 2 commits behind the base of this change".
func Line(b bench.BaseInfo) string {
	commit := b.SHA[:min(len(b.SHA), 12)]
	named := commit
	if b.Name != "" && !strings.HasPrefix(b.SHA, b.Name) {
		named = fmt.Sprintf("%s at %s", b.Name, commit)
	}
	run := ""
	if b.Run != 0 {
		run = fmt.Sprintf(" from run %d", b.Run)
	}
	var text string
	switch b.Source {
	case bench.SourceBundle:
		text = fmt.Sprintf("the gateway of %s that the baseline carries", named)
		if run != "" {
			text = fmt.Sprintf("%s, its build%s", named, run)
		}
	case bench.SourceRebuild:
		text = fmt.Sprintf("%s, built again here", named)
	case bench.SourceStored:
		text = fmt.Sprintf("stored numbers of %s%s, measured elsewhere", named, run)
	default:
		text = fmt.Sprintf("%s (%s)", named, b.Source)
	}
	if b.Behind > 0 {
		text += fmt.Sprintf("; %s behind the base of this change", figures.Counted(b.Behind, "commit"))
	}
	return text
}

// Judge is a verdict against a base. Where that is older than the base of the change, the
// commits between may be what is worse, and nobody is accused of it: what was found stays,
// as inconclusive.
func Judge(v bench.Verdict, b *bench.BaseInfo) bench.Verdict {
	if b == nil || b.Behind == 0 || v.Outcome != bench.Regression {
		return v
	}
	v.Outcome, v.Reason = bench.Inconclusive, withheld(*b)
	v.Scenarios, v.Groups, v.Errors = slices.Clone(v.Scenarios), slices.Clone(v.Groups), slices.Clone(v.Errors)
	v.Behaviours, v.Comparisons = slices.Clone(v.Behaviours), slices.Clone(v.Comparisons)
	for i := range v.Scenarios {
		withhold(&v.Scenarios[i].Outcome)
	}
	for i := range v.Groups {
		withhold(&v.Groups[i].Outcome)
	}
	for i := range v.Errors {
		withhold(&v.Errors[i].Outcome)
	}
	for i := range v.Behaviours {
		withhold(&v.Behaviours[i].Outcome)
	}
	for i := range v.Comparisons {
		withhold(&v.Comparisons[i].Outcome)
	}
	return v
}

func withhold(o *bench.Outcome) {
	if *o == bench.Regression {
		*o = bench.Inconclusive
	}
}

// Withheld says whether a verdict is one that [Judge] has made inconclusive.
func Withheld(v bench.Verdict, b *bench.BaseInfo) bool {
	return b != nil && b.Behind > 0 && v.Outcome == bench.Inconclusive && v.Reason == withheld(*b)
}

func withheld(b bench.BaseInfo) string {
	return fmt.Sprintf("head is worse than a base %s behind its own: this change or what lies between may be the reason", figures.Counted(b.Behind, "commit"))
}

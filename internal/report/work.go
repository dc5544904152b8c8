package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/counted"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/work"
)

// sameWork is below which change of instructions a slowness has another cause than work.
const sameWork = 0.01

// workChanged is what changed in the work of requests: open where it decides.
func (b *builder) workChanged() document.Section {
	s := counted.Changes(b.Work)
	if len(b.workFound()) == 0 {
		s.Rank = document.Folded
	}
	return s
}

func (b *builder) workCounts() document.Section { return b.asked(counted.Counts(b.run)) }

// workFound are the regressions of work as findings of the headline: one of
// instructions, and each kind of system call.
func (b *builder) workFound() (found []string) {
	seen := map[string]bool{}
	for _, c := range b.Work {
		if c.Outcome != bench.Regression || seen[c.What] {
			continue
		}
		seen[c.What] = true
		if c.What == bench.Instructions {
			found = append(found, b.instructions(*counted.Most(b.Work)))
		} else {
			found = append(found, fmt.Sprintf("%s in %s", plain.To(c.Text, longestChange), plain.To(c.Scenario, longestScenario)))
		}
	}
	return found
}

// longestScenario is of a scenario's id in a headline, in characters.
const longestScenario = 40

func (b *builder) instructions(c bench.WorkChange) string {
	return fmt.Sprintf("a request of %s costs %s of instructions", plain.To(c.Scenario, longestScenario), figures.Added(c.Head/max(c.Base, 1)-1))
}

// witness says of a scenario that got slower whether its work grew, which tells code from
// waiting; empty where that was not counted.
func (b *builder) witness(scenario string) string {
	grew, known := work.Grown(b.run.Work, b.Suite)[scenario]
	switch {
	case !known:
		return ""
	case grew >= sameWork:
		return figures.Percent(grew) + " more instructions"
	case grew <= -sameWork:
		return figures.Percent(-grew) + " fewer instructions: look for waits, layout or caches"
	}
	return "the same instructions: look for waits, layout or caches"
}

// workNoted is what the headline says of work that decides nothing: more of it, or less.
func (b *builder) workNoted() string {
	most := counted.Most(b.Work)
	if most == nil || most.Outcome == bench.Regression || b.failed() {
		return ""
	}
	text := "noted: " + b.instructions(*most)
	if most.Head > most.Base && b.Outcome == bench.Pass {
		text += ", which timing cannot see yet"
	}
	return text
}

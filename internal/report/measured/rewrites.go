package measured

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// longestRewrites is how much of a list of rewrites is shown, in characters.
const longestRewrites = 500

// Rewrites has a line for each arm that writes right answers anew, or one for each
// mode where they differ.
func (run *Run) Rewrites() document.Section {
	s := document.Section{ID: "rewrites", Heading: "Rewritten answers", Rank: document.Folded}
	l := document.List{}
	for _, arm := range run.data.Plan.Arms {
		json, sse := run.rewritesOf(arm, bench.JSON), run.rewritesOf(arm, bench.SSE)
		name := plain.Brief(string(arm))
		switch {
		case json == sse && json != "":
			l.Items = append(l.Items, document.Item{Name: name, Text: json})
		default:
			for _, of := range []struct{ mode, said string }{{"JSON", json}, {"streams", sse}} {
				if of.said != "" {
					l.Items = append(l.Items, document.Item{Name: name + ", " + of.mode, Text: of.said})
				}
			}
		}
	}
	if len(l.Items) > 0 {
		s.Blocks = []document.Block{l, document.Paragraph{Text: "Right answers in which a gateway changes what official clients do not look at. It decides nothing.", Small: true}}
	}
	return s
}

func (run *Run) rewritesOf(arm bench.Arm, mode bench.Mode) string {
	of := slices.DeleteFunc(slices.Clone(run.data.Rewrites), func(r bench.Rewrite) bool { return r.Arm != arm || r.Mode != mode })
	return plain.To(bench.WordRewrites(of), longestRewrites)
}

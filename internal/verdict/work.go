package verdict

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/work"
)

// countedWork says what changed in the work of requests.
func (d *decision) countedWork() {
	d.verdict.Work = work.Judge(d.Policy.Work, d.Counted, func(scenario string) bool {
		return slices.ContainsFunc(d.verdict.Comparisons, func(c bench.Comparison) bool {
			return c.Scenario == scenario && c.Outcome == bench.Improvement && c.Metric.IsClock()
		})
	})
	if d.Policy.Work.Counts() {
		d.verdict.Warnings = append(d.verdict.Warnings, work.Undecided(d.Counted)...)
	}
}

package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// behind says in the headline that the base is an older one than that of the change.
func (b *builder) behind() string {
	base := b.run.Base
	if base == nil || base.Behind == 0 || b.failed() || basis.Withheld(b.Verdict, base) {
		return ""
	}
	return fmt.Sprintf("the base is %s behind", figures.Counted(base.Behind, "commit"))
}

// withheld is the verdict on a head that is worse than an older base.
func (b *builder) withheld() []string {
	parts := []string{b.Reason}
	if rows := b.withOutcome(bench.Inconclusive); len(rows) > 0 && rows[0].Change != nil {
		parts = append(parts, fmt.Sprintf("the worst: %s %s %s", metricWord(rows[0].Metric), changeWord(rows[0]), b.where(rows[0].Scenario)))
	}
	return parts
}

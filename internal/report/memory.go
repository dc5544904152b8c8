package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// memoryLines is one line for each gateway: when ready, and the most of any scenario.
func (s *sheet) memoryLines() string {
	var b strings.Builder
	for _, arm := range s.gateways {
		var idle, peak figure
		var at row
		for _, r := range s.rows {
			if f := r.value(arm, bench.RSSIdle); f.ok && !idle.ok {
				idle = f
			}
			if f := r.value(arm, bench.RSSPeak); f.ok && (!peak.ok || f.value > peak.value) {
				peak, at = f, r
			}
		}
		if idle.ok && peak.ok {
			if b.Len() == 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "%s\n", clean(fmt.Sprintf("memory of %s: %s when ready, at most %s (by the end of %s)",
				arm, figures.Memory(idle.value), figures.Memory(peak.value), at.ID())))
		}
	}
	return b.String()
}

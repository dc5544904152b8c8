package verdict

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
)

// unlooked is what is not known of what the gateways do.
func (a analysis) unlooked() []string {
	if why := changes.Unknown(a.Facts); why != "" && a.LooksAtBehaviour() {
		return []string{why}
	}
	return nil
}

// lostWork takes back what got better beside work that is lost.
func (d *decision) lostWork() {
	if d.lost == "" {
		return
	}
	for i := range d.verdict.Comparisons {
		if c := &d.verdict.Comparisons[i]; c.Outcome == bench.Improvement {
			c.Outcome, c.Reason = bench.Pass, fmt.Sprintf("no improvement, since %s; %s", d.lost, c.Reason)
		}
	}
	for i := range d.verdict.Groups {
		if g := &d.verdict.Groups[i]; g.Outcome == bench.Improvement {
			g.Outcome, g.Reason = bench.Pass, fmt.Sprintf("no improvement, since %s; %s", d.lost, g.Reason)
		}
	}
}

package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// resolutions says, for each gated metric, how small a change could have been
// seen: in the scenario that shows most and in the one that shows least.
func (p *page) resolutions() string {
	lines := p.resolutionRows()
	if len(lines) == 0 {
		return ""
	}
	for i := range lines {
		lines[i][0] = "  " + lines[i][0]
	}
	head := [][]string{{"  metric", " best", " worst"}}
	return p.section("smallest change of the value that is found in 4 of 5 runs", strings.Join(grid(append(head, lines...), 3), "\n")+"\n")
}

func (p *page) resolutionRows() [][]string {
	var order []bench.Metric
	by := make(map[bench.Metric][]bench.Comparison)
	for _, c := range p.Comparisons {
		if !c.Gated || c.Resolution == nil {
			continue
		}
		if by[c.Metric] == nil {
			order = append(order, c.Metric)
		}
		by[c.Metric] = append(by[c.Metric], c)
	}
	finer := func(a, b bench.Comparison) int { return cmp.Compare(*a.Resolution, *b.Resolution) }
	var lines [][]string
	for _, m := range order {
		best, worst := slices.MinFunc(by[m], finer), slices.MaxFunc(by[m], finer)
		lines = append(lines, []string{
			metricWord(m),
			fmt.Sprintf("%5.1f %% in %s", 100**best.Resolution, brief(best.Scenario)),
			fmt.Sprintf("%5.1f %% in %s", 100**worst.Resolution, brief(worst.Scenario)),
		})
	}
	return lines
}

package measured

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// TestPacedStreamsHaveTablesOfTheirOwn: what other streams have, such as a p99, they
// do not, and a note on that in every report would say nothing.
func TestPacedStreamsHaveTablesOfTheirOwn(t *testing.T) {
	plain := bench.Scenario{Mode: bench.SSE, Concurrency: 1, BodyBytes: 1 << 10}
	paced := plain
	paced.Paced = true
	run := bench.Run{Plan: bench.Plan{Arms: []bench.Arm{bench.Direct, bench.Head}}}
	for _, s := range []bench.Scenario{plain, paced} {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
		for i, arm := range run.Plan.Arms {
			r := bench.Round{Round: 1, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 4, Metrics: map[bench.Metric]float64{}}
			for _, m := range bench.Metrics(s.Has) {
				if !s.Paced || s.GateOf(describe(m)) >= bench.Gated {
					r.Metrics[m] = 2e-3 * float64(1+i)
				}
			}
			run.Rounds = append(run.Rounds, r)
		}
	}
	var captions []string
	for _, b := range Of(run, nil).Overhead().Blocks {
		switch b := b.(type) {
		case document.Table:
			ids := []string{b.Caption}
			for _, row := range b.Rows {
				ids = append(ids, row.Cells[0].Text)
			}
			captions = append(captions, strings.Join(ids, " "))
		case document.List:
			for _, item := range b.Items {
				if strings.Contains(item.Text, "paced") {
					t.Errorf("a note: %s", item.Text)
				}
			}
		}
	}
	want := []string{
		"sse · first event (first SSE event complete) sse/c1/1KB",
		"sse · whole stream (last byte) sse/c1/1KB",
		"paced streams · first event sse/c1/1KB/paced",
		"paced streams · largest gap (longest time without an event) sse/c1/1KB/paced",
		"paced streams · whole stream sse/c1/1KB/paced",
	}
	if got := strings.Join(captions, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("tables\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func describe(m bench.Metric) bench.Description {
	d, _ := m.Describe()
	return d
}

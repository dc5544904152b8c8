package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// onCores is a run whose gateways keep some CPUs busy beyond one request in
// flight.
func onCores(arms []bench.Arm, cores map[bench.Arm]float64) bench.Run {
	run := fixture(defaultSuite(), arms, 6)
	each(&run, func(r bench.Round) bool { return r.Arm != bench.Direct }, func(r *bench.Round) {
		used := cores[r.Arm]
		if strings.Contains(r.Scenario, "/c1/") {
			used *= 0.8
		}
		r.Metrics[bench.CPUPerRequest], r.Metrics[bench.ClientCPUShare] = used/r.Metrics[bench.Throughput], 0.05
	})
	return run
}

// A report says of a gateway that it has used up the machine or one core, and
// never both.
func TestSaturatedOrOneCore(t *testing.T) {
	const other, saturated, core, coreOf = "the gateway is the limit", "saturated: ", "it uses one core: that is its limit", " uses one core of 2, which is its limit"
	for _, c := range []struct {
		name      string
		arms      []bench.Arm
		cores     map[bench.Arm]float64
		has, lack []string
	}{
		{"an interpreter", both, map[bench.Arm]float64{bench.Head: 0.98}, []string{core, "head" + coreOf}, []string{other, saturated}},
		{"all cores", both, map[bench.Arm]float64{bench.Head: 1.4}, []string{other, saturated}, []string{core, coreOf}},
		{
			"two interpreters", gates,
			map[bench.Arm]float64{bench.Base: 0.95, bench.Head: 1.02},
			[]string{core, "base" + coreOf, "head" + coreOf},
			[]string{other, saturated},
		},
		{
			"it becomes one", gates,
			map[bench.Arm]float64{bench.Base: 1.5, bench.Head: 1.0},
			[]string{core, other, "head" + coreOf, "so the times of base are mostly waiting for the machine"},
			[]string{"base" + coreOf},
		},
	} {
		text := strings.Join(strings.Fields(render(t, func(w io.Writer) error {
			return terminal.Write(w, report.Build(reported(onCores(c.arms, c.cores))), terminal.Style{})
		})), " ")
		for _, words := range c.has {
			if !strings.Contains(text, words) {
				t.Errorf("%s: nothing of %q", c.name, words)
			}
		}
		for _, words := range c.lack {
			if strings.Contains(text, words) {
				t.Errorf("%s: it says %q", c.name, words)
			}
		}
	}
}

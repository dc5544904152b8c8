package calibrate

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestDoubts(t *testing.T) {
	slower := func(r *bench.Round) {
		if r.Arm == bench.Head {
			for m := range r.Metrics {
				r.Metrics[m] *= 1.3
			}
		}
	}
	busy := func(r *bench.Round) {
		if r.Round%4 == 0 {
			r.Disturbed = "CPU time of other processes 40 %"
		}
	}
	for _, c := range []struct {
		name   string
		rounds int
		edit   func(*bench.Round)
		run    func(*bench.Run)
		says   string // empty: nothing
	}{
		{name: "as it should be", rounds: 15},
		{name: "few", rounds: 8, says: "a gate looks at 15 process pairs, and these were drawn from only 8"},
		{name: "slower head", rounds: 15, edit: slower, says: "base and head differ by +30 %"},
		{
			name: "two files", rounds: 15, says: "two different files",
			run: func(r *bench.Run) {
				r.Environment.BinarySHA256 = map[bench.Arm]string{bench.Base: "a", bench.Head: "b"}
			},
		},
		{name: "busy machine", rounds: 16, edit: busy, says: "disturbed in 4 of 16 rounds (other programs used 31 %"},
		{name: "left out", rounds: 15, says: "no room for 1 scenario, left out", run: func(r *bench.Run) { r.Plan.LeftOut = []string{"sse/c50/100KB"} }},
	} {
		run := measured(9, small(), c.rounds, calm)
		run.Validity.Foreign = 0.31
		for i := range run.Rounds {
			if c.edit != nil {
				c.edit(&run.Rounds[i])
			}
		}
		if c.run != nil {
			c.run(&run)
		}
		got := estimate(t, run, options(1)).Warnings
		if c.says == "" && len(got) > 0 || c.says != "" && (len(got) != 1 || !strings.Contains(got[0], c.says)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.says)
		}
	}
}

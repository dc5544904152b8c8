package record

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestValidateWork(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*bench.Work)
		want  string
	}{
		"nothing":        {func(*bench.Work) {}, ""},
		"uncounted":      {func(w *bench.Work) { w.Instructions, w.SystemCalls, w.Uncounted = nil, nil, "it died" }, ""},
		"without reason": {func(w *bench.Work) { w.Instructions, w.SystemCalls = nil, nil }, `work[0], "json/c1/100B" of "head": nothing was counted`},
		"direct":         {func(w *bench.Work) { w.Arm = bench.Direct }, "it is of no gateway of the plan"},
		"no process":     {func(w *bench.Work) { w.Process = 0 }, "processes count from 1"},
		"twice":          {func(w *bench.Work) { w.Process = 2 }, `work[1], "json/c1/100B" of "head": is there twice`},
		"negative":       {func(w *bench.Work) { w.Instructions[0] = -1 }, "must not be negative"},
		"infinite":       {func(w *bench.Work) { w.SystemCalls["read"] = math.Inf(1) }, "is not a finite number"},
		"huge":           {func(w *bench.Work) { w.Functions = []bench.Function{{Name: "f", Calls: 1e308}} }, "functions[0].calls: 1e+308 is larger than anything that is measured"},
		"many functions": {func(w *bench.Work) { w.Functions = make([]bench.Function, 2000) }, "it has more than 1024 batches, functions"},
	} {
		t.Run(name, func(t *testing.T) {
			run := recordtest.Run(1, recordtest.SSE10)
			run.Counting = &bench.Counting{Arch: "amd64"}
			for process := range 2 {
				run.Work = append(run.Work, bench.Work{
					Arm: bench.Head, Process: process + 1, Scenario: "json/c1/100B", Instructions: []float64{1e5}, SystemCalls: map[string]float64{"read": 2},
				})
			}
			c.spoil(&run.Work[0])
			testenv.WantError(t, Validate(run), c.want)
		})
	}
	run := recordtest.Run(1, recordtest.SSE10)
	run.Work = []bench.Work{{Arm: bench.Head, Process: 1, Scenario: "json/c1/100B", Instructions: []float64{1}}}
	testenv.WantError(t, Validate(run), "counting does not say by what")

	for range 2000 {
		run.Work = append(run.Work, run.Work[0])
	}
	testenv.WantError(t, Validate(run), "work: 2001 counts of scenarios, the limit is 1024")
}

package record

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestValidateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*bench.Run)
		want  string
	}{
		"nothing":          {func(*bench.Run) {}, ""},
		"no rounds":        {func(r *bench.Run) { r.Rounds = nil }, ""},
		"unknown class":    {func(r *bench.Run) { r.Rounds[0].Errors = map[bench.ErrorClass]int{"new": 1} }, ""},
		"confirm":          {func(r *bench.Run) { r.Rounds[0].Stage = bench.Confirm }, ""},
		"no schema":        {func(r *bench.Run) { r.Schema = "" }, "no schema is named"},
		"foreign mode":     {func(r *bench.Run) { r.Scenarios[0].Mode = "xml" }, `scenarios[0]: mode "xml" is neither json nor sse`},
		"no concurrency":   {func(r *bench.Run) { r.Scenarios[0].Concurrency = 0 }, "concurrency 0 with 10240 bytes"},
		"other id":         {func(r *bench.Run) { r.Scenarios[0].ID = "sse/c10/1KB" }, `id "sse/c10/1KB", but what it describes is sse/c10/10KB`},
		"scenario twice":   {func(r *bench.Run) { r.Scenarios = append(r.Scenarios, r.Scenarios[0]) }, "scenarios[1]: sse/c10/10KB is there twice"},
		"foreign scenario": {func(r *bench.Run) { r.Scenarios = nil; r.Validity.Ceiling = nil }, `rounds[0], round 1 of "sse/c10/10KB" "direct": the run lists no such scenario`},
		"foreign arm":      {func(r *bench.Run) { r.Plan.Arms[1] = "tail" }, `plan.arms[1]: "tail" is not direct, base or head`},
		"arm twice":        {func(r *bench.Run) { r.Plan.Arms[1] = bench.Direct }, `plan.arms[1]: "direct" is not`},
		"unplanned arm":    {func(r *bench.Run) { r.Plan.Arms = r.Plan.Arms[:2] }, `rounds[2], round 1 of "sse/c10/10KB" "head": the plan has no such arm`},
		"round zero":       {func(r *bench.Run) { r.Rounds[0].Round = 0 }, "rounds count from 1"},
		"round twice":      {func(r *bench.Run) { r.Rounds[3].Round = 1 }, `rounds[3], round 1 of "sse/c10/10KB" "direct": is there twice`},
		"no stage":         {func(r *bench.Run) { r.Rounds[0].Stage = "" }, `stage "" is neither screen nor confirm`},
		"process":          {func(r *bench.Run) { r.Rounds[0].Process = -1 }, "process: -1 must not be negative"},
		"negative errors":  {func(r *bench.Run) { r.Rounds[0].Errors[bench.ErrTimeout] = -1 }, `errors["timeout"]: -1 must not be negative`},
		"huge":             {func(r *bench.Run) { r.Rounds[0].Metrics[bench.TotalP50] = 1e200 }, `metrics["total_p50"]: 1e+200 is larger than anything that is measured`},
		"many requests":    {func(r *bench.Run) { r.Rounds[0].Requests = 2e15 }, `requests: 2000000000000000 is larger than anything`},
		"NaN":              {func(r *bench.Run) { r.Rounds[0].Metrics[bench.TotalP50] = math.NaN() }, `metrics["total_p50"]: NaN is not a finite number`},
		"NaN unknown":      {func(r *bench.Run) { r.Rounds[0].Metrics["new"] = math.NaN() }, `metrics["new"]: NaN is not a finite number`},
		"first by name": {func(r *bench.Run) {
			r.Rounds[0].Metrics[bench.TotalP50] = math.Inf(1)
			r.Rounds[0].Metrics[bench.BurstMax] = math.Inf(-1)
		}, `metrics["burst_max"]: -Inf`},
		"infinite slice": {func(r *bench.Run) { r.Rounds[0].Slices[bench.TotalTypical][9] = math.Inf(1) }, `slices["total_typical"][9]: +Inf`},
		"short distribution": {func(r *bench.Run) {
			r.Rounds[0].Distribution = map[bench.Metric][]float64{bench.TotalTypical: {1, 2}}
		}, `distribution["total_typical"]: 2 values, and a distribution has 22`},
		"falling distribution":  {func(r *bench.Run) { r.Rounds[0].Distribution[bench.TotalTypical][3] = 0 }, `distribution["total_typical"]: 0 follows`},
		"infinite distribution": {func(r *bench.Run) { r.Rounds[0].Distribution[bench.TotalTypical][21] = math.Inf(1) }, `distribution["total_typical"][21]: +Inf`},
		"without distribution":  {func(r *bench.Run) { r.Rounds[0].Distribution = nil }, ""},
		"cpus":                  {func(r *bench.Run) { r.Environment.CPUs = -1 }, "environment.cpus: -1"},
		"load":                  {func(r *bench.Run) { r.Environment.Load1 = math.NaN() }, "environment.load1: NaN"},
		"budget":                {func(r *bench.Run) { r.Plan.Budget = -1 }, "plan.time_budget_seconds: -1"},
		"not measurable":        {func(r *bench.Run) { r.Unmeasured = []bench.Unmeasured{{Scenario: "json/c9/9KB", Arm: bench.Head}} }, `not_measurable[0]: the run has no "json/c9/9KB" of "head"`},
		"warm-up":               {func(r *bench.Run) { r.WarmUps = []bench.WarmUp{{Arm: "tail"}} }, `warm_ups[0], "tail": the plan has no such arm`},
		"steal":                 {func(r *bench.Run) { r.Validity.Steal = math.NaN() }, "validity.steal: NaN"},
		"ceiling":               {func(r *bench.Run) { r.Validity.Ceiling["x"] = 1 }, `validity.mock_ceiling["x"]: the run lists no such scenario`},
		"rewrites":              {func(r *bench.Run) { r.Rewrites = rewrite(bench.Head, bench.SSE, bench.Recuts, "") }, ""},
		"rewrites of nobody":    {func(r *bench.Run) { r.Rewrites = rewrite("tail", bench.SSE, bench.Recuts, "") }, `rewrites[0], "tail": the plan has no such arm`},
		"rewrites of no mode":   {func(r *bench.Run) { r.Rewrites = rewrite(bench.Head, "", bench.Adds, "x") }, `rewrites[0].mode, "": use json or sse`},
		"rewrites of no kind":   {func(r *bench.Run) { r.Rewrites = rewrite(bench.Head, bench.SSE, "turns", "x") }, `rewrites[0].kind, "turns": there is no such kind`},
		"rewrites nothing":      {func(r *bench.Run) { r.Rewrites = rewrite(bench.Head, bench.SSE, bench.Adds, "") }, `rewrites[0]: "adds" with the path ""`},
	} {
		t.Run(name, func(t *testing.T) {
			run := recordtest.Run(2, recordtest.SSE10)
			c.spoil(&run)
			testenv.WantError(t, Validate(run), c.want)
		})
	}
}

func rewrite(arm bench.Arm, mode bench.Mode, kind bench.RewriteKind, path string) []bench.Rewrite {
	return []bench.Rewrite{{Arm: arm, Mode: mode, Kind: kind, Path: path}}
}

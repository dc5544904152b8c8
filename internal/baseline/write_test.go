package baseline

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestWriteRefusesWhatReadWould(t *testing.T) {
	long := make([]byte, DefaultLimits().File)
	for i := range long {
		long[i] = 'a'
	}
	for name, c := range map[string]struct {
		spoil func(*Baseline)
		want  string
	}{
		"run":           {func(b *Baseline) { b.Run.Rounds[0].Round = 0 }, "run: rounds[0]"},
		"no start":      {func(b *Baseline) { b.Gateway.Start = " " }, "gateway.start is empty"},
		"NUL in start":  {func(b *Baseline) { b.Gateway.Start += "\x00" }, "gateway: start: holds a NUL byte"},
		"NUL in env":    {func(b *Baseline) { b.Gateway.Env["KEY"] = "\x00" }, `gateway: env["KEY"]: holds a NUL byte`},
		"variable":      {func(b *Baseline) { b.Gateway.Env["A=B"] = "" }, `env["A=B"]: not the name of a variable`},
		"ready path":    {func(b *Baseline) { b.Gateway.Ready.Path = "/a b" }, `ready.path: "/a b" is not a path`},
		"relative path": {func(b *Baseline) { b.Gateway.Ready.Path = "health" }, `ready.path: "health" is not a path`},
		"timeout":       {func(b *Baseline) { b.Gateway.Ready.Timeout = math.NaN() }, "ready.timeout_seconds: NaN"},
		"long timeout":  {func(b *Baseline) { b.Gateway.Ready.Timeout = 1e9 }, "not between 0 and 3600"},
		"history": {func(b *Baseline) {
			b.History[0].Scenarios[recordtest.SSE10.ID()][bench.TotalP50] = history.Value{LogRatio: math.Inf(1)}
		}, "history[0].scenarios[\"sse/c10/10KB\"][\"total_p50\"].log_ratio: +Inf"},
		"bundle":     {func(b *Baseline) { b.Bundle.Total++ }, "bundle: the files have 5 bytes, total_bytes says 6"},
		"too large":  {func(b *Baseline) { b.Run.Commit.Ref = string(long) }, "no more than 64.0 MiB can be read"},
		"no JSON":    {func(b *Baseline) { b.Run.Plan.Answer["x"] = math.NaN() }, "unsupported value: NaN"},
		"deep value": {func(b *Baseline) { b.Run.Plan.Answer["x"] = deep(40) }, "nested deeper"},
	} {
		t.Run(name, func(t *testing.T) {
			b := sampleBaseline(1, recordtest.SSE10)
			c.spoil(&b)
			_, err := encode(b)
			testenv.WantError(t, err, c.want)
		})
	}
}

func deep(n int) any {
	if n == 0 {
		return nil
	}
	return []any{deep(n - 1)}
}

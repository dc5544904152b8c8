package record

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestValidateRefusesProbes(t *testing.T) {
	good := func() []bench.Probe {
		return []bench.Probe{
			{Name: bench.ProbeDisconnect, Arm: bench.Head, Disconnect: &bench.Disconnect{Streams: 10, Lasts: 2, Ended: 8, RanOn: 1, Open: 1}},
			{Name: bench.ProbeSlowReader, Arm: bench.Head, SlowReader: &bench.SlowReader{Streams: 4, AnswerBytes: 1 << 24, Written: 8e6, Read: 1e6, RSSPeak: new(int64(1 << 20)), Alone: 0.001}},
			{Name: bench.ProbeIdle, Arm: bench.Direct, Idle: &bench.Idle{Rests: 5, Rest: 1, First: 0.001, Then: 0.0005}},
			{Name: bench.ProbeIdle, Arm: bench.Head, Failed: "it answered nothing"},
		}
	}
	for name, c := range map[string]struct {
		spoil func(p []bench.Probe)
		want  string
	}{
		"nothing":         {func([]bench.Probe) {}, ""},
		"foreign arm":     {func(p []bench.Probe) { p[0].Arm = "tail" }, `probes[0], "disconnect" of "tail": the plan has no such arm`},
		"foreign name":    {func(p []bench.Probe) { p[2].Name = "wait" }, `probes[2], "wait" of "direct": there is no such probe`},
		"no figures":      {func(p []bench.Probe) { p[3].Failed = "" }, `probes[3], "idle" of "head": it has neither`},
		"another's part":  {func(p []bench.Probe) { p[0].Name = bench.ProbeIdle }, "it has neither"},
		"sums":            {func(p []bench.Probe) { p[0].Disconnect.Ended = 9 }, "10 streams, of which 9 ended"},
		"endless":         {func(p []bench.Probe) { p[0].Disconnect.Lasts = math.Inf(1) }, "lasts_seconds: +Inf"},
		"negative memory": {func(p []bench.Probe) { *p[1].SlowReader.RSSPeak = -1 }, "probes[1].slow_reader.rss_peak: -1 must not be negative"},
		"no number":       {func(p []bench.Probe) { p[1].SlowReader.Written = math.NaN() }, "written_bytes: NaN"},
		"negative time":   {func(p []bench.Probe) { p[2].Idle.First = -1 }, "first_seconds: -1"},
	} {
		t.Run(name, func(t *testing.T) {
			run := recordtest.Run(2, recordtest.SSE10)
			run.Probes = good()
			c.spoil(run.Probes)
			testenv.WantError(t, Validate(run), c.want)
		})
	}
}

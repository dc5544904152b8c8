package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// probed adds probes to a run: of a base without a fault and a head with all of
// them, or of a head alone.
func probed(run bench.Run) bench.Run {
	const mb = 1 << 20
	for _, arm := range run.Plan.Arms {
		d := &bench.Disconnect{Streams: 10, Lasts: 2, Ended: 10, EndedP50: new(2.4e-3), EndedMax: new(4.1e-3)}
		s := &bench.SlowReader{Streams: 4, AnswerBytes: 16 * mb, Written: 7.5 * mb, Read: 0.4 * mb, Alone: 0.29e-3, Meanwhile: new(0.36e-3)}
		i := &bench.Idle{Rests: 5, Rest: 1, First: 0.95e-3, Then: 0.36e-3}
		if arm != bench.Direct {
			s.RSSBefore, s.RSSPeak = new(int64(13*mb)), new(int64(14*mb))
		}
		if arm == bench.Head && len(run.Plan.Arms) > 2 {
			d.Ended, d.RanOn, d.Open, d.EndedP50, d.EndedMax = 0, 9, 1, nil, nil
			s.Whole, s.Written, s.RSSPeak, s.Meanwhile = 4, 16.1*mb, new(int64(150*mb)), nil
			i.First = 21e-3
		}
		run.Probes = append(run.Probes,
			bench.Probe{Name: bench.ProbeDisconnect, Arm: arm, Disconnect: d},
			bench.Probe{Name: bench.ProbeSlowReader, Arm: arm, SlowReader: s},
			bench.Probe{Name: bench.ProbeIdle, Arm: arm, Idle: i})
	}
	return run
}

// Everybody who reads a report of probes reads of them.
func TestProbesAreInEveryFormat(t *testing.T) {
	r := report.Report{Run: probed(fixture(small()[:1], []bench.Arm{bench.Direct, bench.Base, bench.Head}, 6))}
	for name, to := range map[string]func(io.Writer) error{
		"text":     func(w io.Writer) error { return terminal.Write(w, report.Build(r), terminal.Style{}) },
		"markdown": func(w io.Writer) error { return write(w, markdown.Summary(report.Build(r))) },
		"html":     func(w io.Writer) error { return page.Write(w, report.Build(r)) },
	} {
		text := strings.Join(strings.Fields(render(t, to)), " ")
		for _, part := range []string{"9 ran to their end", "4 of 4 streams were taken in whole", "the first request after a rest"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s says nothing of %q", name, part)
			}
		}
	}
}

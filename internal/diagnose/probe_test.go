package diagnose

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// probesOf are those of a gateway without a fault and of the direct path, as they
// were on a machine that others were using; change makes a fault.
func probesOf(arm bench.Arm, change func(*bench.Disconnect, *bench.SlowReader, *bench.Idle)) []bench.Probe {
	const mb = 1 << 20
	d := &bench.Disconnect{Streams: 10, Lasts: 2, Ended: 10, EndedP50: new(1.9e-3), EndedMax: new(4e-3)}
	s := &bench.SlowReader{Streams: 4, AnswerBytes: 16 * mb, Written: 7.7 * mb, Read: 0.4 * mb, Alone: 200e-6, Meanwhile: new(270e-6)}
	if arm == bench.Direct {
		s.Written = 4 * mb
	} else {
		s.RSSBefore, s.RSSPeak = new(int64(13*mb)), new(int64(14*mb))
	}
	i := &bench.Idle{Rests: 5, Rest: 1, First: 955e-6, Then: 358e-6}
	if change != nil {
		change(d, s, i)
	}
	return []bench.Probe{
		{Name: bench.ProbeDisconnect, Arm: arm, Disconnect: d},
		{Name: bench.ProbeSlowReader, Arm: arm, SlowReader: s},
		{Name: bench.ProbeIdle, Arm: arm, Idle: i},
	}
}

type probeFault = func(*bench.Disconnect, *bench.SlowReader, *bench.Idle)

// ranOn leaves n of ten streams running.
func ranOn(n int) probeFault {
	return func(d *bench.Disconnect, _ *bench.SlowReader, _ *bench.Idle) {
		d.Ended, d.RanOn, d.EndedP50, d.EndedMax = 10-n, n, nil, nil
	}
}

// takenIn takes n of four streams in whole.
func takenIn(n int) probeFault {
	return func(_ *bench.Disconnect, s *bench.SlowReader, _ *bench.Idle) {
		s.Whole, s.Written, s.RSSPeak = n, (7.7*float64(4-n)+16.2*float64(n))/4*(1<<20), new(int64(13+20*n)<<20)
	}
}

// startsSlowly makes the first request after a rest that much longer.
func startsSlowly(by float64) probeFault {
	return func(_ *bench.Disconnect, _ *bench.SlowReader, i *bench.Idle) { i.First += by }
}

// probeFaults are the faults that only a probe shows, and what is said of each.
var probeFaults = []struct {
	name  string
	fault probeFault
	want  bench.DiagnosisName
	seen  string
}{
	{"all run on", ranOn(10), IgnoredDisconnect.Name, "10 of 10 upstream streams went on after their client had gone, 10 of them to their end after 2.00 s; without the gateway they end after 1900 µs"},
	{"half run on", ranOn(5), IgnoredDisconnect.Name, "5 of 10"},
	{"left open", func(d *bench.Disconnect, _ *bench.SlowReader, _ *bench.Idle) {
		d.Ended, d.Open, d.EndedP50, d.EndedMax = 0, 10, nil, nil
	}, IgnoredDisconnect.Name, "10 of 10 upstream streams went on after their client had gone, 0 of them"},
	{"takes all in", takenIn(4), UnboundedBuffering.Name, "4 of 4 streams of 16.0 MB were read from the upstream to their end while the clients had read 0.4 MB; memory grew by 20.0 MB per stream; without the gateway 3.6 MB were on the way"},
	{"20 ms", startsSlowly(20e-3), SlowAfterIdle.Name, "after a rest of 1.00 s the first request takes 21.0 ms and the next 0.358 ms; without the gateway 0.955 ms and 0.358 ms"},
	{"6 ms", startsSlowly(6e-3), SlowAfterIdle.Name, "the first request takes 6960 µs"},
}

// Each fault that only a probe shows has its name, and is new, kept or gone.
func TestProbesAreDiagnosed(t *testing.T) {
	for _, f := range probeFaults {
		for _, c := range []struct {
			beside     string
			base, head probeFault
			alone      bool
			course     bench.Change
			arm        bench.Arm
		}{
			{"alone", nil, f.fault, true, "", bench.Head},
			{"a base without", nil, f.fault, false, bench.ChangeNew, bench.Head},
			{"a base with", f.fault, f.fault, false, bench.ChangeKept, bench.Head},
			{"only the base", f.fault, nil, false, bench.ChangeGone, bench.Base},
		} {
			e := gateways(21, c.alone, nil, nil)
			e.Probes = append(probesOf(bench.Direct, nil), probesOf(bench.Head, c.head)...)
			if !c.alone {
				e.Probes = append(e.Probes, probesOf(bench.Base, c.base)...)
			}
			all := Run(e)
			if len(all) != 1 || all[0].Name != f.want || all[0].Change != c.course || all[0].Arm != c.arm || len(all[0].Scenarios) != 0 {
				t.Errorf("%s, %s: %+v; want %s, %q of %s", f.name, c.beside, all, f.want, c.course, c.arm)
				continue
			}
			if text, ok := Describe(f.want); !ok || all[0].Look != text.Look {
				t.Errorf("%s: look at %q", f.name, all[0].Look)
			}
			if c.course != bench.ChangeGone && !strings.Contains(all[0].Seen, f.seen) {
				t.Errorf("%s: seen %q, want %q", f.name, all[0].Seen, f.seen)
			}
		}
	}
}

// Nothing is said of what is nearly one, nor where nothing can be compared with.
func TestProbesWithoutADiagnosis(t *testing.T) {
	direct := probesOf(bench.Direct, nil)
	for name, probes := range map[string][]bench.Probe{
		"without a fault":        append(direct, probesOf(bench.Head, nil)...),
		"four run on":            append(direct, probesOf(bench.Head, ranOn(4))...),
		"one taken in":           append(direct, probesOf(bench.Head, takenIn(1))...),
		"4 ms after a rest":      append(direct, probesOf(bench.Head, startsSlowly(4e-3))...),
		"slow to wake a process": append(probesOf(bench.Direct, startsSlowly(2e-3)), probesOf(bench.Head, startsSlowly(8e-3))...),
		"direct runs on, too":    append(probesOf(bench.Direct, ranOn(1)), probesOf(bench.Head, ranOn(10))...),
		"the kernel takes all": append(direct, probesOf(bench.Head, func(_ *bench.Disconnect, s *bench.SlowReader, _ *bench.Idle) {
			s.Whole, s.Written, s.RSSPeak = 4, 16.2*(1<<20), new(int64(13+6)<<20)
		})...),
		"memory of something else": append(direct, probesOf(bench.Head, func(_ *bench.Disconnect, s *bench.SlowReader, _ *bench.Idle) {
			s.RSSPeak = new(int64(200) << 20)
		})...),
		"direct starts slowly": append(probesOf(bench.Direct, startsSlowly(20e-3)), probesOf(bench.Head, startsSlowly(20e-3))...),
		"no direct path":       probesOf(bench.Head, ranOn(10)),
		"failed": append(direct, bench.Probe{Name: bench.ProbeDisconnect, Arm: bench.Head, Failed: "status 500"},
			bench.Probe{Name: bench.ProbeSlowReader, Arm: bench.Head, Failed: "status 500"}, bench.Probe{Name: bench.ProbeIdle, Arm: bench.Head, Failed: "status 500"}),
	} {
		if all := Run(bench.Run{Probes: probes}); len(all) > 0 {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// A base that nearly has it has it, so that nothing is new by chance.
func TestProbesNearTheThresholdAreNotNew(t *testing.T) {
	for name, pair := range map[string][2]probeFault{
		"disconnect": {ranOn(4), ranOn(6)},
		"idle":       {startsSlowly(3e-3), startsSlowly(6e-3)},
	} {
		all := Run(bench.Run{Probes: append(append(probesOf(bench.Direct, nil), probesOf(bench.Base, pair[0])...), probesOf(bench.Head, pair[1])...)})
		if len(all) != 1 || all[0].Change != bench.ChangeKept {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// What the head plainly has is new beside a base that nearly has it, and is not
// beside one that has it.
func TestAPlainProbeFaultIsNewBesideNearlyOne(t *testing.T) {
	for _, c := range []struct {
		name       string
		base, head probeFault
		course     bench.Change
	}{
		{"idle, nearly", startsSlowly(2.6e-3), startsSlowly(20e-3), bench.ChangeNew},
		{"idle, too", startsSlowly(6e-3), startsSlowly(20e-3), bench.ChangeKept},
		{"disconnect, nearly", ranOn(4), ranOn(10), bench.ChangeNew},
		{"disconnect, too", ranOn(5), ranOn(10), bench.ChangeKept},
	} {
		all := Run(bench.Run{Probes: append(append(probesOf(bench.Direct, nil), probesOf(bench.Base, c.base)...), probesOf(bench.Head, c.head)...)})
		if len(all) != 1 || all[0].Change != c.course {
			t.Errorf("%s: %+v, want %s", c.name, all, c.course)
		}
	}
}

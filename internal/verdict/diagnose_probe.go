package verdict

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// probed is what the probes of one gateway saw, and of the direct path.
type probed struct {
	own, direct map[bench.ProbeName]bench.Probe
}

// probeExamination looks for one diagnosis in the probes; share is that of a
// threshold that is enough, see lenient.
type probeExamination struct {
	name bench.DiagnosisName
	find func(p probed, share float64) (seen string, ok bool)
}

var probeExaminations = []probeExamination{
	{bench.IgnoredDisconnect, ignoredDisconnect},
	{bench.UnboundedBuffering, unboundedBuffering},
	{bench.SlowAfterIdle, slowAfterIdle},
}

// diagnoseProbes says what the probes show. Base and head are probed one after
// the other, each once, so the thresholds are far from what chance does.
func diagnoseProbes(probes []bench.Probe) []bench.Diagnosis {
	of := func(arm bench.Arm) map[bench.ProbeName]bench.Probe {
		all := make(map[bench.ProbeName]bench.Probe)
		for _, p := range probes {
			if p.Arm == arm {
				all[p.Name] = p
			}
		}
		return all
	}
	direct := of(bench.Direct)
	head, base := probed{of(bench.Head), direct}, probed{of(bench.Base), direct}
	var all []bench.Diagnosis
	for _, e := range probeExaminations {
		text, _ := e.name.Describe()
		d := bench.Diagnosis{Name: e.name, Arm: bench.Head, Look: text.Look}
		seen, found := e.find(head, 1)
		_, nearly := e.find(head, lenient)
		_, plainly := e.find(head, plain)
		was, had := e.find(base, 1)
		_, nearlyHad := e.find(base, lenient)
		switch {
		case found && len(base.own) == 0:
			d.Seen = seen
		// Beside a plain fault of the head, nearly one of the base is chance: on a busy
		// machine a base without one took 1.1 ms to wake up, and the head 20.
		case found && (had || nearlyHad && !plainly):
			d.Seen, d.Course = seen, bench.Remained
		case found:
			d.Seen, d.Course = seen, bench.Appeared
		case had && !nearly && len(head.own) > 0:
			d.Seen, d.Course, d.Arm = was, bench.Vanished, bench.Base
		default:
			continue
		}
		all = append(all, d)
	}
	return all
}

// inOrder puts what is new first and what is gone last.
func inOrder(all []bench.Diagnosis) []bench.Diagnosis {
	order := []bench.Course{bench.Appeared, "", bench.Remained, bench.Vanished}
	slices.SortStableFunc(all, func(a, b bench.Diagnosis) int {
		return cmp.Compare(slices.Index(order, a.Course), slices.Index(order, b.Course))
	})
	return all
}

// ranOnShare is the share of the streams whose upstream went on though the client
// had gone: it is a matter of the code, so nearly all do or none. Not all: of a
// gateway that looks only now and then some end in time.
const ranOnShare = 0.5

// ignoredDisconnect finds gateways that leave the upstream stream running when
// the client has gone.
func ignoredDisconnect(p probed, share float64) (string, bool) {
	d, direct := p.own[bench.ProbeDisconnect].Disconnect, p.direct[bench.ProbeDisconnect].Disconnect
	if d == nil || direct == nil || direct.Ended < direct.Streams || d.Streams == 0 {
		return "", false
	}
	on := d.RanOn + d.Open
	if on == 0 || float64(on) < share*ranOnShare*float64(d.Streams) {
		return "", false
	}
	seen := fmt.Sprintf("%d of %d upstream streams went on after their client had gone, %d of them to their end of %s", on, d.Streams, d.RanOn, timeText(d.Lasts))
	if direct.EndedP50 != nil {
		seen += fmt.Sprintf("; without the gateway they end after %s", timeText(*direct.EndedP50))
	}
	return seen, true
}

const (
	// wholeShare is the share of the streams of 16 MB that must have been taken in
	// whole though their clients read little of them. Alone it says nothing: where
	// the kernel's buffers may be large, it takes in whole streams for a gateway that
	// reads none of them.
	wholeShare = 0.5
	// keptShare is what the gateway's memory grows by for each stream, as a share of
	// the stream. Gateways with bounded buffers grew by 1.4 MB at the most, one that
	// collects answers by twice the stream.
	keptShare = 0.5
)

// unboundedBuffering finds gateways that take answers in without regard to how
// fast their clients read.
func unboundedBuffering(p probed, share float64) (string, bool) {
	s, direct := p.own[bench.ProbeSlowReader].SlowReader, p.direct[bench.ProbeSlowReader].SlowReader
	if s == nil || direct == nil || s.RSSBefore == nil || s.RSSPeak == nil || s.Streams == 0 {
		return "", false
	}
	streams := float64(s.Streams)
	grown := float64(*s.RSSPeak-*s.RSSBefore) / streams
	if float64(s.Whole) < share*wholeShare*streams || grown < share*keptShare*float64(s.AnswerBytes) {
		return "", false
	}
	const mb = 1 << 20
	return fmt.Sprintf("%d of %d streams were taken in whole, %.1f MB each, while their clients read %.1f MB, and memory grew by %.1f MB for each; without the gateway %.1f MB were on the way",
		s.Whole, s.Streams, float64(s.AnswerBytes)/mb, s.Read/mb, grown/mb, direct.OnTheWay()/mb), true
}

const (
	// slowStart is by how much the first request after a rest of a second takes
	// longer than those that follow, at the least. Where idle processors are slow to
	// wake up, or other processes use both, a gateway without a fault took 1 to 4 ms
	// longer, and the mock of the direct path 0.4 to 6.
	slowStart = 5e-3
	// wakings is how often the mock, which is one thread, could wake up meanwhile.
	wakings = 2
)

// slowAfterIdle finds gateways that have to wake up.
func slowAfterIdle(p probed, share float64) (string, bool) {
	i, direct := p.own[bench.ProbeIdle].Idle, p.direct[bench.ProbeIdle].Idle
	if i == nil || direct == nil || i.Longer() < share*(slowStart+wakings*max(0, direct.Longer())) {
		return "", false
	}
	return fmt.Sprintf("after a rest of %s the first request takes %s, those that follow %s; without the gateway %s and %s",
		timeText(i.Rest), timeText(i.First), timeText(i.Then), timeText(direct.First), timeText(direct.Then)), true
}

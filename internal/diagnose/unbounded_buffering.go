package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// UnboundedBuffering is answers that the gateway takes in without regard to how
// fast their clients read.
var UnboundedBuffering = Diagnosis{
	Name:  "unbounded-buffering",
	Title: "unbounded buffering for slow clients",
	Look:  "a queue without a limit between upstream and client; a body that is read whole before it is sent",
	find:  inProbe(bench.ProbeSlowReader, findUnboundedBuffering),
}

const (
	// wholeShare is the share of the streams of 16 MB that must have been taken in
	// whole though their clients read little of them. Alone it says nothing: where
	// the kernel's buffers may be large, it takes in whole streams for a gateway that
	// reads none of them.
	wholeShare = 0.5
	// keptShare is what the gateway's memory grows by for each stream, as a share of
	// the stream. Gateways with bounded buffers grew by at most 1.4 MB, one that
	// collects answers by twice the stream.
	keptShare = 0.5
)

func findUnboundedBuffering(s subject, own, without bench.Probe) string {
	r, direct := own.SlowReader, without.SlowReader
	if r == nil || direct == nil || r.RSSBefore == nil || r.RSSPeak == nil || r.Streams == 0 {
		return ""
	}
	streams := float64(r.Streams)
	grown := float64(*r.RSSPeak-*r.RSSBefore) / streams
	if float64(r.Whole) < s.least(wholeShare)*streams || grown < s.least(keptShare)*float64(r.AnswerBytes) {
		return ""
	}
	const mb = 1 << 20
	return fmt.Sprintf("%d of %d streams of %.1f MB were read from the upstream to their end while the clients had read %.1f MB; memory grew by %.1f MB per stream; without the gateway %.1f MB were on the way",
		r.Whole, r.Streams, float64(r.AnswerBytes)/mb, r.Read/mb, grown/mb, direct.OnTheWay()/mb)
}

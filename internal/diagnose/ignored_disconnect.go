package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// IgnoredDisconnect is an upstream stream that is left running when its client
// has gone.
var IgnoredDisconnect = Diagnosis{
	Name:  "ignored-disconnect",
	Title: "an upstream stream that goes on without its client",
	Look:  "what cancels the upstream request when the client disconnects; a separate task or thread that reads the upstream",
	find:  inProbe(bench.ProbeDisconnect, findIgnoredDisconnect),
}

// ranOnShare is the share of the streams whose upstream went on though the client
// had gone: it is a matter of the code, so nearly all do or none. Not all: of a
// gateway that looks only now and then some end in time.
const ranOnShare = 0.5

func findIgnoredDisconnect(s subject, own, without bench.Probe) string {
	d, direct := own.Disconnect, without.Disconnect
	if d == nil || direct == nil || direct.Ended < direct.Streams || d.Streams == 0 {
		return ""
	}
	on := d.RanOn + d.Open
	if on == 0 || float64(on) < s.least(ranOnShare)*float64(d.Streams) {
		return ""
	}
	seen := fmt.Sprintf("%d of %d upstream streams went on after their client had gone, %d of them to their end after %s", on, d.Streams, d.RanOn, figures.Seconds(d.Lasts))
	if direct.EndedP50 != nil {
		seen += fmt.Sprintf("; without the gateway they end after %s", figures.Seconds(*direct.EndedP50))
	}
	return seen
}

package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// DelayedACK is a body that comes a delayed acknowledgement after its head.
var DelayedACK = Diagnosis{
	Name:  "delayed-ack-stall",
	Title: "a delayed-ACK stall (Nagle is on)",
	Look:  "TCP_NODELAY on the accepted socket; head and body in separate writes",
	find:  inEach(findDelayedACK),
}

// Linux sends a delayed acknowledgement after 40 ms or a little more, and Nagle's
// algorithm holds the body back until then. Gateways without it, on a machine
// that others used too, had a median of at most 4 ms in any one round, and 1 ms
// over all of them. A longer wait has another cause.
const (
	ackLeast = 20e-3
	ackMost  = 60e-3
)

// findDelayedACK looks for it in half of the answers and in one of twenty.
func findDelayedACK(s subject, at bench.Scenario) (wait float64, seen string) {
	what, clocks := "body", []figure{between(bench.HeadersP50, bench.FirstByteP50), between(bench.HeadersP95, bench.FirstByteP95)}
	if at.Mode == bench.SSE {
		what, clocks = "first event", []figure{between(bench.HeadersP50, bench.FirstEventP50), between(bench.HeadersP95, bench.FirstEventP95)}
	}
	for i, f := range clocks {
		own, direct := s.both(at, f)
		if own-direct >= s.least(ackLeast) && own-direct <= ackMost {
			t := figures.Times(own, direct)
			return own, fmt.Sprintf("the %s comes %s after the head (%s); without the gateway %s",
				what, t(own), []string{"median", "95th percentile"}[i], t(direct))
		}
	}
	return 0, ""
}

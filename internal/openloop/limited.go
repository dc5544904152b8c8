package openloop

import (
	"cmp"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The limits beyond which the figures of a window are the rig's.
const (
	// mostBusy is the share of the time that the client's one thread may be busy.
	// Above it answers wait for the client: at 90 %, by the formula of M/D/1, for
	// four and a half service times.
	mostBusy = 0.90
	// Requests may start late by a tenth of what the slow ones take, which changes
	// no conclusion, plus the time to wake an idle CPU of a virtual machine.
	lagShare = 0.1
	lagFloor = 100 * time.Microsecond
	// leastAchieved is the share of the offered rate that the direct path must
	// answer: Poisson arrivals and the end of a window cost a few hundredths.
	leastAchieved = 0.95
)

// limited says why the figures of a window are the rig's; empty when they are
// not. direct is the window of the direct path with the same arrivals, which for
// that path is w.
func limited(w, direct bench.Window) string {
	late := ""
	if lag, slow := slowEnds(w.Lag, w.Latency); *lag > lagShare**slow+lagFloor.Seconds() {
		late = startedLate(*lag, *slow)
	}
	behind := ""
	if direct.Achieved < leastAchieved*direct.Offered {
		behind = fmt.Sprintf("the direct path itself answered only %.0f of %.0f requests per second", direct.Achieved, direct.Offered)
	}
	return cmp.Or(clientBusy(w), late, behind)
}

func clientBusy(w bench.Window) string {
	if busy := w.ClientCPU; busy != nil && *busy > mostBusy {
		return fmt.Sprintf("the client's thread was busy %.0f %% of the time", 100**busy)
	}
	return ""
}

func startedLate(lag, slow float64) string {
	return fmt.Sprintf("requests were started late: %s where the slow answers took %s", timeText(lag), timeText(slow))
}

// slowEnds is the largest percentile that both have; 0 where they have none in
// common. A maximum would judge by a single request.
func slowEnds(lag, latency bench.Tail) (late, slow *float64) {
	for _, p := range [][2]*float64{{lag.P99, latency.P99}, {lag.P95, latency.P95}, {lag.P50, latency.P50}} {
		if p[0] != nil && p[1] != nil {
			return p[0], p[1]
		}
	}
	return new(0.0), new(0.0)
}

// withinBound is true when the p99 is known and within the bound, and nearly all
// requests that were due were answered rightly: a failed request is not a fast one.
func withinBound(w bench.Window, bound time.Duration) bool {
	const mostFailed = 0.01 // else the 99th percentile is a failure
	failed := 0
	for _, n := range w.Errors {
		failed += n
	}
	return w.Latency.P99 != nil && *w.Latency.P99 <= bound.Seconds() &&
		float64(failed) <= mostFailed*float64(w.Requests+failed) &&
		w.Achieved >= leastAchieved*w.Offered
}

// judge decides what a window says of its rate. Within the bound the rate is
// held, whatever the rig did, since the rig only adds to the times. Beyond it the
// rate is missed only if the direct path was within the bound and the window
// exceeds it by more than the generator's lag. A shorter lag does not matter: a
// gateway that uses every CPU delays the generator, too.
func judge(w, direct bench.Window, bound time.Duration) (o outcome, why string) {
	busy := clientBusy(w)
	lag, slow := w.Lag.P99, w.Latency.P99
	switch {
	case withinBound(w, bound):
		return held, ""
	case busy != "":
		return rigLimited, busy
	case lag != nil && slow != nil && *slow > bound.Seconds() && *slow-*lag <= bound.Seconds():
		return rigLimited, startedLate(*lag, *slow)
	case withinBound(direct, bound):
		return missed, ""
	case direct.Latency.P99 == nil:
		return rigLimited, "the direct path itself had too few answers to tell its p99"
	default:
		return rigLimited, fmt.Sprintf("the direct path itself was not within the bound: p99 %s, %.0f of %.0f requests per second answered",
			timeText(*direct.Latency.P99), direct.Achieved, direct.Offered)
	}
}

// timeText is a time for a sentence, with three digits.
func timeText(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	for unit := time.Duration(1); ; unit *= 10 {
		if d/unit < 1000 {
			return d.Round(unit).String()
		}
	}
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/advice"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// mostUnserved is how many kinds of requests a report names.
const mostUnserved = 3

// unserved are the requests of the gateways that the backend could not serve. What
// a gateway only looks for, with GET, is no reason for an alert while its requests
// are answered.
func (b *builder) unserved() []document.Alert {
	failing := b.failed() || b.anyFailed()
	asked := slices.DeleteFunc(slices.Clone(b.run.Unserved), func(u bench.Unserved) bool {
		return !failing && (u.Method == "GET" || u.Method == "HEAD" || u.Method == "OPTIONS")
	})
	var all []document.Alert
	for i, line := range advice.OfUnserved(asked) {
		if i == mostUnserved {
			all = append(all, document.Alert{Level: document.Warning, Text: fmt.Sprintf("And %d more kinds of such requests.", len(asked)-i)})
			break
		}
		all = append(all, document.Alert{Level: document.Warning, Text: plain.Capital(plain.To(line, 400)) + "."})
	}
	return all
}

// upstream says for which gateway and kind of answer the backend is not asked once
// for each request.
func (b *builder) upstream() []document.Alert {
	var all []document.Alert
	for _, arm := range b.Gateways() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE, ""} { // a replay has both
			if text := b.upstreamOf(arm, mode); text != "" {
				all = append(all, document.Alert{Level: document.Warning, Text: text})
			}
		}
	}
	return all
}

// upstreamOf says it of the scenarios of a mode or, when those are even, of the
// windows of an open loop; empty when the backend is asked once for each request.
func (b *builder) upstreamOf(arm bench.Arm, mode bench.Mode) string {
	var scenarios, windows uneven
	for _, s := range b.Suite {
		v, ok := b.Rounds.Median(s.ID(), arm, bench.UpstreamRequests)
		// Requests that fail may never have got to the backend. Twice their share,
		// because it differs from round to round.
		lost := v < 1 && 1-v <= 2*b.FailedShare(s, arm)
		if ok && s.Mode == mode && !lost {
			scenarios.look(s.ID(), v)
		}
	}
	for _, w := range b.run.Windows {
		if w.Arm == arm && w.Mode == mode && w.UpstreamRequests != nil {
			windows.look(fmt.Sprintf("at %s/s", figures.Digits(w.Offered)), *w.UpstreamRequests)
		}
	}
	text := cmp.Or(scenarios.say("scenarios"), windows.say("windows of the open loop"))
	if text == "" {
		return ""
	}
	if b.Paired() {
		return fmt.Sprintf("%s of %s: %s.", kindWord(mode), b.Role(arm), text)
	}
	return fmt.Sprintf("%s: %s.", kindWord(mode), text)
}

// uneven are places with the upstream requests of one request there.
type uneven struct {
	places, found int // all, and those that are not 1
	farthest      float64
	at            string
}

func (u *uneven) look(place string, perRequest float64) {
	u.places++
	if advice.OfUpstream(perRequest) == "" {
		return
	}
	u.found++
	if u.at == "" || math.Abs(perRequest-1) > math.Abs(u.farthest-1) {
		u.farthest, u.at = perRequest, place
	}
}

// say names the place that is farthest from 1; empty when all are 1.
func (u *uneven) say(noun string) string {
	switch {
	case u.found == 0:
		return ""
	case u.places == 1:
		return advice.OfUpstream(u.farthest)
	default:
		return fmt.Sprintf("%s; in %d of %d %s (the figure: %s)", advice.OfUpstream(u.farthest), u.found, u.places, noun, u.at)
	}
}

// kindWord is what requests of a mode are answered with.
func kindWord(mode bench.Mode) string {
	switch mode {
	case bench.JSON:
		return "JSON answers"
	case bench.SSE:
		return "Streams"
	default:
		return "Requests"
	}
}

// anyFailed is true when requests through a gateway failed.
func (b *builder) anyFailed() bool {
	return slices.ContainsFunc(b.run.Rounds, func(r bench.Round) bool { return r.Arm != bench.Direct && len(r.Errors) > 0 })
}

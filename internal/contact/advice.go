package contact

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/advice"
	"github.com/org/proxy-bench-action/internal/bench"
)

// Advice says what to change, one line each, what matters most first. Each line
// names a setting or the thing to look at. It is empty for a gateway that is
// [Result.OK].
func (r Result) Advice() []string {
	wrong, found := r.firstWrong()
	if !found {
		return nil
	}
	var lines []string
	add := func(more ...string) {
		for _, line := range more {
			if line != "" && !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	for _, e := range r.Asked {
		add(advice.OfUnserved(e.Unserved)...)
	}
	if len(lines) == 0 {
		for _, e := range r.Others {
			add(advice.OfUnserved(e.Unserved)...)
		}
	}
	seen := advice.Answer{
		API: string(wrong.API), Path: wrong.Path, Status: wrong.Status, Location: wrong.Location, Class: wrong.Class,
		Bytes: wrong.Bytes, Upstream: wrong.Upstream, Serves: r.serves(), Headers: r.Headers,
	}
	if wrong.right() {
		add(advice.OfUpstream(0) + ": have gateway.start use $UPSTREAM_URL, and switch off its cache")
	}
	if wrong.cutByGo(r.Output) {
		add("Go's httputil.ReverseProxy reads on past the end of a request body and then closes the connection to the backend: " +
			"end the body at its length (go.dev/issue/40747, and docs/troubleshooting.md of proxy-bench), " +
			"or set mock.latency: 1ms, since it happens when the backend answers at once")
	}
	if len(seen.Serves) > 0 || !wrong.refusedBehind() {
		add(advice.Of(seen)...)
	}
	if len(seen.Serves) == 0 && wrong.absent() {
		add(r.lead())
	}
	add(r.works())
	return lines
}

// cutByGo reports whether an answer was cut by the reverse proxy of Go's standard library.
func (e Exchange) cutByGo(output []string) bool {
	return e.Class == bench.ErrTruncated &&
		slices.ContainsFunc(output, func(line string) bool { return strings.Contains(line, "httputil: ReverseProxy") })
}

// serves are the endpoints at which the gateway answers rightly. There are none where it
// has passed on the configured request, too: what is wrong then is the answer, not where
// it was asked for.
func (r Result) serves() []advice.Served {
	if wrong, found := r.firstWrong(); found && wrong.Status == 200 && wrong.Upstream > 0 {
		return nil
	}
	var all []advice.Served
	for _, e := range r.Others {
		if e.passed() && e.Mode == bench.JSON {
			all = append(all, advice.Served{Path: e.Path, Setting: e.settings(r.Asked[0].Endpoint)})
		}
	}
	return all
}

// lead is the first other endpoint that exists, though its answer is not right.
func (r Result) lead() string {
	for _, e := range r.Others {
		if e.Status > 0 && !e.absent() && !e.passed() {
			return fmt.Sprintf("POST %s exists and answers %s: if that is the right one, set %s", e.Path, e.outcome(), e.settings(r.Asked[0].Endpoint))
		}
	}
	return ""
}

// works is the mode that could be measured alone.
func (r Result) works() string {
	for _, e := range r.Asked {
		if e.passed() {
			return fmt.Sprintf("to measure only what works, set suite.modes: [%s]", e.Mode)
		}
	}
	return ""
}

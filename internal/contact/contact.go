// Package contact words the first contact with a gateway: one request of each
// kind, what came of it, and which setting to change when that was not right.
//
// It is pure: session sends the requests, a renderer shows the document.
package contact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Endpoint is an API and the path that its requests are posted to.
type Endpoint struct {
	API  llmapi.API
	Path string
}

// String is the request line without the version, such as POST /v1/responses.
func (e Endpoint) String() string { return "POST " + e.Path }

// settings is what makes proxy-bench ask this endpoint instead of that one.
func (e Endpoint) settings(instead Endpoint) string {
	var set []string
	if e.API != instead.API {
		set = append(set, "request.api: "+string(e.API))
	}
	if e.Path != e.API.Path() {
		set = append(set, "request.path: "+e.Path)
	}
	return cmp.Or(strings.Join(set, " and "), "no request.path")
}

// Exchange is one request and what came back.
type Exchange struct {
	Endpoint
	Mode bench.Mode
	URL  string // asked

	Status   int              // of the answer; 0 when none came
	Location string           // of a redirect
	Class    bench.ErrorClass // empty when the answer is right
	Detail   string           // of what is wrong
	Read     []string         // what a client reads from an answer that is right
	// FirstEvent is the time to the first event of a stream, Total that to the end
	// of the answer; negative when it did not come.
	FirstEvent, Total time.Duration
	Stream            time.Duration // that the backend takes from the first delta of a stream to the last

	Bytes    int              // of the request's body
	Upstream int64            // requests that the backend got meanwhile, those it refused included
	Paths    []string         // of these
	Rewrites []string         // what the gateway changed in an answer that is right
	Unserved []bench.Unserved // requests of the gateway that the backend refused
}

// right reports whether the backend's answer came through.
func (e Exchange) right() bool { return e.Class == "" }

// passed reports whether it is also sure that the backend gave it.
func (e Exchange) passed() bool { return e.right() && e.Upstream > 0 }

// absent reports whether the gateway serves nothing here.
func (e Exchange) absent() bool {
	return e.Class == bench.ErrStatus && slices.Contains([]int{404, 405, 501}, e.Status) && !e.refusedBehind()
}

// refusedBehind reports whether the gateway serves this path, and the backend refused
// all that it was asked for: the status is the backend's, not the gateway's.
func (e Exchange) refusedBehind() bool {
	refused := int64(0)
	for _, u := range e.Unserved {
		refused += u.Count
	}
	return e.Class == bench.ErrStatus && refused > 0 && refused == e.Upstream
}

// passedOn reports whether the backend refused the very path that the gateway was
// asked for: a gateway that passes every path on serves another one.
func (e Exchange) passedOn() bool {
	return slices.ContainsFunc(e.Unserved, func(u bench.Unserved) bool { return u.Path == e.Path })
}

// longStream is how long the backend has to take for a stream, so that its first event
// is distinguished from its end; heldShare is the largest share of that in which the client gets
// the whole of a stream that was held back.
const (
	longStream = 20 * time.Millisecond
	heldShare  = 0.1
)

// heldBack reports whether the client got the first event of a stream with its end.
func (e Exchange) heldBack() bool {
	return e.passed() && e.Mode == bench.SSE && e.Stream >= longStream && e.FirstEvent >= e.Stream/2 &&
		float64(e.Total-e.FirstEvent) <= heldShare*float64(e.Stream)
}

// Result is a first contact.
type Result struct {
	Tool  string // with its version
	Start string // the gateway's start line
	Ready time.Duration

	Asked []Exchange // as configured, one for each mode of the suite
	// Others are further endpoints: those of the other APIs, and usual paths.
	Others []Exchange

	// Facts are how the gateway behaves, if that was asked for.
	Facts []bench.Fact

	Headers []string // names of those of request.headers
	Output  []string // the last lines that the gateway printed
}

// OK reports whether the gateway can be measured as it is configured.
func (r Result) OK() bool {
	return len(r.Asked) > 0 && !slices.ContainsFunc(r.Asked, func(e Exchange) bool { return !e.passed() })
}

// firstWrong is the first exchange that did not go as it should.
func (r Result) firstWrong() (Exchange, bool) {
	i := slices.IndexFunc(r.Asked, func(e Exchange) bool { return !e.passed() })
	if i < 0 {
		return Exchange{}, false
	}
	return r.Asked[i], true
}

// Guess reports whether it is worth while to try other endpoints: not when the
// gateway answers nothing at all, not when it only wants another key, and not when it
// serves this one and asks the backend for a path of its own.
func Guess(e Exchange) bool {
	switch {
	case e.passed() || e.Status == 0 || e.refusedBehind() && !e.passedOn():
		return false
	case e.Class == bench.ErrStatus:
		return !slices.Contains([]int{401, 403, 429}, e.Status)
	}
	return e.Class == bench.ErrBody && e.Upstream == 0 // such as a page that answers every path
}

// Guess reports whether it is worth while to try other endpoints: not when one mode is
// answered rightly at this one.
func (r Result) Guess() bool {
	return slices.ContainsFunc(r.Asked, Guess) && !slices.ContainsFunc(r.Asked, Exchange.passed)
}

// prefixes are what gateways put in front of an API's paths, the usual first.
var prefixes = []string{"/v1", "/openai/v1", "", "/api/v1", "/openai", "/anthropic/v1", "/anthropic"}

// Endpoints lists where a gateway may be found when it does not answer at the
// configured endpoint, the likely first.
func Endpoints(configured Endpoint) []Endpoint {
	var all []Endpoint
	var makers []string
	for _, api := range llmapi.All() {
		makers = append(makers, api.Maker())
	}
	for _, prefix := range prefixes {
		for _, api := range llmapi.All() {
			maker, _, _ := strings.Cut(strings.TrimPrefix(prefix, "/"), "/")
			if maker != api.Maker() && slices.Contains(makers, maker) {
				continue
			}
			e := Endpoint{API: api, Path: prefix + strings.TrimPrefix(api.Path(), "/v1")}
			if e != configured {
				all = append(all, e)
			}
		}
	}
	return all
}

// kind is the mode as people say it.
func kind(m bench.Mode) string {
	if m == bench.SSE {
		return "stream"
	}
	return "JSON"
}

// outcome is the answer in a few words.
func (e Exchange) outcome() string {
	switch {
	case e.passed():
		return "right"
	case e.right():
		return "answered without the backend"
	case e.Class == bench.ErrStatus && e.Status > 0:
		return fmt.Sprintf("status %d", e.Status)
	case e.Class == bench.ErrStatus:
		return "another status"
	}
	return cmp.Or(classWords[e.Class], string(e.Class))
}

var classWords = map[bench.ErrorClass]string{
	bench.ErrConnect:   "no connection",
	bench.ErrStale:     "connection closed",
	bench.ErrTimeout:   "no answer in time",
	bench.ErrProtocol:  "not HTTP/1.1",
	bench.ErrTruncated: "cut short",
	bench.ErrBody:      "not what the backend sent",
	bench.ErrNoEnd:     "the stream has no end",
	bench.ErrLost:      "a part of the stream is missing",
	bench.ErrRepeated:  "a part of the stream came twice",
	bench.ErrReordered: "the stream is out of order",
	bench.ErrHidden:    "a failure was hidden",
}

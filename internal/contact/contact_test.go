package contact

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// exchange is one by the configured API: right, unless changed.
func exchange(change func(*Exchange)) Exchange {
	e := Exchange{
		Endpoint: Endpoint{llmapi.Responses, "/v1/responses"}, Mode: bench.JSON, URL: "http://127.0.0.1:9/v1/responses",
		Status: 200, FirstEvent: -1, Total: time.Millisecond, Upstream: 1,
	}
	change(&e)
	return e
}

func failed(class bench.ErrorClass, status int, upstream int64) Exchange {
	return exchange(func(e *Exchange) { e.Class, e.Status, e.Upstream, e.Detail = class, status, upstream, "wrong" })
}

// behind is an answer with the status of the backend, which does not serve this path.
func behind(path string) Exchange {
	e := failed(bench.ErrStatus, 404, 1)
	e.Unserved = []bench.Unserved{{Method: "POST", Path: path, Status: 404, Count: 1}}
	return e
}

func at(api llmapi.API, path string, status int) Exchange {
	e := exchange(func(e *Exchange) { e.Endpoint = Endpoint{api, path} })
	if status != 200 {
		e.Class, e.Status, e.Upstream = bench.ErrStatus, status, 0
	}
	return e
}

// TestAdvice: every failure ends in a line that names the setting.
func TestAdvice(t *testing.T) {
	right := exchange(func(*Exchange) {})
	for name, c := range map[string]struct {
		asked, others []Exchange
		first         string // begins the first line, or is part of it
		more          string // part of another line; empty: there is none
	}{
		"another API": {
			[]Exchange{failed(bench.ErrStatus, 404, 0)},
			[]Exchange{at(llmapi.Chat, "/v1/chat/completions", 200), at(llmapi.Messages, "/v1/messages", 404)},
			"answers POST /v1/chat/completions: set request.api: chat", "",
		},
		"two other APIs": {
			[]Exchange{failed(bench.ErrStatus, 404, 0)},
			[]Exchange{at(llmapi.Chat, "/v1/chat/completions", 200), at(llmapi.Messages, "/v1/messages", 200)},
			"set request.api: chat", "set request.api: messages",
		},
		"another path": {
			[]Exchange{failed(bench.ErrStatus, 404, 0)},
			[]Exchange{at(llmapi.Responses, "/openai/v1/responses", 200)},
			"answers POST /openai/v1/responses: set request.path: /openai/v1/responses", "",
		},
		"another API and path": {
			[]Exchange{failed(bench.ErrStatus, 405, 0)},
			[]Exchange{at(llmapi.Chat, "/openai/v1/chat/completions", 200)},
			"set request.api: chat and request.path: /openai/v1/chat/completions", "",
		},
		"another API that wants a key": {
			[]Exchange{failed(bench.ErrStatus, 404, 0)},
			[]Exchange{at(llmapi.Chat, "/v1/chat/completions", 401)},
			"or request.path to its path", "POST /v1/chat/completions exists and answers status 401: if that is the right one, set request.api: chat",
		},
		"headers": {
			[]Exchange{failed(bench.ErrStatus, 400, 0)},
			[]Exchange{at(llmapi.Chat, "/v1/chat/completions", 400)},
			"request.headers", "",
		},
		"a key":           {[]Exchange{failed(bench.ErrStatus, 401, 0)}, nil, "request.headers", ""},
		"nothing there":   {[]Exchange{failed(bench.ErrStatus, 404, 0)}, nil, "request.path", ""},
		"refused":         {[]Exchange{failed(bench.ErrStatus, 400, 0)}, nil, "request.extra", ""},
		"too large":       {[]Exchange{failed(bench.ErrStatus, 413, 0)}, nil, "suite.body", ""},
		"a rate limit":    {[]Exchange{failed(bench.ErrStatus, 429, 0)}, nil, "limit", ""},
		"a redirect":      {[]Exchange{exchange(func(e *Exchange) { e.Class, e.Status, e.Location = bench.ErrStatus, 307, "/v1/responses/" })}, nil, "redirects (307) to /v1/responses/: set request.path", ""},
		"no backend":      {[]Exchange{failed(bench.ErrStatus, 502, 0)}, nil, "gateway.start", ""},
		"backend, 500":    {[]Exchange{failed(bench.ErrStatus, 500, 1)}, nil, "output", ""},
		"no connection":   {[]Exchange{failed(bench.ErrConnect, 0, 0)}, nil, "127.0.0.1:$PORT", ""},
		"slow":            {[]Exchange{failed(bench.ErrTimeout, 0, 1)}, nil, "request.timeout", ""},
		"other words":     {[]Exchange{failed(bench.ErrBody, 200, 0)}, nil, "gateway.start", ""},
		"a cache":         {[]Exchange{exchange(func(e *Exchange) { e.Upstream = 0 })}, nil, "cache", ""},
		"streams only":    {[]Exchange{right, failed(bench.ErrNoEnd, 200, 1)}, nil, "damaged", "suite.modes: [json]"},
		"both fail alike": {[]Exchange{failed(bench.ErrStatus, 401, 0), failed(bench.ErrStatus, 401, 0)}, nil, "request.headers", ""},
		"doubled /v1": {
			[]Exchange{behind("/v1/v1/responses")},
			nil, "$UPSTREAM_URL without /v1", "",
		},
		"no /v1": {
			[]Exchange{behind("/responses")},
			nil, "$UPSTREAM_URL/v1 in gateway.start, gateway.env or request.headers", "",
		},
	} {
		r := Result{Asked: c.asked, Others: c.others}
		got := r.Advice()
		if r.OK() || len(got) == 0 || !strings.Contains(got[0], c.first) {
			t.Errorf("%s: %q, want %q first", name, got, c.first)
			continue
		}
		if c.more != "" && !slices.ContainsFunc(got[1:], func(l string) bool { return strings.Contains(l, c.more) }) {
			t.Errorf("%s: %q, want %q among them", name, got, c.more)
		}
		if c.more == "" && len(got) > 1 {
			t.Errorf("%s: says more than needed: %q", name, got)
		}
	}
	if got := (Result{Asked: []Exchange{failed(bench.ErrStatus, 401, 0)}, Headers: []string{"X-Key"}}).Advice(); !strings.Contains(got[0], "another key than X-Key") {
		t.Errorf("a wrong key: %q", got)
	}
	cut := Result{
		Asked:  []Exchange{right, failed(bench.ErrTruncated, 200, 1)},
		Others: []Exchange{at(llmapi.Chat, "/v1/chat/completions", 200)},
		Output: []string{"2026/11/30 00:31:44 httputil: ReverseProxy read error during body copy: read tcp: use of closed connection"},
	}
	if got := strings.Join(cut.Advice(), "\n"); !strings.Contains(got, "go.dev/issue/40747") || strings.Contains(got, "request.api") {
		t.Errorf("a stream that Go's reverse proxy has cut: %q", got)
	}
	if r := (Result{Asked: []Exchange{right, right}}); !r.OK() || len(r.Advice()) > 0 {
		t.Errorf("a gateway that is right gets the advice %q", r.Advice())
	}
}

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		e    Exchange
		want bool
	}{
		{exchange(func(*Exchange) {}), false},
		{failed(bench.ErrStatus, 404, 0), true},
		{failed(bench.ErrStatus, 400, 0), true},
		{failed(bench.ErrBody, 200, 0), true}, // a page that answers every path
		{failed(bench.ErrBody, 200, 1), false},
		{failed(bench.ErrStatus, 401, 0), false},
		{failed(bench.ErrTimeout, 0, 0), false},
		{failed(bench.ErrConnect, 0, 0), false},
		{failed(bench.ErrTruncated, 200, 1), false},
		{behind("/v1/v1/responses"), false}, // it serves the path, and asks for another
		{behind("/v1/responses"), true},     // it passes on what it is asked for
	} {
		if got := Guess(c.e); got != c.want {
			t.Errorf("%s %d: %v", c.e.Class, c.e.Status, got)
		}
	}
}

// TestGuessOfModes: a gateway that answers one mode rightly serves the endpoint.
func TestGuessOfModes(t *testing.T) {
	right, wrong := exchange(func(*Exchange) {}), failed(bench.ErrStatus, 500, 1)
	if (Result{Asked: []Exchange{right, wrong}}).Guess() || !(Result{Asked: []Exchange{wrong, wrong}}).Guess() {
		t.Error("one right mode does not count")
	}
}

// TestEndpoints: no endpoint twice, the configured one not at all, and every API at
// its own path before any other path.
func TestEndpoints(t *testing.T) {
	own := Endpoint{llmapi.Chat, "/v1/chat/completions"}
	all := Endpoints(own)
	if want := []Endpoint{{llmapi.Responses, "/v1/responses"}, {llmapi.Messages, "/v1/messages"}}; !slices.Equal(all[:2], want) {
		t.Errorf("begins with %v", all[:2])
	}
	for i, e := range all {
		if e == own || slices.Contains(all[:i], e) {
			t.Errorf("%v once too often", e)
		}
	}
	for _, e := range []Endpoint{{llmapi.Chat, "/chat/completions"}, {llmapi.Chat, "/openai/v1/chat/completions"}, {llmapi.Messages, "/anthropic/v1/messages"}} {
		if !slices.Contains(all, e) {
			t.Errorf("%v is missing", e)
		}
	}
}

// TestDocument: each exchange is shown whole, and the last line says what to do.
func TestDocument(t *testing.T) {
	stream := exchange(func(e *Exchange) {
		e.Mode, e.FirstEvent, e.Upstream, e.Rewrites = bench.SSE, 400*time.Microsecond, 2, []string{"rewrites id, model"}
		e.Paths, e.Read = []string{"/v1/responses"}, []string{"text of 9 characters", "status completed"}
	})
	d := Result{Start: "exec gw", Asked: []Exchange{exchange(func(*Exchange) {}), stream}}.Document()
	if d.Word != "ready" || len(d.Sections) != 5 {
		t.Fatalf("%+v", d)
	}
	items := map[string]string{}
	for _, i := range d.Sections[1].Blocks[0].(document.List).Items {
		items[i.Name] = i.Text
	}
	for name, want := range map[string]string{
		"status": "200", "answer": "right: text of 9 characters, status completed", "changes": "rewrites id, model", "time": "first event after 400 µs, 1000 µs in all",
		"upstream": "2 requests to the backend for one of the client: /v1/responses",
	} {
		if items[name] != want {
			t.Errorf("%s: %q, want %q", name, items[name], want)
		}
	}
	if last := d.Sections[4].Blocks[0].(document.Paragraph).Text; last != "ready to measure: proxy-bench run --quick" {
		t.Error(last)
	}
}

// TestHeldBack: a stream that comes at once at its end is reported, one that comes as the
// backend sends it is not, and neither is one that the backend sends at once.
func TestHeldBack(t *testing.T) {
	for name, c := range map[string]struct {
		first, total, stream time.Duration
		want                 bool
	}{
		"held back":    {41 * time.Millisecond, 42 * time.Millisecond, 40 * time.Millisecond, true},
		"passed on":    {time.Millisecond, 42 * time.Millisecond, 40 * time.Millisecond, false},
		"late, whole":  {41 * time.Millisecond, 81 * time.Millisecond, 40 * time.Millisecond, false},
		"sent late":    {time.Millisecond, 2 * time.Millisecond, 40 * time.Millisecond, false},
		"sent at once": {41 * time.Millisecond, 42 * time.Millisecond, 0, false},
	} {
		e := exchange(func(e *Exchange) { e.Mode, e.FirstEvent, e.Total, e.Stream = bench.SSE, c.first, c.total, c.stream })
		r := Result{Asked: []Exchange{e}}
		last := r.Document().Sections
		reported := len(last[len(last)-1].Blocks) == 2
		if e.heldBack() != c.want || reported != c.want || !r.OK() {
			t.Errorf("%s: %v, reported: %v", name, e.heldBack(), reported)
		}
		if d := r.Document(); (d.Word == "ready, with a fault" && strings.Contains(d.Lead[0], "holds streams back")) != c.want || (d.Word == "ready") == c.want {
			t.Errorf("%s: the headline is %q %q", name, d.Word, d.Lead)
		}
	}
}

// TestFacts: harm is in the headline, and the facts stand before what to do next.
func TestFacts(t *testing.T) {
	r := Result{Asked: []Exchange{exchange(func(*Exchange) {})}, Facts: []bench.Fact{
		{Behaviour: "asks-twice", Arm: bench.Head, Seen: 5, Of: 5, Detail: "2 requests to the backend for 1 of the client"},
		{Behaviour: "answered-without-backend", Arm: bench.Head, Seen: 5, Of: 5},
		{Behaviour: "drops-prompt", Arm: bench.Head, Unseen: "no time was left"},
	}}
	d := r.Document()
	if want := "the gateway asks the backend more than once for one request (and 1 more kind of harm)"; len(d.Lead) != 2 || d.Lead[0] != want || d.Word != "ready, with a fault" {
		t.Errorf("headline %q %q, want %q in it", d.Word, d.Lead, want)
	}
	var ids []string
	for _, s := range d.Sections {
		ids = append(ids, s.ID)
	}
	if want := []string{"asked-json", "others", "behaviour", "behaviour-unseen", "", "next"}; !slices.Equal(ids, want) {
		t.Errorf("sections %q, want %q", ids, want)
	}
	if rank := d.Sections[3].Rank; rank != document.Detail {
		t.Errorf("what was not seen has the rank %d", rank)
	}
}

package advice

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestAnswers: each line names what was seen and the setting to change.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		seen Answer
		want []string // in one line or several
	}{
		"right":             {Answer{Status: 200}, nil},
		"no path":           {Answer{Path: "/v1/responses", Status: 404, Class: bench.ErrStatus}, []string{"POST /v1/responses", "request.api", "request.path"}},
		"no method":         {Answer{Path: "/v1/responses", Status: 405, Class: bench.ErrStatus}, []string{"request.api"}},
		"another API":       {Answer{Status: 404, Class: bench.ErrStatus, Serves: []Served{{"/v1/chat/completions", "request.api: chat"}}}, []string{"answers POST /v1/chat/completions: set request.api: chat"}},
		"no key":            {Answer{Status: 401, Class: bench.ErrStatus}, []string{"a key (401)", "request.headers"}},
		"wrong key":         {Answer{Status: 403, Class: bench.ErrStatus, Headers: []string{"Authorization"}}, []string{"another key than Authorization"}},
		"moved":             {Answer{Status: 307, Class: bench.ErrStatus, Location: "/v1/responses/"}, []string{"/v1/responses/", "request.path"}},
		"moved nowhere":     {Answer{Status: 307, Class: bench.ErrStatus}, []string{"without saying where", "request.path"}},
		"large":             {Answer{Status: 413, Bytes: 102400, Class: bench.ErrStatus}, []string{"102400 bytes", "suite.body"}},
		"rate":              {Answer{Status: 429, Class: bench.ErrStatus}, []string{"suite.concurrency"}},
		"refused":           {Answer{Status: 422, Class: bench.ErrStatus}, []string{"(422)", "request.headers", "request.extra", "request.model"}},
		"refused behind":    {Answer{Status: 400, Upstream: 1, Class: bench.ErrStatus}, []string{"passed the request on", "asked the backend"}},
		"no backend":        {Answer{Status: 502, Class: bench.ErrStatus}, []string{"nothing reached the backend", "$UPSTREAM_URL"}},
		"no backend, hangs": {Answer{Class: bench.ErrTimeout}, []string{"nothing reached the backend"}},
		"a page":            {Answer{Status: 200, Class: bench.ErrBody}, []string{"nothing reached the backend", "cache", "gateway.start"}},
		"other words":       {Answer{Status: 200, Class: bench.ErrBody, Upstream: 1}, []string{"not what the backend sent", "gateway.env"}},
		"damage":            {Answer{Status: 200, Class: bench.ErrNoEnd, Upstream: 1}, []string{"damaged", "gateway.env"}},
		"hangs":             {Answer{Class: bench.ErrTimeout, Upstream: 1}, []string{"request.timeout"}},
		"fails before":      {Answer{Status: 500, Class: bench.ErrStatus}, []string{"before it asked the backend", "OPENAI_API_KEY: mock", "$UPSTREAM_URL"}},
		"fails":             {Answer{Status: 500, Class: bench.ErrStatus, Upstream: -1}, []string{"failed by itself", "gateway.env"}},
		"nobody":            {Answer{Class: bench.ErrConnect, Upstream: 0}, []string{"127.0.0.1:$PORT"}},
	} {
		got := strings.Join(Of(c.seen), "\n")
		if (got == "") != (c.want == nil) {
			t.Errorf("%s: %q", name, got)
		}
		for _, text := range c.want {
			if !strings.Contains(got, text) {
				t.Errorf("%s: %q does not say %q", name, got, text)
			}
		}
	}
}

func TestUnserved(t *testing.T) {
	for _, c := range []struct {
		path string
		want string
	}{
		{"/v1/v1/chat/completions", "without /v1"},
		{"/responses", "$UPSTREAM_URL/v1"},
		{"/v1/responses/", "without one at the end"},
		{"/metrics", "does not serve this path"},
	} {
		u := bench.Unserved{Method: "POST", Path: c.path, Status: 404, Count: 20, Reason: "the mock does not serve this path"}
		got := OfUnserved([]bench.Unserved{u})
		if len(got) != 1 || !strings.HasPrefix(got[0], "the gateway asked the backend for POST "+c.path+" (404, 20 times): ") || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %q does not say %q", c.path, got, c.want)
		}
	}
	for _, c := range []struct{ reason, want string }{
		{"not HTTP/1.1", "the gateway sent the backend what is no request (once): not HTTP/1.1"},
		{bench.HandshakeFailed + "bad certificate", "the gateway sent the backend what is no request (once): a TLS handshake that failed: bad certificate; " +
			"have it trust $UPSTREAM_CA, for many with SSL_CERT_FILE: $UPSTREAM_CA in gateway.env"},
	} {
		if got := OfUnserved([]bench.Unserved{{Reason: c.reason, Count: 1}}); got[0] != c.want {
			t.Error(got)
		}
	}
}

func TestUpstream(t *testing.T) {
	for _, c := range []struct {
		n    float64
		want string
	}{
		{1, ""},
		{1.004, ""},
		{0.996, ""},
		{0, "answered without the backend (0.00 upstream requests for each): cached"},
		{0.5, "answered without the backend (0.50 "},
		{2, "more than one upstream request for each (2.00)"},
		{1.01, "more than one"},
	} {
		if got := OfUpstream(c.n); (got == "") != (c.want == "") || !strings.HasPrefix(got, c.want) {
			t.Errorf("%g: %q", c.n, got)
		}
	}
}

func TestListening(t *testing.T) {
	for _, c := range []struct {
		listens []string
		want    string
	}{
		{[]string{"127.0.0.1:18080"}, ""},
		{[]string{"[::1]:9", "0.0.0.0:18080"}, ""},
		{[]string{"[::]:18080"}, ""},
		{[]string{"[::1]:18080"}, "it listens on [::1]:18080, not on 127.0.0.1:18080"},
		{[]string{"127.0.0.1:8000", "127.0.0.1:15000"}, "it listens on 127.0.0.1:8000, 127.0.0.1:15000, not on"},
		{nil, "listens nowhere"},
	} {
		got := OfListening("127.0.0.1:18080", c.listens)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) || got != "" && !strings.Contains(got, "gateway.start") {
			t.Errorf("%v: %q", c.listens, got)
		}
	}
}

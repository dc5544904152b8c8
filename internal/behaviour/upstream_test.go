package behaviour

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// sighted is what a behaviour says of an exchange in a situation.
func sighted(t *testing.T, name bench.BehaviourName, x exchange.Exchange, direct ...exchange.Exchange) sight {
	t.Helper()
	b, ok := Describe(name)
	if !ok {
		t.Fatalf("there is no behaviour %s", name)
	}
	if x.Situation == "" {
		x.Situation = b.In[0]
	}
	return b.look(x, direct)
}

// over are requests to the backend over connections of these numbers.
func over(connections ...int64) (all []exchange.Received) {
	for _, c := range connections {
		all = append(all, exchange.Received{Connection: c, Whole: true})
	}
	return all
}

func asks(sent int, received ...exchange.Received) exchange.Exchange {
	return exchange.Exchange{Sent: make([]exchange.Sent, sent), Answers: make([]exchange.Answer, sent), Received: received}
}

func TestRequestsToTheBackend(t *testing.T) {
	stranger := asks(1)
	stranger.Strangers = 1
	beside := asks(1, over(1)...)
	beside.Strangers = 3
	failed := asks(2, over(1)...)
	failed.Answers[1] = exchange.Answer{Class: bench.ErrStatus, Detail: "status 500"}
	tests := []struct {
		name           bench.BehaviourName
		x              exchange.Exchange
		possible, seen bool
	}{
		{"answered-without-backend", asks(1, over(1)...), true, false},
		{"answered-without-backend", asks(1), true, true},
		{"answered-without-backend", stranger, true, false},
		{"answered-without-backend", failed, false, false},
		{"asks-twice", asks(1, over(1)...), true, false},
		{"asks-twice", asks(1, over(1, 2)...), true, true},
		{"asks-twice", beside, true, false}, // of another gateway
		{"answers-from-cache", asks(6, over(1, 1, 1, 1, 1, 1)...), true, false},
		{"answers-from-cache", asks(6, over(1)...), true, true},
		{"joins-requests", asks(3, over(1, 2, 3)...), true, false},
		{"joins-requests", asks(3, over(1)...), true, true},
		{"connection-per-request", asks(6, over(1, 1, 1, 1, 1, 1)...), true, false},
		{"connection-per-request", asks(6, over(4, 5, 7, 8, 9, 10)...), true, true},
		{"connection-per-request", asks(6, over(4, 5, 5, 8, 9, 10)...), true, false},
		{"connection-per-request", asks(6, over(4, 5, 7, 8, 9, 3)...), true, false}, // a pool in turn
		{"connection-per-request", asks(6, over(1)...), false, false},
		{"connection-per-request", failed, false, false},
	}
	for _, test := range tests {
		s := sighted(t, test.name, test.x)
		if s.possible != test.possible || s.seen != test.seen {
			t.Errorf("%s: %+v, want possible %t, seen %t", test.name, s, test.possible, test.seen)
		}
		if !s.possible && s.why == "" {
			t.Errorf("%s does not say why it cannot be seen", test.name)
		}
	}
}

const request = `{"model":"m","stream":true,"store":false,"messages":[{"role":"system","content":"Be brief."},` +
	`{"role":"user","content":[{"type":"text","text":"Says \"so\", café."}]}],"n":1.0}`

// forwarded is one request that reached the backend with this body.
func forwarded(body string) exchange.Exchange {
	x := asks(1, exchange.Received{Body: []byte(body), Whole: strings.Contains(body, "café") || strings.Contains(body, "caf\\u00e9"), Stream: strings.Contains(body, `"stream":true`)})
	x.Sent[0] = exchange.Sent{Body: []byte(request), Stream: true, Headers: map[string][]string{"Authorization": {"Bearer secret"}, "Accept": {"application/json"}}}
	return x
}

func TestPrompt(t *testing.T) {
	tests := map[string]struct {
		body string
		seen bool
	}{
		"as it is":      {request, false},
		"another API":   {`{"input":[{"content":"Be brief."},{"content":"Says \"so\", café."}]}`, false},
		"in one text":   {`{"prompt":"SYSTEM: Be brief.\nUSER: Says \"so\", caf\u00e9.\n"}`, false},
		"cut":           {`{"messages":[{"content":"Be brief."},{"content":"Says \"so\""}]}`, true},
		"a turn lost":   {`{"messages":[{"content":"Says \"so\", café."}]}`, true},
		"nothing":       {`{}`, true},
		"no JSON":       {``, true},
		"another place": {`{"a":"Be brief.","b":"Says \"so\", café."}`, false},
	}
	for name, test := range tests {
		if s := sighted(t, "drops-prompt", forwarded(test.body)); !s.possible || s.seen != test.seen {
			t.Errorf("%s: %+v, want seen %t", name, s, test.seen)
		}
	}
	lost := asks(1)
	lost.Strangers = 1
	if s := sighted(t, "drops-prompt", lost); !s.seen {
		t.Errorf("a request without a prompt: %+v", s)
	}
	if s := sighted(t, "drops-prompt", asks(1)); s.possible || s.why == "" {
		t.Errorf("no request: %+v", s)
	}
}

func TestStreamFlag(t *testing.T) {
	for body, seen := range map[string]bool{request: false, `{"stream":false}`: true, `{}`: true} {
		if s := sighted(t, "drops-stream-flag", forwarded(body)); !s.possible || s.seen != seen {
			t.Errorf("%s: %+v, want seen %t", body, s, seen)
		}
		if s := sighted(t, "adds-stream-flag", forwarded(body)); !s.possible || s.seen == seen {
			t.Errorf("%s: %+v, want seen %t", body, s, !seen)
		}
	}
}

func TestBodyChanges(t *testing.T) {
	tests := map[string][]string{
		request: nil,
		` {"n":1,"store":false,"stream":true,"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Says \"so\", caf\u00e9."}]}]}`:                                {"writes the same JSON in another way"},
		`{"model":"other","stream":true,"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Says \"so\", café.","cache":{}}]},{"role":"user"}],"n":1.0,"meta":{"team":1}}`: {"adds messages[]", "adds messages[].content[].cache", "adds meta", "changes model", "drops store"},
		`{"model":{},"stream":true,"store":false,"messages":"x","n":1.0}`: {"changes messages", "changes model"},
		`[]`:     {"changes all of it"},
		`{"a":1`: {"is no JSON any more"},
	}
	for body, want := range tests {
		if got := sighted(t, "request-body", forwarded(body)).says; !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}

// TestSecretsAreNotShown: only names of headers and of the query, but for values that
// are known to be harmless.
func TestSecretsAreNotShown(t *testing.T) {
	x := forwarded(request)
	x.Received[0].Method, x.Received[0].Target, x.Received[0].Proto = "POST", "/v1/x?key=secret&a=secret", "HTTP/1.1"
	x.Received[0].Headers = map[string][]string{
		"Authorization": {"Bearer another secret"}, "X-Api-Key": {"secret"}, "Cookie": {"secret"},
		"Accept": {"*/*"}, "Accept-Encoding": {"gzip;q=1.0, br, identity"}, "Content-Length": {"7"},
	}
	want := map[bench.BehaviourName][]string{
		"request-headers": {"adds Accept-Encoding: gzip;q=1.0, br, identity", "adds Cookie", "adds X-Api-Key", "changes Accept to */*", "changes Authorization"},
		"backend-path":    {"POST /v1/x?a&key"}, "backend-protocol": {"HTTP/1.1"}, "backend-compression": {"gzip", "br"},
	}
	for name, says := range want {
		s := sighted(t, name, x)
		if !slices.Equal(s.says, says) || !s.seen {
			t.Errorf("%s says %q, want %q", name, s.says, says)
		}
		if strings.Contains(strings.Join(s.says, s.detail), "secret") {
			t.Errorf("%s shows a secret", name)
		}
	}
}

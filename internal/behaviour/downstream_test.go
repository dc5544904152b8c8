package behaviour

import (
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// answered is one request with this answer.
func answered(a exchange.Answer) exchange.Exchange {
	return exchange.Exchange{API: llmapi.Default, Sent: make([]exchange.Sent, 1), Answers: []exchange.Answer{a}, Received: over(1)}
}

// TestBrokenAnswers: each class of wrong answers is one behaviour, and answers that did
// not come are none.
func TestBrokenAnswers(t *testing.T) {
	want := map[bench.ErrorClass]bench.BehaviourName{
		"": "", bench.ErrConnect: "unseen", bench.ErrStale: "unseen", bench.ErrTimeout: "unseen",
		bench.ErrStatus: "fails-requests", bench.ErrProtocol: "fails-requests", bench.ErrFailed: "fails-requests",
		bench.ErrTruncated: "loses-end", bench.ErrNoEnd: "loses-end", bench.ErrBody: "breaks-text",
		bench.ErrLost: "loses-events", bench.ErrRepeated: "doubles-events", bench.ErrReordered: "reorders-events",
		bench.ErrEvent: "breaks-events",
	}
	for class, name := range want {
		for _, b := range downstreamAnswers {
			x := answered(exchange.Answer{Class: class, Detail: "so", Headers: map[string][]string{"Content-Type": {"text/event-stream"}}})
			x.Sent[0].Stream = true
			s := b.look(x, nil)
			if b.Name == "breaks-tool-calls" {
				continue
			}
			if s.seen != (b.Name == name) || s.possible != (name != "unseen") || s.possible == (s.why != "") {
				t.Errorf("%s of an answer of the class %q: %+v", b.Name, class, s)
			}
		}
	}
}

// TestLostPromptExcuses: a backend that was not told which answer is wanted gives
// another one, which is no fault of its own in what comes back.
func TestLostPromptExcuses(t *testing.T) {
	x := answered(exchange.Answer{Class: bench.ErrBody, Detail: "so"})
	x.Received, x.Strangers = nil, 1
	if s := sighted(t, "breaks-text", x); s.possible || s.why == "" {
		t.Errorf("another answer: %+v", s)
	}
	x.Answers[0].Class = bench.ErrStatus
	if s := sighted(t, "fails-requests", x); !s.seen {
		t.Errorf("a refusal: %+v", s)
	}
}

func TestEventNames(t *testing.T) {
	for _, test := range []struct {
		api            llmapi.API
		names          []string
		possible, seen bool
	}{
		{llmapi.Responses, []string{"response.created", ""}, true, false},
		{llmapi.Responses, []string{"", ""}, true, true},
		{llmapi.Messages, []string{"", ""}, true, true},
		{llmapi.Responses, nil, false, false},
		{llmapi.Chat, []string{"", ""}, false, false},
	} {
		var a exchange.Answer
		for _, name := range test.names {
			a.Events = append(a.Events, exchange.Event{Name: name})
		}
		x := answered(a)
		x.API = test.api
		if s := sighted(t, "drops-event-names", x); s.possible != test.possible || s.seen != test.seen {
			t.Errorf("%s, %q: %+v", test.api, test.names, s)
		}
	}
}

func with(headers ...string) exchange.Exchange {
	a := exchange.Answer{Status: 200, Headers: map[string][]string{}}
	for i := 0; i < len(headers); i += 2 {
		a.Headers[headers[i]] = []string{headers[i+1]}
	}
	x := answered(a)
	x.Situation = exchange.Stream
	return x
}

func TestHeadersOfAnswers(t *testing.T) {
	direct := with("Content-Type", "text/event-stream; charset=utf-8", "Date", "Monday", "Cache-Control", "no-cache")
	direct.Arm = bench.Direct
	tests := []struct {
		got  exchange.Exchange
		seen bool
		says []string
	}{
		{with("Content-Type", "text/event-stream; charset=utf-8", "Date", "Tuesday", "Cache-Control", "no-cache"), false, nil},
		{with("Content-Type", "text/event-stream", "Set-Cookie", "secret"), false, []string{"adds Set-Cookie", "changes Content-Type to text/event-stream", "drops Cache-Control", "drops Date"}},
		{with("Content-Type", "text/plain", "Date", "", "Cache-Control", "no-cache"), true, []string{"changes Content-Type to text/plain"}},
		{with("Date", "", "Cache-Control", "no-cache"), true, []string{"drops Content-Type"}},
	}
	for _, test := range tests {
		if s := sighted(t, "changes-content-type", test.got, direct); !s.possible || s.seen != test.seen {
			t.Errorf("%v: %+v, want seen %t", test.got.Answers[0].Headers, s, test.seen)
		}
		if s := sighted(t, "answer-headers", test.got, direct); !s.possible || !slices.Equal(s.says, test.says) {
			t.Errorf("%v says %q, want %q", test.got.Answers[0].Headers, s.says, test.says)
		}
	}
	for _, name := range []bench.BehaviourName{"changes-content-type", "answer-headers"} {
		if s := sighted(t, name, direct); s.possible || s.why == "" {
			t.Errorf("%s without a direct exchange: %+v", name, s)
		}
	}
}

func TestRewritesOfAnswers(t *testing.T) {
	a := exchange.Answer{Rewrites: []bench.Rewrite{{Kind: bench.Rewrites, Path: "model"}, {Kind: bench.Adds, Path: "cost"}, {Kind: bench.Recuts}}}
	want := []string{"rewrites model", "adds cost", "cuts the text of streams anew"}
	if s := sighted(t, "answer-body", answered(a)); !slices.Equal(s.says, want) {
		t.Errorf("%+v", s)
	}
}

// TestCompression: a compressed stream whose text comes when all has been sent.
func TestCompression(t *testing.T) {
	stream := func(coding string, came ...time.Duration) exchange.Exchange {
		x := with("Content-Encoding", coding)
		x.Answers[0].Events = []exchange.Event{{At: 1}}
		for i, at := range came {
			x.Answers[0].Events = append(x.Answers[0].Events, exchange.Event{At: at, Sent: []time.Duration{time.Duration(10 * (i + 1))}})
		}
		return x
	}
	for name, test := range map[string]struct {
		x    exchange.Exchange
		seen bool
	}{
		"compressed in time":    {stream("gzip", 11, 21, 31), false},
		"compressed in batches": {stream("gzip", 21, 21, 31), false},
		"compressed and held":   {stream("gzip", 31, 31, 31), true},
		"held":                  {stream("identity", 31, 31, 31), false},
	} {
		if s := sighted(t, "holds-compressed-streams", test.x); !s.possible || s.seen != test.seen {
			t.Errorf("%s: %+v, want seen %t", name, s, test.seen)
		}
	}
	if s := sighted(t, "holds-compressed-streams", with("Content-Encoding", "gzip")); s.possible {
		t.Errorf("an answer without events: %+v", s)
	}
	broken := with("Content-Encoding", "gzip")
	broken.Answers[0].Class, broken.Answers[0].Detail = bench.ErrBody, "no gzip"
	if s := sighted(t, "breaks-compressed-answers", broken); !s.seen {
		t.Errorf("%+v", s)
	}
	plain := with()
	plain.Answers[0].Class = bench.ErrLost
	if s := sighted(t, "breaks-compressed-answers", plain); s.seen {
		t.Errorf("an answer that is wrong for another reason: %+v", s)
	}
	plain.Situation, plain.Answers[0].Body = exchange.Coded, []byte("\x1f\x8b...")
	if s := sighted(t, "breaks-compressed-answers", plain); !s.seen {
		t.Errorf("a compressed answer that does not say so: %+v", s)
	}
	if s := sighted(t, "compresses-answers", with("Content-Encoding", "br")); !slices.Equal(s.says, []string{"br"}) {
		t.Errorf("%+v", s)
	}
	if s := sighted(t, "compresses-answers", with()); s.seen || !s.possible {
		t.Errorf("%+v", s)
	}
}

package behaviour

import (
	"slices"
	"strconv"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// failedAs is an exchange whose backend plays a failure of which the client sees an
// answer.
func failedAs(play exchange.Play, stream bool, a exchange.Answer) exchange.Exchange {
	return exchange.Exchange{
		Situation: exchange.Failing, Case: caseOf(play), Arm: bench.Head, Meant: []exchange.Play{play},
		Sent:     []exchange.Sent{{Stream: stream}},
		Answers:  []exchange.Answer{a},
		Received: []exchange.Received{{Ended: ms}},
	}
}

// caseOf is one in which a play occurs.
func caseOf(play exchange.Play) string {
	switch {
	case play.Cut:
		return exchange.CutStream
	case play.ErrorEvent:
		return exchange.ErrorEvent
	}
	return strconv.Itoa(play.Status)
}

func TestErrors(t *testing.T) {
	const body = `{"error":{"message":"too many","type":"requests"}}`
	limited := exchange.Play{Status: 429, Headers: map[string]string{"Retry-After": "7"}}
	ends := func(a exchange.Answer) exchange.Answer {
		a.End = ms
		return a
	}
	kept := map[string][]string{"Retry-After": {"7"}}
	event := func(name, data string) []exchange.Event {
		return []exchange.Event{{Name: name, Data: []byte(data)}, {Data: []byte("[DONE]")}}
	}
	for name, c := range map[string]struct {
		play   exchange.Play
		stream bool
		a      exchange.Answer
		want   []string
	}{
		"passed on":              {limited, false, ends(exchange.Answer{Status: 429, Headers: kept}), nil},
		"another number to wait": {limited, false, ends(exchange.Answer{Status: 429, Headers: map[string][]string{"Retry-After": {"1"}}}), nil},
		"nothing to wait for":    {limited, false, ends(exchange.Answer{Status: 429}), []string{"loses-retry-after"}},
		"429 as 500":             {limited, false, ends(exchange.Answer{Status: 500}), []string{"changes-errors"}},
		"429 as an error event":  {limited, true, ends(exchange.Answer{Status: 200, Events: event("", `{"error":{"message":"m"}}`)}), []string{"changes-errors"}},
		"429 as a success":       {limited, false, ends(exchange.Answer{Status: 200}), []string{"hides-errors"}},
		"429 breaks off":         {limited, false, exchange.Answer{Broken: "closed"}, []string{"changes-errors"}},
		"500 as 502":             {exchange.Play{Status: 500}, false, ends(exchange.Answer{Status: 502}), nil},
		"401 as 403":             {exchange.Play{Status: 401}, false, ends(exchange.Answer{Status: 403}), nil},
		"401 as 404":             {exchange.Play{Status: 401}, false, ends(exchange.Answer{Status: 404}), []string{"changes-errors"}},
		"404 as 500":             {exchange.Play{Status: 404}, false, ends(exchange.Answer{Status: 500}), []string{"changes-errors"}},
		"cut, cut":               {exchange.Play{Cut: true}, true, exchange.Answer{Status: 200, Broken: "closed"}, nil},
		"cut as 502":             {exchange.Play{Cut: true}, false, ends(exchange.Answer{Status: 502}), nil},
		"cut as an error event":  {exchange.Play{Cut: true}, true, ends(exchange.Answer{Status: 200, Events: event("error", `{}`)}), nil},
		"cut as a whole":         {exchange.Play{Cut: true}, true, ends(exchange.Answer{Status: 200, Events: event("", `{"type":"response.created","error":null}`)}), []string{"hides-errors"}},
		"cut as 400":             {exchange.Play{Cut: true}, false, ends(exchange.Answer{Status: 400}), []string{"changes-errors"}},
		"event passed on":        {exchange.Play{ErrorEvent: true}, true, ends(exchange.Answer{Status: 200, Events: event("error", `{"type":"error"}`)}), nil},
		"event lost":             {exchange.Play{ErrorEvent: true}, true, ends(exchange.Answer{Status: 200}), []string{"hides-errors"}},
		"event, then broken":     {exchange.Play{ErrorEvent: true}, true, exchange.Answer{Status: 200, Broken: "closed"}, []string{"changes-errors"}},
		"response.failed is one": {exchange.Play{ErrorEvent: true}, true, ends(exchange.Answer{Status: 200, Events: event("", `{"type":"response.failed"}`)}), nil},
	} {
		c.a.Body = []byte(body)
		direct := failedAs(c.play, c.stream, exchange.Answer{Status: c.play.Status, Headers: kept, Body: []byte(body), Broken: "closed"})
		if c.play.ErrorEvent {
			direct.Answers[0].Events = event("error", `{}`)
		}
		direct.Arm = bench.Direct
		seen := seenOf(direct, failedAs(c.play, c.stream, c.a))
		for name := range seen {
			if b, _ := Describe(bench.BehaviourName(name)); !b.Harm {
				delete(seen, name)
			}
		}
		if !slices.Equal(names(seen), c.want) {
			t.Errorf("%s: %+v, want %v", name, seen, c.want)
		}
	}
}

func TestWaitsOnErrors(t *testing.T) {
	x := failedAs(exchange.Play{Cut: true}, true, exchange.Answer{Status: 200, Head: ms})
	x.Sent[0].Left = 2000 * ms
	if seen := seenOf(x); !slices.Equal(names(seen), []string{"hangs-on-errors"}) {
		t.Errorf("%+v", seen)
	}
	x.Received[0].Ended = 1500 * ms // it is slow
	if seen := seenOf(x); len(seen) > 0 {
		t.Errorf("%+v", seen)
	}
	x = failedAs(exchange.Play{Status: 500}, false, exchange.Answer{})
	x.Sent[0].Left = 2000 * ms
	if seen := seenOf(x); len(seen) > 0 {
		t.Errorf("%+v", seen)
	}
	x.Received = append(x.Received, x.Received[0], x.Received[0])
	if seen := seenOf(x); !slices.Equal(names(seen), []string{"retries"}) || *seen["retries"].Value != 3 {
		t.Errorf("%+v", seen)
	}
}

func TestNextAfterError(t *testing.T) {
	for class, want := range map[bench.ErrorClass]bool{"": false, bench.ErrStatus: true} {
		a := exchange.Answer{Status: 200, End: ms, Class: class}
		x := exchange.Exchange{Situation: exchange.AfterFailing, Arm: bench.Head, Answers: []exchange.Answer{a}}
		if _, seen := seenOf(x)["unwell-after-errors"]; seen != want {
			t.Errorf("%q: %t", class, seen)
		}
	}
}

func TestWordsOfErrors(t *testing.T) {
	const own = `{"error":{"message":"too many"}}`
	play := exchange.Play{Status: 500}
	direct := failedAs(play, false, exchange.Answer{Status: 500, End: ms, Body: []byte(own)})
	direct.Arm = bench.Direct
	for body, want := range map[string][]string{
		own:                         nil,
		`{"message":"too many"}`:    nil,
		`{"error":{"message":"x"}}`: {"a message of its own"},
		`{"error":{"message":"upstream: too many"}}`: {"the message within another"},
		"Bad Gateway": {"no message where an SDK looks for it"},
	} {
		x := failedAs(play, false, exchange.Answer{Status: 500, End: ms, Body: []byte(body)})
		for _, f := range Facts([]exchange.Exchange{direct, x}) {
			if f.Arm == bench.Head && f.Behaviour == "words-of-errors" && !slices.Equal(f.Says, want) {
				t.Errorf("%s: %q, want %q", body, f.Says, want)
			}
		}
	}
}

package behaviour

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// outcome is what a client sees of a request whose backend fails.
type outcome struct {
	kind   outcomeKind
	status int // of a refusal
}

type outcomeKind int

const (
	success    outcomeKind = iota // an answer that is whole and tells of no failure
	refusal                       // an error status
	errorEvent                    // a stream with an event that tells of the failure
	brokenOff                     // the connection ends inside the answer, or before it
	waiting                       // nothing, until the client went away
)

func (o outcome) String() string {
	switch o.kind {
	case refusal:
		return fmt.Sprintf("status %d", o.status)
	case errorEvent:
		return "an error event"
	case brokenOff:
		return "the answer breaks off"
	case waiting:
		return "no end of the answer"
	default:
		return "a success"
	}
}

// asGoodAs reports whether a client that sees got instead of o knows the same: whether the
// request was wrong, it may not ask, there is no such thing, it should ask again later,
// or the backend is unwell.
func (o outcome) asGoodAs(got outcome) bool {
	switch o.kind {
	case refusal:
		return got.kind == refusal && classOf(o.status) == classOf(got.status)
	case brokenOff: // an error in words is no worse than a connection that ends
		return got.kind == brokenOff || got.kind == errorEvent || got.kind == refusal && got.status >= 500
	default:
		return got.kind == o.kind
	}
}

// classOf are the statuses by what a client does about them, one for all of a class.
func classOf(status int) int {
	switch {
	case status >= 500:
		return 500
	case status == 422 || status == 413:
		return 400
	case status == 403:
		return 401
	case status == 405 || status == 410:
		return 404
	}
	return status
}

// failed is the request whose backend fails.
func failed(x exchange.Exchange) (a exchange.Answer, sent exchange.Sent, play exchange.Play, why string) {
	if len(x.Answers) == 0 || len(x.Sent) == 0 || len(x.Meant) == 0 {
		return a, sent, play, "no failure was asked for"
	}
	if len(x.Received) == 0 {
		return a, sent, x.Meant[0], "the request did not reach the backend"
	}
	return x.Answers[0], x.Sent[0], x.Meant[0], ""
}

// outcomes are what the client was meant to see and what it saw.
func outcomes(x exchange.Exchange) (want, got outcome, why string) {
	a, sent, play, why := failed(x)
	if why != "" {
		return want, got, why
	}
	if got = outcomeOf(a, sent); got.kind == waiting {
		return want, got, "the client went away before the end of the answer"
	}
	switch {
	case play.Cut:
		want.kind = brokenOff
	case play.ErrorEvent && sent.Stream:
		want.kind = errorEvent
	default:
		want = outcome{refusal, play.Status}
	}
	return want, got, ""
}

func outcomeOf(a exchange.Answer, sent exchange.Sent) outcome {
	switch {
	case sent.Left > 0 && a.End == 0:
		return outcome{kind: waiting}
	case a.Status >= 400:
		return outcome{refusal, a.Status}
	case tellsFailure(a):
		return outcome{kind: errorEvent}
	case a.Broken != "" || a.Status == 0:
		return outcome{kind: brokenOff}
	}
	return outcome{kind: success}
}

// tellsFailure reports whether an event of the answer says that the stream has failed.
func tellsFailure(a exchange.Answer) bool {
	for _, e := range a.Events {
		var data struct {
			Type  string          `json:"type"`
			Error json.RawMessage `json:"error"`
		}
		bad := json.Unmarshal(e.Data, &data)
		switch {
		case e.Name == "error":
			return true
		case bad != nil:
			continue // no JSON, such as the end mark of OpenAI's APIs
		case data.Type == "error" || data.Type == "response.failed" || data.Type == "response.incomplete":
			return true
		case len(data.Error) > 0 && string(data.Error) != "null":
			return true
		}
	}
	return false
}

// messageOf is the message of an error where official SDKs look for it; empty if there is
// none.
func messageOf(body []byte) string {
	var in struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	var inner struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(in.Error, &inner) == nil && inner.Message != "" {
		return inner.Message
	}
	return in.Message
}

func contains(body []byte, text string) bool { return bytes.Contains(body, []byte(text)) }

package behaviour

import (
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// errorAnswers are about what becomes of a backend's failures. Each kind of failure is a
// case.
var errorAnswers = []Behaviour{
	{
		Name: "hides-errors", Group: Errors, Harm: true,
		Title: "hides failures of the backend: the client sees a success",
		Look:  "a status that is not passed on; a read error that is taken for the end of the answer; an answer of the gateway's own",
		In:    []exchange.Situation{exchange.Failing},
		look: failing(func(want, got outcome) sight {
			return sight{possible: true, seen: got.kind == success}
		}),
	},
	{
		Name: "changes-errors", Group: Errors, Harm: true,
		Title: "turns failures of the backend into others",
		Look:  "an error handler that answers with one status for all; a head that is sent before the backend has answered",
		In:    []exchange.Situation{exchange.Failing},
		look: failing(func(want, got outcome) sight {
			if got.kind == success {
				return sight{why: "the client sees a success"}
			}
			return sight{possible: true, seen: !want.asGoodAs(got)}
		}),
	},
	{
		Name: "hangs-on-errors", Group: Errors, Harm: true,
		Title: "leaves the client waiting when the backend has failed",
		Look:  "an error of the backend's body that nobody handles, such as a pipe without an error handler",
		In:    []exchange.Situation{exchange.Failing},
		cases: []string{exchange.CutJSON, exchange.CutStream, exchange.ErrorEvent},
		look:  lookHanging,
	},
	{
		Name: "loses-retry-after", Group: Errors, Harm: true,
		Title: "loses the Retry-After of a backend that limits the rate",
		Look:  "the headers of errors that are passed on",
		In:    []exchange.Situation{exchange.Failing},
		cases: []string{exchange.Limited, exchange.LimitedStream},
		look:  lookRetryAfter,
	},
	{
		Name: "unwell-after-errors", Group: Errors, Harm: true, OfItsOwn: true,
		Title: "does not answer rightly the requests that follow failures of the backend",
		Look:  "a connection or a worker that a failure leaves unusable; a circuit that opens at the first failure",
		In:    []exchange.Situation{exchange.AfterFailing},
		look:  lookNext,
	},
	{
		Name: "retries", Group: Errors, Unit: bench.Count,
		Title: "asks the backend again when it fails or is silent",
		Look:  "the retries and time-outs of the client that asks the backend",
		In:    []exchange.Situation{exchange.Failing, exchange.Silent},
		look:  lookRetries,
	},
	{
		Name: "words-of-errors", Group: Errors,
		Title: "words failures of the backend in its own way",
		Look:  "the body and the status of errors that are passed on",
		In:    []exchange.Situation{exchange.Failing},
		cases: exchange.Statuses,
		look:  lookWords,
	},
}

// failing compares what a client was meant to see of a failure with what it saw.
func failing(look func(want, got outcome) sight) func(exchange.Exchange, []exchange.Exchange) sight {
	return func(x exchange.Exchange, _ []exchange.Exchange) sight {
		want, got, why := outcomes(x)
		if why != "" {
			return sight{why: why}
		}
		s := look(want, got)
		if s.possible {
			s.detail = fmt.Sprintf("the backend: %s; the client: %s", want, got)
		}
		return s
	}
}

// hangs is how long a client waits at least after the backend's end before the gateway
// has left it waiting.
const hangs = time.Second

// lookHanging is for failures that nobody asks again for: an answer that has begun. A
// client that waits for an answer that has not may wait for a further try.
func lookHanging(x exchange.Exchange, _ []exchange.Exchange) sight {
	a, sent, play, why := failed(x)
	switch {
	case why != "":
		return sight{why: why}
	case sent.Left == 0:
		return sight{possible: true}
	case a.Head == 0 && !play.Cut, len(x.Received) != 1 || x.Received[0].Ended == 0:
		return sight{why: "the client went away while the gateway tried again"}
	}
	wait := sent.Left - x.Received[0].Ended
	if wait < max(hangs, (sent.Left-sent.At)/2) { // most of it went by before: it is slow
		return sight{why: "the client went away before it was clear that nothing more would come"}
	}
	return sight{
		possible: true, seen: true,
		detail: fmt.Sprintf("the client was still waiting %s after the backend's end", short(wait)),
	}
}

const retryAfter = "Retry-After"

func lookRetryAfter(x exchange.Exchange, _ []exchange.Exchange) sight {
	a, _, play, why := failed(x)
	want := play.Headers[retryAfter]
	switch {
	case why != "":
		return sight{why: why}
	case a.Status != play.Status:
		return sight{why: fmt.Sprintf("the client sees no %d", play.Status)}
	}
	got := a.Headers[retryAfter]
	detail := fmt.Sprintf("the backend says Retry-After: %s, the client sees %q", want, got)
	if len(got) == 0 {
		detail = fmt.Sprintf("the backend says Retry-After: %s, the client sees none", want)
	}
	return sight{possible: true, seen: len(got) == 0, detail: detail}
}

// lookNext looks at a request that was sent after the failing ones.
func lookNext(x exchange.Exchange, _ []exchange.Exchange) sight {
	if len(x.Answers) == 0 {
		return sight{why: "no request was sent after them"}
	}
	if x.Answers[0].Class == bench.ErrTimeout { // of a machine or a gateway that is busy
		return sight{why: "the next request: " + x.Answers[0].Trouble()}
	}
	if a := x.Answers[0]; a.Class != "" || a.Broken != "" || a.Status != 200 {
		return sight{possible: true, seen: true, detail: "the next request: " + a.Trouble()}
	}
	return sight{possible: true}
}

func lookRetries(x exchange.Exchange, _ []exchange.Exchange) sight {
	if _, _, _, why := failed(x); why != "" {
		return sight{why: why}
	}
	n := len(x.Received)
	s := sight{possible: true, seen: n > 1, detail: count(n, "request") + " to the backend"}
	if s.seen {
		s.value = new(float64(n))
	}
	return s
}

// lookWords says whether a client reads the backend's own words. What the direct path
// brings is these.
func lookWords(x exchange.Exchange, direct []exchange.Exchange) sight {
	a, _, play, why := failed(x)
	switch {
	case why != "":
		return sight{why: why}
	case a.Status < 400:
		return sight{why: fmt.Sprintf("the client sees no %d", play.Status)}
	}
	i := slices.IndexFunc(direct, func(d exchange.Exchange) bool { return len(d.Answers) > 0 && len(d.Answers[0].Body) > 0 })
	if i < 0 {
		return sight{why: "the direct path brought no error"}
	}
	said := messageOf(direct[i].Answers[0].Body)
	s := sight{possible: true}
	if a.Status != play.Status {
		s.says = append(s.says, fmt.Sprintf("status %d for %d", a.Status, play.Status))
	}
	switch got := messageOf(a.Body); {
	case got == "":
		s.says = append(s.says, "no message where an SDK looks for it")
	case got != said && contains(a.Body, said):
		s.says = append(s.says, "the message within another")
	case got != said:
		s.says = append(s.says, "a message of its own")
	}
	s.seen = len(s.says) > 0
	return s
}

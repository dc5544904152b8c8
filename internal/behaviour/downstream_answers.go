package behaviour

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// downstreamAnswers are about answers that the backend gave rightly and that an
// official SDK does not read as such. Cases tell apart what the backend did.
var downstreamAnswers = []Behaviour{
	broken("fails-requests", "answers right requests with errors",
		"the gateway's own log; limits of the size of requests and answers",
		toDeliver, bench.ErrStatus, bench.ErrProtocol, bench.ErrFailed),
	broken("breaks-text", "damages what answers say",
		"what decodes bytes into text before they are complete, or escapes and unescapes text",
		texts, bench.ErrBody),
	brokenStream("loses-events", "loses parts of streams",
		"buffers that are dropped when they are full, and parsers of events that expect each whole in one read",
		texts, bench.ErrLost),
	brokenStream("doubles-events", "sends parts of streams twice",
		"buffers that are sent again after an event that came in pieces",
		toDeliver, bench.ErrRepeated),
	brokenStream("reorders-events", "sends parts of streams in another order",
		"writers that run at the same time",
		toDeliver, bench.ErrReordered),
	broken("loses-end", "ends answers before their end",
		"whether the last event is passed on, and whether the connection is closed with data in a buffer",
		toDeliver, bench.ErrNoEnd, bench.ErrTruncated),
	brokenStream("breaks-events", "leaves events of streams out, or damages them",
		"what the gateway does with events that carry no text",
		texts, bench.ErrEvent),
	broken("breaks-tool-calls", "damages tool calls",
		"what reads answers as texts: the name, the id and the arguments of a call, and their pieces in a stream",
		[]exchange.Situation{exchange.ToolCall}, bench.ErrBody, bench.ErrLost, bench.ErrEvent),
}

// texts are the situations whose answers are texts that have to come as they were sent,
// and toDeliver those of all answers.
var (
	texts     = []exchange.Situation{exchange.JSON, exchange.Stream, exchange.Pieces, exchange.Large}
	toDeliver = append(slices.Clip(texts), exchange.ToolCall)
)

// broken is the harm of answers that are wrong in some ways.
func broken(name bench.BehaviourName, title, look string, in []exchange.Situation, classes ...bench.ErrorClass) Behaviour {
	return Behaviour{
		Name: name, Group: Downstream, Harm: true, LosesWork: true, Title: title, Look: look, In: in,
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			for i, a := range x.Answers {
				switch {
				case never(a):
					return sight{why: "no answer came: " + a.Detail + a.Broken}
				case len(x.Received) < len(x.Sent) && a.Class != "" && !refused(a):
					return sight{why: "the backend could not know which answer was wanted"}
				case a.Class == bench.ErrBody && x.Sent[i].Stream && !isStream(a):
					return sight{why: "the answer is no stream: " + a.Detail}
				}
				if slices.Contains(classes, a.Class) {
					return sight{possible: true, seen: true, detail: a.Detail}
				}
			}
			return sight{possible: len(x.Answers) > 0}
		},
	}
}

// refused reports whether an answer tells of a failure.
func refused(a exchange.Answer) bool {
	return a.Class == bench.ErrStatus || a.Class == bench.ErrProtocol || a.Class == bench.ErrFailed
}

// brokenStream is the same of streams alone.
func brokenStream(name bench.BehaviourName, title, look string, in []exchange.Situation, classes ...bench.ErrorClass) Behaviour {
	b := broken(name, title, look, in, classes...)
	whole := b.look
	b.look = func(x exchange.Exchange, direct []exchange.Exchange) sight {
		if len(x.Sent) > 0 && !x.Sent[0].Stream {
			return sight{}
		}
		return whole(x, direct)
	}
	return b
}

// isStream reports whether a client reads the answer as a stream.
func isStream(a exchange.Answer) bool {
	return strings.HasPrefix(header(a, "Content-Type"), "text/event-stream")
}

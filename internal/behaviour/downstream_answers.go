package behaviour

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// downstreamAnswers are about answers that the backend gave rightly and that an
// official SDK does not read as such. Cases tell apart what the backend did.
var downstreamAnswers = []Behaviour{
	broken("fails-requests", "answers right requests with errors",
		"the gateway's own log; limits of the size of requests and answers",
		bench.ErrStatus, bench.ErrProtocol, bench.ErrFailed),
	broken("breaks-text", "damages the text of answers",
		"what decodes bytes into text before they are complete, or escapes and unescapes text",
		bench.ErrBody),
	broken("loses-events", "loses parts of streams",
		"buffers that are dropped when they are full, and parsers of events that expect each whole in one read",
		bench.ErrLost),
	broken("doubles-events", "sends parts of streams twice",
		"buffers that are sent again after an event that came in pieces",
		bench.ErrRepeated),
	broken("reorders-events", "sends parts of streams in another order",
		"writers that run at the same time",
		bench.ErrReordered),
	broken("loses-end", "ends answers before their end",
		"whether the last event is passed on, and whether the connection is closed with data in a buffer",
		bench.ErrNoEnd, bench.ErrTruncated),
	broken("breaks-events", "leaves events of streams out, or damages them",
		"what the gateway does with events that carry no text",
		bench.ErrEvent),
}

// toDeliver are the situations whose answers have to come as they were sent.
var toDeliver = []exchange.Situation{exchange.JSON, exchange.Stream, exchange.ToolCall, exchange.Pieces, exchange.Large}

// broken is the harm of answers that are wrong in some ways.
func broken(name bench.BehaviourName, title, look string, classes ...bench.ErrorClass) Behaviour {
	return Behaviour{
		Name: name, Group: Downstream, Harm: true, LosesWork: true, Title: title, Look: look, In: toDeliver,
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			for _, a := range x.Answers {
				if never(a) {
					return sight{why: "no answer came: " + a.Detail + a.Broken}
				}
				if slices.Contains(classes, a.Class) {
					return sight{possible: true, seen: true, detail: a.Detail}
				}
			}
			return sight{possible: len(x.Answers) > 0}
		},
	}
}

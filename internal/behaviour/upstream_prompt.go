package behaviour

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// upstreamPrompt is about what of a request must not get lost.
var upstreamPrompt = []Behaviour{
	{
		Name: "drops-prompt", Group: Upstream, Harm: true, LosesWork: true,
		Title: "does not pass the whole prompt on to the backend",
		Look:  "what builds the body for the backend: truncation, a template, a body that is sent empty",
		In:    []exchange.Situation{exchange.JSON, exchange.Stream, exchange.Large},
		look:  prompt,
	},
	{
		Name: "drops-stream-flag", Group: Upstream, Harm: true, LosesWork: true,
		Title: "asks the backend for a whole answer where the client asks for a stream",
		Look:  "whether the member \"stream\" of the body is passed on",
		In:    []exchange.Situation{exchange.Stream},
		look:  func(x exchange.Exchange, _ []exchange.Exchange) sight { return streamFlag(x, true) },
	},
	{
		Name: "adds-stream-flag", Group: Upstream,
		Title: "asks the backend for a stream where the client asks for a whole answer",
		Look:  "a gateway that reads streams only, and answers when they have ended",
		In:    []exchange.Situation{exchange.JSON},
		look:  func(x exchange.Exchange, _ []exchange.Exchange) sight { return streamFlag(x, false) },
	},
}

// streamFlag looks whether what the client wants differs from what the backend is
// asked for.
func streamFlag(x exchange.Exchange, wanted bool) sight {
	if len(x.Received) == 0 {
		return sight{why: "no request reached the backend"}
	}
	for _, r := range x.Received {
		if r.Stream != wanted {
			return sight{possible: true, seen: true}
		}
	}
	return sight{possible: true}
}

// prompt looks for the texts of the conversation in what the backend received. The
// number of the exchange is in the prompt, too: a request without it is a stranger. As
// strangers may be those of another gateway at the same time, they count only for a
// gateway that lacks as many.
func prompt(x exchange.Exchange, _ []exchange.Exchange) sight {
	if len(x.Sent) == 0 {
		return sight{why: "no request was sent"}
	}
	if x.Situation == exchange.Large && len(x.Sent[0].Body) < largeBody {
		return sight{} // its answer is what is large
	}
	if missing := len(x.Sent) - len(x.Received); missing > 0 {
		if x.Strangers < missing {
			return sight{why: "no request reached the backend"}
		}
		return sight{possible: true, seen: true, detail: "requests reached the backend without any of the prompt"}
	}
	texts := conversation(x.Sent[0].Body)
	for _, r := range x.Received {
		lost := missing(texts, r.Body)
		if lost == 0 && !r.Whole {
			lost = 1
		}
		if lost > 0 {
			return sight{possible: true, seen: true, detail: fmt.Sprintf("%d of %d texts of the prompt did not reach the backend whole", lost, len(texts))}
		}
	}
	return sight{possible: true}
}

// largeBody is the size in bytes from which a request shows limits that others do not.
const largeBody = 100_000

// conversation are the texts of a request's turns.
func conversation(body []byte) (texts []string) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	eachString(v, "", func(key, text string) {
		if key == "content" || key == "text" {
			texts = append(texts, text)
		}
	})
	return texts
}

// missing is how many texts no string of the body contains.
func missing(texts []string, body []byte) (n int) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return len(texts)
	}
	whole, all := map[string]bool{}, strings.Builder{}
	eachString(v, "", func(_, text string) {
		whole[text] = true
		all.WriteString(text)
		all.WriteByte(0)
	})
	for _, text := range texts {
		if !whole[text] && !strings.Contains(all.String(), text) {
			n++
		}
	}
	return n
}

// eachString calls do for every string in a JSON value, with the name of the member
// that it or its array is.
func eachString(v any, key string, do func(key, text string)) {
	switch v := v.(type) {
	case string:
		do(key, v)
	case []any:
		for _, e := range v {
			eachString(e, key, do)
		}
	case map[string]any:
		for name, e := range v {
			eachString(e, name, do)
		}
	}
}

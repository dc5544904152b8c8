package behaviour

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// upstreamDescribed say how the backend is asked. None of it is harm: many gateways
// are there to do it.
var upstreamDescribed = []Behaviour{
	{
		Name: "backend-path", Group: Upstream,
		Title: "sends requests to this path of the backend",
		Look:  "how the gateway makes the URL of a request to the backend",
		In:    allWell,
		look: described(func(_ exchange.Sent, r exchange.Received) []string {
			return []string{r.Method + " " + withoutValues(r.Target)}
		}),
	},
	{
		Name: "backend-protocol", Group: Upstream,
		Title: "speaks this version of HTTP to the backend",
		Look:  "the settings of the client that asks the backend",
		In:    allWell,
		look:  described(func(_ exchange.Sent, r exchange.Received) []string { return []string{r.Proto} }),
	},
	{
		Name: "request-headers", Group: Upstream,
		Title: "changes the headers of requests",
		Look:  "which headers of the client are passed on, and which the gateway or its HTTP client adds",
		In:    allWell,
		look: described(func(s exchange.Sent, r exchange.Received) []string {
			sent := maps.Clone(s.Headers)
			if sent == nil {
				sent = map[string][]string{}
			}
			sent["Content-Length"] = []string{strconv.Itoa(len(s.Body))}
			return headerChanges(sent, r.Headers)
		}),
	},
	{
		Name: "request-body", Group: Upstream,
		Title: "changes the bodies of requests",
		Look:  "what reads the body and writes it anew: defaults that are added, members that are dropped, the name of the model",
		In:    allWell,
		look:  described(func(s exchange.Sent, r exchange.Received) []string { return bodyChanges(s.Body, r.Body) }),
	},
	{
		Name: "backend-compression", Group: Upstream,
		Title: "asks the backend for compressed answers",
		Look:  "the HTTP client that asks the backend: many ask for compression unless told not to",
		In:    allWell,
		look: described(func(_ exchange.Sent, r exchange.Received) (says []string) {
			for _, v := range r.Headers["Accept-Encoding"] {
				for coding := range strings.SplitSeq(v, ",") {
					coding, _, _ = strings.Cut(coding, ";")
					if coding = strings.TrimSpace(coding); coding != "" && coding != "identity" {
						says = append(says, coding)
					}
				}
			}
			return says
		}),
	},
}

// allWell are the situations of one request that goes well.
var allWell = []exchange.Situation{exchange.JSON, exchange.Stream}

// described looks at the requests that reached the backend.
func described(say func(exchange.Sent, exchange.Received) []string) func(exchange.Exchange, []exchange.Exchange) sight {
	return func(x exchange.Exchange, _ []exchange.Exchange) sight {
		if len(x.Received) == 0 || len(x.Sent) == 0 {
			return sight{why: "no request reached the backend"}
		}
		s := sight{possible: true}
		for _, r := range x.Received {
			s.says = append(s.says, say(x.Sent[0], r)...)
		}
		s.seen = len(s.says) > 0
		return s
	}
}

// withoutValues is the target of a request with the names of its query alone: values
// may be keys.
func withoutValues(target string) string {
	path, query, _ := strings.Cut(target, "?")
	if query == "" {
		return path
	}
	var names []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return path + "?" + strings.Join(names, "&")
}

// bodyChanges says how the body of a request was changed; nothing for one that is as
// the client sent it.
func bodyChanges(sent, received []byte) []string {
	if bytes.Equal(sent, received) {
		return nil
	}
	var was, is any
	if json.Unmarshal(sent, &was) != nil || json.Unmarshal(received, &is) != nil {
		return []string{"is no JSON any more"}
	}
	if changes := jsonChanges(was, is); len(changes) > 0 {
		return changes
	}
	return []string{"writes the same JSON in another way"}
}

package behaviour

import (
	"mime"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// downstreamDescribed are about what an SDK reads over, and what other clients may go
// by.
var downstreamDescribed = []Behaviour{
	{
		Name: "drops-event-names", Group: Downstream, Harm: true,
		Title: "drops the names of events",
		Look:  "whether the lines \"event: …\" of a stream are passed on: clients of browsers go by them",
		In:    []exchange.Situation{exchange.Stream},
		look:  eventNames,
	},
	{
		Name: "changes-content-type", Group: Downstream, Harm: true,
		Title: "answers with another content type",
		Look:  "the header Content-Type of answers: SDKs decide by it how to read them",
		In:    allWell,
		look:  contentType,
	},
	{
		Name: "answer-headers", Group: Downstream,
		Title: "changes the headers of answers",
		Look:  "which headers of the backend are passed on, and which the gateway or its server adds",
		In:    allWell,
		look:  answerHeaders,
	},
	{
		Name: "answer-body", Group: Downstream,
		Title: "writes answers anew",
		Look:  "what reads answers and writes them again",
		In:    allWell,
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			if why := wrong(x); why != "" {
				return sight{why: why}
			}
			s := sight{possible: true}
			for _, a := range x.Answers {
				for _, r := range a.Rewrites {
					s.says = append(s.says, bench.WordRewrites([]bench.Rewrite{r}))
				}
			}
			s.seen = len(s.says) > 0
			return s
		},
	},
}

// eventNames looks for a stream whose events have lost their names.
func eventNames(x exchange.Exchange, _ []exchange.Exchange) sight {
	if !x.API.NamesEvents() {
		return sight{}
	}
	named, events := 0, 0
	for _, a := range x.Answers {
		events += len(a.Events)
		for _, e := range a.Events {
			if e.Name != "" {
				named++
			}
		}
	}
	if events == 0 {
		return sight{why: "no events came"}
	}
	return sight{possible: true, seen: named == 0, detail: count(named, "event") + " of " + count(events, "event") + " with a name"}
}

// contentType looks whether the media type of an answer is that of the direct path.
func contentType(x exchange.Exchange, direct []exchange.Exchange) sight {
	sent, ok := sameSituation(x, direct)
	if !ok || len(x.Answers) == 0 || x.Answers[0].Status != sent.Answers[0].Status {
		return sight{why: "there is no answer to compare"}
	}
	want, _, _ := mime.ParseMediaType(header(sent.Answers[0], "Content-Type"))
	got, _, _ := mime.ParseMediaType(header(x.Answers[0], "Content-Type"))
	return sight{possible: want != "", seen: got != want, detail: "Content-Type: " + header(x.Answers[0], "Content-Type")}
}

// answerHeaders compares the headers of a right answer with those of the direct path.
func answerHeaders(x exchange.Exchange, direct []exchange.Exchange) sight {
	if why := wrong(x); why != "" {
		return sight{why: why}
	}
	sent, ok := sameSituation(x, direct)
	if !ok || len(x.Answers) == 0 {
		return sight{why: "there is no answer of the direct path to compare with"}
	}
	says := headerChanges(sent.Answers[0].Headers, x.Answers[0].Headers)
	return sight{possible: true, seen: len(says) > 0, says: says}
}

// sameSituation is a right exchange with the direct path in the situation of another.
func sameSituation(x exchange.Exchange, direct []exchange.Exchange) (exchange.Exchange, bool) {
	for _, d := range direct {
		if d.Situation == x.Situation && d.Failed == "" && len(d.Answers) > 0 && wrong(d) == "" {
			return d, true
		}
	}
	return exchange.Exchange{}, false
}

func header(a exchange.Answer, name string) string {
	if values := a.Headers[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

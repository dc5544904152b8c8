package behaviour

import (
	"bytes"
	"cmp"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// downstreamCompression are about clients that accept compressed answers, as all
// official SDKs do.
var downstreamCompression = []Behaviour{
	{
		Name: "holds-compressed-streams", Group: Downstream, Harm: true,
		Title: "holds streams back for clients that accept compression",
		Look:  "a compressor that is flushed only when its block is full or at the end: leave text/event-stream out of compression",
		In:    []exchange.Situation{exchange.Accept},
		look:  heldWhole,
	},
	{
		Name: "breaks-compressed-answers", Group: Downstream, Harm: true,
		Title: "breaks answers for clients that accept compression",
		Look:  "the header Content-Encoding: whether it says of the body what it is, also when the gateway has decompressed what the backend sent",
		In:    []exchange.Situation{exchange.Accept, exchange.Coded},
		look:  brokenCoding,
	},
	{
		Name: "compresses-answers", Group: Downstream,
		Title: "compresses answers for clients that accept it",
		Look:  "what compresses answers, and from which size and for which content types on",
		In:    []exchange.Situation{exchange.Accept},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			s := sight{possible: len(x.Answers) > 0}
			for _, a := range x.Answers {
				if c := coding(a); c != "" {
					s.seen, s.says = true, append(s.says, c)
				}
			}
			return s
		},
	},
}

// brokenCoding looks for an answer that is wrong because of how it is compressed. One
// that is wrong without being so is no matter of compression.
func brokenCoding(x exchange.Exchange, _ []exchange.Exchange) sight {
	for i, a := range x.Answers {
		switch {
		case never(a):
			return sight{why: "no answer came: " + a.Detail + a.Broken}
		case a.Class == bench.ErrBody && x.Sent[i].Stream && !isStream(a):
			return sight{why: "the answer is no stream: " + a.Detail}
		}
		unreadable := x.Situation == exchange.Coded && a.Status == 200 && len(a.Events) == 0 && bytes.HasPrefix(a.Body, gzipMagic)
		if a.Class != "" && (coding(a) != "" || unreadable) {
			return sight{possible: true, seen: true, detail: cmp.Or(coding(a), "no Content-Encoding") + ": " + a.Detail}
		}
	}
	return sight{possible: len(x.Answers) > 0}
}

// gzipMagic is what compressed bodies begin with.
var gzipMagic = []byte{0x1f, 0x8b}

// heldWhole looks for a compressed stream of which no text came before the backend had
// sent all of it. A stream that is held without being compressed is not its matter.
func heldWhole(x exchange.Exchange, _ []exchange.Exchange) sight {
	if why := wrong(x); why != "" {
		return sight{why: why}
	}
	if len(x.Answers) == 0 || len(x.Answers[0].Events) == 0 {
		return sight{} // of a JSON answer
	}
	coding := coding(x.Answers[0])
	var first, last time.Duration // when the first text came, and when the last was sent
	for _, e := range x.Answers[0].Events {
		for _, sent := range e.Sent {
			if first == 0 {
				first = e.At
			}
			last = max(last, sent)
		}
	}
	if first == 0 {
		return sight{why: "the stream had no text"}
	}
	if coding == "" || first < last {
		return sight{possible: true}
	}
	return sight{
		possible: true, seen: true,
		detail: fmt.Sprintf("no text of a stream with Content-Encoding: %s came before the backend had sent all", coding),
	}
}

// coding is how an answer is compressed; empty when it is not.
func coding(a exchange.Answer) string {
	if c := header(a, "Content-Encoding"); c != "identity" {
		return c
	}
	return ""
}

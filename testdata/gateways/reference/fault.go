package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// fault is one fault switched on, at its strength.
type fault func(*gateway)

// faultKind is a row of the table of faults.
type faultKind struct {
	name  string // kebab-case
	does  string
	unit  unit
	usual string // strength when none is given
	// install adds the fault to g, at a strength in the base unit of unit.
	install func(g *gateway, strength int64)
}

// faultKinds is what -fault accepts. A new fault is a row here and the function
// that installs it.
var faultKinds = []faultKind{
	{"delay", "sleep before a request is forwarded", duration, "200us", installDelay},
	{"burn", "use that much CPU time before a request is forwarded", duration, "200us", installBurn},
	{"slow-percent", "burn that percentage of the gateway's own overhead in CPU time: its mean per request so far, after the first 200", percent, "10", installSlowPercent},
	{"delay-first-event", "send the head of a stream at once, hold back the first byte of its body", duration, "1ms", installDelayFirstEvent},
	{"delay-chunk", "send the events of a stream one by one, hold back each", duration, "1ms", installDelayChunk},
	{"drop-chunk", "lose the second delta event of each stream", none, "", installDropChunk},
	{"error", "answer that share of the requests with status 500, evenly spread", share, "1%", installError},
}

// parseFault reads name[=strength].
func parseFault(text string) (fault, error) {
	name, strength, given := strings.Cut(text, "=")
	for _, kind := range faultKinds {
		if kind.name != name {
			continue
		}
		if !given {
			strength = kind.usual
		}
		amount, err := kind.unit(strength)
		if err != nil {
			return nil, fmt.Errorf("%w; known faults:\n%s", err, describeFaults())
		}
		return func(g *gateway) { kind.install(g, amount) }, nil
	}
	return nil, fmt.Errorf("unknown fault; known faults:\n%s", describeFaults())
}

// describeFaults lists the table, one line per fault with its usual strength.
func describeFaults() string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, kind := range faultKinds {
		example := kind.name
		if kind.usual != "" {
			example += "=" + kind.usual
		}
		fmt.Fprintf(table, "  %s\t%s\n", example, kind.does)
	}
	table.Flush() // a strings.Builder takes every write
	return text.String()
}

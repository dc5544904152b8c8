package behaviour

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// Behaviour is one fact that is looked for.
type Behaviour struct {
	Name  bench.BehaviourName
	Group Group
	// Title says it of a gateway, as the end of "The gateway …": "buffers streams whole".
	Title string
	Look  string // what to look at in the gateway's code
	// Harm is true for what no client wants. Other behaviours are reported when they
	// change, and decide nothing.
	Harm bool
	// Timed says that it depends on the speed of the machine: it is not compared with
	// facts of another job.
	Timed bool
	// OfItsOwn says that answers which are wrong as all answers of the gateway are no
	// sign of it.
	OfItsOwn bool
	// LosesWork says that a gateway has less to do because of it: no improvement of
	// speed beside it is one.
	LosesWork bool
	// Unit is the unit of the values of its facts; empty where they have none.
	Unit bench.Unit
	// In are the situations that show it.
	In []exchange.Situation
	// cases are the only ones of these that do; nil: all.
	cases []string
	// look looks at one exchange. The direct exchanges of the same situation and case,
	// of the same minutes, say what the machine does without a gateway.
	look func(x exchange.Exchange, direct []exchange.Exchange) sight
}

// sight is what one exchange shows of a behaviour.
type sight struct {
	possible bool   // the exchange can show it
	why      string // it cannot; empty: the situation does not apply, which is not said
	seen     bool
	value    *float64 // in base units
	detail   string
	says     []string // of a description
}

// registry has every behaviour, in the order of reports.
var registry = slices.Concat(
	upstreamRequests, upstreamPrompt, upstreamDescribed,
	downstreamAnswers, downstreamDescribed, downstreamCompression,
	timePaced, timeRequests,
	errorAnswers,
	clientsGone, clientsSlow,
	holdings,
)

// All are the behaviours in the order in which they are reported.
func All() []Behaviour { return slices.Clone(registry) }

// Describe returns what a name means; ok is false for one that this version does not
// know.
func Describe(name bench.BehaviourName) (b Behaviour, ok bool) {
	i := slices.IndexFunc(registry, func(b Behaviour) bool { return b.Name == name })
	if i < 0 {
		return Behaviour{}, false
	}
	return registry[i], true
}

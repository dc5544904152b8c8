package diagnose

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// StreamDamage is answers that are not what the mock sent.
var StreamDamage = Diagnosis{
	Name:  "stream-damage",
	Title: "damaged answers",
	Look:  "how the upstream's events are split, joined and forwarded, and what remains in a buffer at the end; in a Go proxy, go.dev/issue/40747",
	find: failing(func(class bench.ErrorClass) bool { return slices.Contains(damages, class) },
		func(_ subject, n, _ int) bool { return n >= damageLeast }),
}

// damages are the errors of answers that arrived damaged.
var damages = []bench.ErrorClass{
	bench.ErrProtocol, bench.ErrTruncated, bench.ErrBody, bench.ErrNoEnd,
	bench.ErrLost, bench.ErrRepeated, bench.ErrReordered, bench.ErrEvent,
}

// damageLeast is how many answers have to be damaged: no noise does that, but a
// single one may be of a gateway that was just stopped.
const damageLeast = 2

package diagnose

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// FailingRequests is requests that fail in another way than [StreamDamage].
var FailingRequests = Diagnosis{
	Name:  "failing-requests",
	Title: "failing requests",
	Look:  "the gateway's log, limits, time-outs, and kept-alive connections that the other side has closed",
	find: failing(func(class bench.ErrorClass) bool { return !slices.Contains(damages, class) },
		func(s subject, n, of int) bool {
			return n >= failureLeast && float64(n) >= s.least(bench.ErrorShare)*float64(of)
		}),
}

// failureLeast is how many requests have to fail, so that it is not one bad
// moment.
const failureLeast = 3

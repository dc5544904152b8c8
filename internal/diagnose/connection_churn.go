package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// ConnectionChurn is connections to the upstream that are not reused.
var ConnectionChurn = Diagnosis{
	Name:  "connection-churn",
	Title: "upstream connections that are not reused",
	Look:  "the upstream client: keep-alive, its limit of idle connections, bodies not read to their end, a new client per request; in a Go proxy, go.dev/issue/40747",
	find:  inEach(findConnectionChurn),
}

// churnLeast is how many connections to the upstream a request opens. Gateways
// that reuse them opened none in nearly every round and 0.04 in the worst.
const churnLeast = 0.1

func findConnectionChurn(s subject, at bench.Scenario) (opened float64, seen string) {
	if opened = s.own(at, metric(bench.UpstreamConnections)); opened >= s.least(churnLeast) {
		seen = fmt.Sprintf("%.2f new upstream connections per request", opened)
	}
	return opened, seen
}

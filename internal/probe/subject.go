package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Subject is who exchanges are made with: a gateway that runs, or the direct path.
type Subject struct {
	Arm     bench.Arm
	Process int    // of the gateway, as rounds count
	Addr    string // host:port that requests go to; the mock's own for direct

	API      llmapi.API
	Endpoint llmapi.Endpoint
	Extra    map[string]any // members of every request, as configured
	Timeout  time.Duration  // of one request, as configured

	// Holding is what the gateway has now; nil for direct.
	Holding func() exchange.Holding
}

// Backend is the mock behind all subjects: [mockllm.Process].
type Backend interface {
	// Perform makes the mock answer requests by these scripts, besides those it has
	// already. A number that it has gets the new script, and what was received for it
	// is forgotten.
	Perform(ctx context.Context, scripts ...exchange.Script) error
	// Received are the requests so far for the scripts of these numbers, as they are
	// now, and how many there have been in all.
	Received(ctx context.Context, numbers ...int) (exchange.Heard, error)
}

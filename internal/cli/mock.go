package cli

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/session"
)

type mockLLMCommand struct {
	Listen string `help:"Loopback address and port; port 0 lets the system choose." default:"127.0.0.1:8080"`
	Config string `help:"Configuration file, for its request and mock settings." placeholder:"FILE"`

	mockFlags
}

// mockFlags are what the mock alone can override.
type mockFlags struct {
	Latency       *string `setting:"mock.latency" help:"Delay before the head of an answer." placeholder:"20ms"`
	FirstEvent    *string `setting:"mock.first_event" help:"Delay between the head and the first event." placeholder:"5ms"`
	ChunkInterval *string `setting:"mock.chunk_interval" help:"Delay between the chunks of a stream." placeholder:"10ms"`
	Chunks        *string `setting:"mock.chunks" help:"Chunks of a stream." placeholder:"20"`
	ChunkSize     *string `setting:"mock.chunk_size" help:"Text of a chunk." placeholder:"64B"`
	Answer        *string `setting:"mock.answer" help:"Size of a JSON answer." placeholder:"1KB"`
}

// Run serves until it is interrupted.
func (c mockLLMCommand) Run(ctx context.Context, w host.World) error {
	listen, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return host.Usagef("--listen: %w", err)
	}
	settings, err := session.LoadConfig(config.ForMock, c.Config, overrides(c.mockFlags))
	if err != nil {
		return err
	}
	mock, err := session.MockSettings(settings)
	if err != nil {
		return err
	}
	return mockllm.Serve(ctx, mockllm.Listen{Plain: listen}, mock, func(bound mockllm.Bound) {
		fmt.Fprintf(w.Stdout, "mock LLM backend on http://%s, Ctrl-C to stop\n", bound.Plain)
	})
}

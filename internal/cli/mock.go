package cli

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/session"
)

type mockLLMCommand struct {
	Listen string `help:"Loopback address and port; port 0 lets the system choose." default:"127.0.0.1:8080"`
	CA     string `name:"ca" help:"Serve TLS as well, and write the certificate authority to trust to this file." placeholder:"FILE"`
	TLS    string `name:"listen-tls" help:"Loopback address and port for TLS." default:"127.0.0.1:8443"`
	Config string `help:"Configuration file, for its request and mock settings." placeholder:"FILE"`

	Verbose bool `short:"v" help:"Print each request."`

	mockFlags
}

// mockFlags are what the mock alone can override.
type mockFlags struct {
	Latency       *string `setting:"mock.latency" help:"Delay before the head of an answer." placeholder:"TIME"`
	FirstEvent    *string `setting:"mock.first_event" help:"Delay between the head and the first event." placeholder:"TIME"`
	ChunkInterval *string `setting:"mock.chunk_interval" help:"Delay between the chunks of a stream." placeholder:"TIME"`
	Chunks        *string `setting:"mock.chunks" help:"Chunks of a stream." placeholder:"N"`
	ChunkSize     *string `setting:"mock.chunk_size" help:"Text of a chunk." placeholder:"SIZE"`
	Answer        *string `setting:"mock.answer" help:"Size of a JSON answer." placeholder:"SIZE"`
}

func (mockLLMCommand) Help() string {
	return `Serves POST /v1/responses, /v1/chat/completions, /v1/messages and /v1/embeddings,
GET /v1/models, /v1/models/{id} and /health, over HTTP/1.1, HTTP/1.0 and HTTP/2
without TLS; with --ca also over TLS. Bodies may be compressed with gzip. Whatever
else is asked for gets 404, 405 or another refusal with the reason, and is printed
once. GET /__mock/stats has the counters. With -v every request is printed.

Exit status: 0 ended by Ctrl-C; 2 wrong usage or configuration; 3 the port is taken.

Examples:
  proxy-bench mock -v --latency 20ms
  curl -N http://127.0.0.1:8080/v1/chat/completions -d '{"stream": true}'
  proxy-bench mock --ca /tmp/ca.pem
  curl --cacert /tmp/ca.pem https://localhost:8443/v1/models`
}

// Run serves until it is interrupted.
func (c mockLLMCommand) Run(ctx context.Context, w host.World) error {
	listen, err := netip.ParseAddrPort(c.Listen)
	if err != nil {
		return host.Usagef("--listen: %w; write 127.0.0.1:8080", err)
	}
	settings, err := session.LoadConfig(config.ForMock, c.Config, overrides(c.mockFlags))
	if err != nil {
		return err
	}
	mock, err := session.MockSettings(settings)
	if err != nil {
		return err
	}
	at := mockllm.Listen{Plain: listen, Unserved: func(u bench.Unserved) {
		fmt.Fprintf(w.Stdout, "cannot serve %s\n", u)
	}}
	if c.Verbose {
		at.Asked = func(a mockllm.Asked) { fmt.Fprintf(w.Stdout, "%s %s\n", w.Now().Format("15:04:05.000"), a) }
	}
	if c.CA != "" {
		if at.TLS, err = netip.ParseAddrPort(c.TLS); err != nil {
			return host.Usagef("--listen-tls: %w; write 127.0.0.1:8443", err)
		}
	}
	return c.serve(ctx, w, at, mock)
}

// serve says where the mock listens, once the file of the certificate is written.
func (c mockLLMCommand) serve(ctx context.Context, w host.World, at mockllm.Listen, settings mockllm.Settings) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var unwritten error
	err := mockllm.Serve(ctx, at, settings, func(bound mockllm.Bound) {
		address := fmt.Sprintf("http://%s", bound.Plain)
		if c.CA != "" {
			if err := os.WriteFile(c.CA, bound.CA, 0o644); err != nil {
				unwritten = host.Usagef("--ca: %w", err)
				cancel()
				return
			}
			address += fmt.Sprintf(" and https://%s (trust %s)", bound.TLS, c.CA)
		}
		fmt.Fprintf(w.Stdout, "mock LLM backend on %s, Ctrl-C to stop\n", address)
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%w: name another port, --listen 127.0.0.1:0 for any that is free", err)
	}
	return errors.Join(unwritten, err)
}

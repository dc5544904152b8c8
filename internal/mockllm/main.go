package mockllm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
)

// hello is the one line that the process writes: where it listens or its error.
type hello struct {
	Bound
	Error string `json:"error,omitempty"`
}

// Main is a mock process, for the hidden command with which a program runs itself.
// It reads Settings as JSON from stdin (an argument holds at most 128 KB, and
// recorded answers need more), writes one JSON line with its address or its
// error, and serves until stdin ends, as it does even when the parent is killed.
// The result is the process's exit code: 0, or 3 after an error.
func Main(stdin io.Reader, stdout io.Writer) int {
	out := json.NewEncoder(stdout)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	settings, err := readSettings(stdin)
	if err == nil {
		go func() {
			_, _ = io.Copy(io.Discard, stdin) // however it ends, the parent is gone
			stop()
		}()
		loopback := netip.MustParseAddrPort("127.0.0.1:0")
		err = Serve(ctx, Listen{Plain: loopback, TLS: loopback}, settings, func(bound Bound) {
			if out.Encode(hello{Bound: bound}) != nil {
				stop() // nobody knows the address
			}
		})
	}
	if err != nil {
		_ = out.Encode(hello{Error: err.Error()}) // the exit code reports it as well
		return 3
	}
	return 0
}

// maxSettings is more than the largest settings that are valid take, in bytes.
const maxSettings = 64 << 20

func readSettings(stdin io.Reader) (s Settings, err error) {
	if err := json.NewDecoder(io.LimitReader(stdin, maxSettings)).Decode(&s); err != nil {
		return s, fmt.Errorf("mock: settings on standard input: %w", err)
	}
	return s, nil
}

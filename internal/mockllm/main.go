package mockllm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
)

// hello is the one line that the process writes: where it listens, or why it
// does not.
type hello struct {
	Addr  string `json:"addr,omitempty"`
	Error string `json:"error,omitempty"`
}

// Main is the life of a mock process, for the hidden command by which a program
// runs itself: the only argument is Settings as JSON. It writes one JSON line
// with its address, or with its error, and serves until stdin ends, which it
// does even when the parent is killed. The result is the process's exit code: 0,
// or 3 after an error.
func Main(args []string, stdin io.Reader, stdout io.Writer) int {
	out := json.NewEncoder(stdout)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, stdin) // however it ends, the parent is gone
		stop()
	}()
	settings, err := parseSettings(args)
	if err == nil {
		err = Serve(ctx, netip.MustParseAddrPort("127.0.0.1:0"), settings, func(bound netip.AddrPort) {
			if out.Encode(hello{Addr: bound.String()}) != nil {
				stop() // nobody knows where we are
			}
		})
	}
	if err != nil {
		_ = out.Encode(hello{Error: err.Error()}) // the exit code tells as well
		return 3
	}
	return 0
}

func parseSettings(args []string) (Settings, error) {
	if len(args) != 1 {
		return Settings{}, errors.New("mock: expected one argument, the settings as JSON")
	}
	var s Settings
	if err := json.Unmarshal([]byte(args[0]), &s); err != nil {
		return Settings{}, fmt.Errorf("mock: settings: %w", err)
	}
	return s, nil
}

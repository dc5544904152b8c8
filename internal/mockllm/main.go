package mockllm

import (
	"context"
	"encoding/json"
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
// runs itself: stdin begins with Settings as JSON. (An argument could not hold
// more than 128 KB, and recorded answers have more.) It writes one JSON line with
// its address, or with its error, and serves until stdin ends, which it does even
// when the parent is killed. The result is the process's exit code: 0, or 3 after
// an error.
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

// maxSettings is more than the largest settings that are valid take, in bytes.
const maxSettings = 64 << 20

func readSettings(stdin io.Reader) (s Settings, err error) {
	if err := json.NewDecoder(io.LimitReader(stdin, maxSettings)).Decode(&s); err != nil {
		return s, fmt.Errorf("mock: settings on standard input: %w", err)
	}
	return s, nil
}

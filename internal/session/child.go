package session

import (
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// mockCommand is the hidden command that a session runs this program with, beside
// [gateway.SuperviseCommand].
const mockCommand = "mock-process"

// Child runs the command of a process that a session has started, and returns
// its exit code; ok is false when this process is none.
func Child(w host.World) (code int, ok bool) {
	if len(w.Args) > 0 {
		switch w.Args[0] {
		case gateway.SuperviseCommand:
			return gateway.Supervise(w.Args[1:]), true
		case mockCommand:
			return mockllm.Main(w.Stdin, w.Stdout), true
		}
	}
	return 0, false
}

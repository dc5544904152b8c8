package gateway

import (
	"fmt"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/plain"
)

// Step is the part of a gateway's life that failed.
type Step string

// The steps.
const (
	StepBuild Step = "build" // the build line failed
	StepStart Step = "start" // the start line could not be run at all
	StepReady Step = "ready" // it runs, but does not answer as it should
	StepDied  Step = "died"  // it ended by itself
	StepStop  Step = "stop"  // some of its processes do not go away
)

// Error is a failure of a gateway: what happened, where, the last output and what
// to do next. It never means that this package was called wrongly.
type Error struct {
	Step    Step
	Reason  string   // what happened
	Command Command  // what was run, and where its output is
	Output  []string // its last lines, bounded, without control characters
	Hint    string   // what to do next; may be empty
	Err     error    // the cause, when there is one to test for; may be nil
}

// Error describes the failure in several lines, the first one self-contained.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "gateway %s: %s", e.Step, e.Reason)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "\n  %s: %s", name, strings.Join(plain.Lines(value), "\n    "))
		}
	}
	field("command", e.Command.Line)
	field("directory", e.Command.Dir)
	if !e.Command.LogPasses {
		field("log", e.Command.LogPath)
	}
	if len(e.Output) > 0 {
		fmt.Fprintf(&b, "\n  last output:\n    | %s", strings.Join(e.Output, "\n    | "))
	}
	field("what to do", e.Hint)
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// String says how a process ended, in the words of a shell user.
func (e exit) String() string {
	if e.Status.Signaled() {
		return "killed by " + unix.SignalName(e.Status.Signal())
	}
	text := fmt.Sprintf("exited with status %d", e.Status.ExitStatus())
	// A shell reports the signal of its child this way.
	if name := unix.SignalName(syscall.Signal(e.Status.ExitStatus() - 128)); name != "" {
		text += " (" + name + ")"
	}
	return text
}

// hint is what an exit status suggests, by the conventions of sh, for a line of this
// setting.
func (e exit) hint(setting string) string {
	switch code := e.Status.ExitStatus(); {
	case code == 127:
		return "a program was not found: is it built (gateway.build), on PATH, and is its path in " + setting + " relative to the directory it runs in?"
	case code == 126:
		return "a program in " + setting + " cannot be executed: make it executable (chmod +x), or build it for this machine"
	case e.Status.Signal() == unix.SIGKILL || code == 128+int(unix.SIGKILL):
		return "this tool did not send SIGKILL; the kernel sends it when memory runs out (see dmesg)"
	case setting == buildSetting:
		return "read its output, and run " + setting + " by hand"
	default:
		return "read its output: does it need a configuration file (" + setting + " can write one into $BENCH_DIR), another flag (" + setting +
			") or a variable (gateway.env)? Run it by hand if its output says too little"
	}
}

// The settings of the lines that are run.
const (
	buildSetting = "gateway.build"
	startSetting = "gateway.start"
)

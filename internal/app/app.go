// Package app is the wiring: commands, flags and files become a plan, the parts
// are put together and run, and errors become exit codes. It is the only package
// that knows all others, and the only one that prints.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// World is everything outside the program.
type World struct {
	Args           []string // without the program's name
	Environ        []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
}

// The hidden commands that the program runs itself with.
const (
	superviseCommand = "supervise"
	mockCommand      = "mock-process"
)

const description = `Measures what an LLM gateway adds to every request: overhead against the
direct path under concurrency, by body size, and to the first event of a stream.

Exit status: 0 done, 2 wrong usage or configuration, 3 the gateway or the
machine failed, 130 interrupted.`

// commands is the command line.
type commands struct {
	Run       runCommand       `cmd:"" help:"Measure one gateway, or two side by side."`
	Gate      gateCommand      `cmd:"" help:"Compare a gateway with a base and decide."`
	Compare   compareCommand   `cmd:"" help:"Decide again from saved files."`
	Calibrate calibrateCommand `cmd:"" help:"Show how often a gate on this machine would be wrong, and what it can see."`
	Report    reportCommand    `cmd:"" help:"Render a saved result again."`
	Publish   publishCommand   `cmd:"" help:"In a workflow_run: publish what a fork's pull request measured."`
	Simulate  simulateCommand  `cmd:"" help:"Show how often the gate is right, on simulated noise."`
	Mock      mockLLMCommand   `cmd:"" help:"Run the mock LLM backend alone, for use by hand."`
	Version   kong.VersionFlag `help:"Print the version and stop."`
}

// Main runs one command and returns the exit status of the process.
func Main(w World) int {
	if len(w.Args) > 0 {
		switch w.Args[0] {
		case superviseCommand:
			return gateway.Supervise(w.Args[1:])
		case mockCommand:
			return mockllm.Main(w.Stdin, w.Stdout)
		}
	}
	ctx, stop := interruptible()
	defer stop()
	err := w.command(ctx)
	if err == nil {
		return exitDone
	}
	if only := new(decided); !errors.As(err, &only) {
		fmt.Fprintf(w.Stderr, "proxy-bench: %v\n", err)
	}
	return exitStatus(err)
}

// interruptible returns a context that the first Ctrl-C ends; the second one
// ends the process. The children notice either.
func interruptible() (context.Context, func()) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// helped is what kong's exit becomes, after it has printed help or a version.
type helped struct{}

// command parses the arguments and runs the command they name.
func (w World) command(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(helped); !ok {
				panic(p)
			}
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("proxy-bench"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.Writers(w.Stdout, w.Stderr),
		kong.Exit(func(int) { panic(helped{}) }),
		kong.Vars{"version": version(), "formats": formatNames()},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return err
	}
	args := w.Args
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return &usageError{fmt.Errorf("%w; see proxy-bench --help", err)}
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(w)
}

// release is the version that the linker is told: in the image there is neither
// a module's nor a commit's.
var release string

// version is that of the release, else the module's, or the commit it was built
// from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "devel"
}

// Exit statuses, the same for every command.
const (
	exitDone        = 0
	exitUsage       = 2
	exitFailed      = 3
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// usageError is the user's: wrong flags or configuration.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// errInterrupted ends a command that was told to stop.
var errInterrupted = errors.New("interrupted")

func exitStatus(err error) int {
	var usage *usageError
	var verdict *decided
	switch {
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &verdict):
		return verdict.code
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	return exitFailed
}

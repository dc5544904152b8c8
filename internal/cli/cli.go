// Package cli is the command line: commands and flags, help, progress, and what a
// command shows and saves. Errors become exit codes.
//
// It must know nothing of workflows and GitHub, which are workflow's.
package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/alecthomas/kong"

	"github.com/org/proxy-bench-action/internal/host"
)

const description = `Measures what an LLM gateway adds to every request: overhead against the
direct path under concurrency, by body size, and to the first event of a stream.`

// commands is the command line.
type commands struct {
	Init      initCommand      `cmd:"" help:"Write a configuration and workflows for the gateway in this repository."`
	Check     checkCommand     `cmd:"" help:"Start the gateway, send it one request of each kind, and say what to set."`
	Run       runCommand       `cmd:"" help:"Measure one gateway, or two side by side."`
	Gate      gateCommand      `cmd:"" help:"Compare a gateway with a base and decide."`
	Merge     mergeCommand     `cmd:"" help:"Decide over the shards of a gate that several machines have measured."`
	Count     countCommand     `cmd:"" help:"Count the instructions, allocations and system calls of a request."`
	Compare   compareCommand   `cmd:"" help:"Decide again from saved files."`
	Calibrate calibrateCommand `cmd:"" help:"Say which change a gate finds on this machine, how often it is wrong, and what to set."`
	Report    reportCommand    `cmd:"" help:"Render a saved result again."`
	Publish   publishCommand   `cmd:"" help:"In a workflow_run: publish what a fork's pull request measured."`
	Mock      mockLLMCommand   `cmd:"" help:"Run the mock LLM backend alone, for use by hand."`

	Completion completionCommand `cmd:"" help:"Print what completes commands and flags in bash, zsh or fish."`
	Help       helpCommand       `cmd:"" help:"Show the help of a command."`
	Version    versionCommand    `cmd:"" help:"Print the version."`

	ShowVersion kong.VersionFlag `name:"version" help:"Print the version and stop."`
}

// Main runs one command and returns the exit status of the process.
func Main(w host.World) int {
	ctx, stop := host.Interruptible()
	defer stop()
	err := command(ctx, w)
	if err != nil && !host.IsExit(err) {
		fmt.Fprintf(w.Stderr, "proxy-bench: %v\n", err)
	}
	return host.Status(err)
}

// helped is what kong's exit becomes, after it has printed help or a version.
type helped struct{}

// command parses the arguments and runs the command they name.
func command(ctx context.Context, w host.World) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(helped); !ok {
				panic(p)
			}
		}
	}()
	parser, err := newParser(w)
	if err != nil {
		return err
	}
	args := w.Args
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return host.Usagef("%s; see proxy-bench %s--help", reworded(err), commandOf(err))
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(w)
}

// newParser is the parser of the command line.
func newParser(w host.World) (*kong.Kong, error) {
	return kong.New(new(commands),
		kong.Name("proxy-bench"),
		kong.Description(description+"\n\n"+host.ExitHelp()),
		kong.UsageOnError(),
		kong.Writers(w.Stdout, w.Stderr),
		kong.Exit(func(int) { panic(helped{}) }),
		kong.Vars{"version": host.Version(), "formats": formatNames(), "overrides": overriding},
		kong.ExplicitGroups([]kong.Group{{Key: "overrides", Title: overriding}}),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.ValueFormatter(withDefault),
	)
}

// commandOf is the command whose arguments are wrong, with a space after it; empty
// where no command was recognised.
func commandOf(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		return wrong.Context.Selected().Name + " "
	}
	return ""
}

// publishCommand is `proxy-bench publish`, which only a step of the action can
// do.
type publishCommand struct{}

func (publishCommand) Help() string {
	return `For a workflow on workflow_run, which may write where the run of a fork's pull
request may not: takes the artifact that the run has left, decides again from its
rounds, and comments. Nothing is checked out, built or run, and of the artifact
only the rounds count: which pull request and commit it is about says GitHub.

Only a step of a workflow can do it. Exit status: 2 elsewhere.

Examples, as steps of a job:
  - uses: org/proxy-bench-action/.github/actions/publish@v1
  - uses: org/proxy-bench-action@v1
    with: {command: publish}`
}

// Run fails: a step of the action does not come here.
func (publishCommand) Run() error {
	return host.Usagef("publish works in a workflow on workflow_run only, as a step of the action with command: publish")
}

package workflow

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/sandbox"
)

// step is one step of a workflow run: what started the run, and the means to
// answer.
type step struct {
	world   host.World
	runner  *actions.Runner
	inputs  inputs
	event   github.Event
	client  *github.Client // nil where GitHub cannot be asked
	isolate isolator

	acceptance acceptance
}

// Here says whether this process is a step of the action. A step of a workflow
// that only runs the program has no inputs, or those of the action that runs it
// and a command that a step of this one does not have.
func Here(w host.World) bool {
	return w.Getenv("GITHUB_ACTIONS") == "true" &&
		slices.ContainsFunc(w.Environ, func(pair string) bool { return strings.HasPrefix(pair, "INPUT_") }) &&
		len(w.Args) > 0 && (slices.Contains(commands, w.Args[0]) || w.Args[0] == w.Getenv("INPUT_COMMAND"))
}

// Main runs the step and returns the exit status of the process. What is taken from the
// runner for a gate is given back even if the process is killed; to publish takes nothing.
func Main(w host.World) int {
	if w.Args[0] != "publish" {
		if code, kept := sandbox.Keep(w); kept {
			return code
		}
	}
	ctx, stop := host.Interruptible()
	defer stop()
	return run(ctx, w, isolate)
}

func run(ctx context.Context, w host.World, isolate isolator) int {
	s, err := newStep(w, isolate)
	defer s.runner.Resume()
	switch {
	case err != nil:
	case s.inputs.command == "publish":
		err = s.publish(ctx)
	default:
		err = s.gate(ctx)
	}
	if err != nil && !host.IsExit(err) {
		s.runner.Error(err.Error(), "")
	}
	return host.Status(err)
}

// newStep reads inputs and event. From here on all that is printed goes through
// the fence: the text of a gateway, a branch or a pull request must not become a
// command of the runner.
func newStep(w host.World, isolate isolator) (*step, error) {
	s := &step{runner: actions.NewRunner(w.Getenv, w.Stdout), isolate: isolate}
	w.Stdout, w.Stderr = s.runner.Untrusted(), s.runner.Untrusted()
	s.world = w
	var err error
	if s.inputs, err = readInputs(s.runner, w.Args); err != nil {
		return s, err
	}
	s.runner.Mask(s.inputs.token)
	s.runner.Mask(w.Getenv("ACTIONS_RUNTIME_TOKEN"))
	file, err := os.ReadFile(w.Getenv("GITHUB_EVENT_PATH"))
	if err != nil {
		return s, fmt.Errorf("the event's file (GITHUB_EVENT_PATH): %w", err)
	}
	if s.event, err = github.ParseEvent(w.Getenv("GITHUB_EVENT_NAME"), file); err != nil {
		return s, host.Usage(err)
	}
	return s, s.connect()
}

// connect makes the client. Without a token there is none, and the answers stay
// in the run.
func (s *step) connect() error {
	if s.inputs.token == "" {
		s.warn("the input github-token is empty: no baseline is looked for, and there is neither comment nor check")
		return nil
	}
	owner, name, _ := strings.Cut(s.world.Getenv("GITHUB_REPOSITORY"), "/")
	var err error
	s.client, err = github.New(github.Options{
		APIURL: s.world.Getenv("GITHUB_API_URL"), Token: s.inputs.token, Owner: owner, Repo: name,
	})
	return err
}

// warn annotates the run.
func (s *step) warn(format string, args ...any) {
	s.runner.Warning(fmt.Sprintf(format, args...), "")
}

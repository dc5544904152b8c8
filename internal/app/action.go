package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
)

// onRunner is true in a step of the action: a plain run step of a workflow has
// no inputs.
func onRunner(w host.World) bool {
	if w.Getenv("GITHUB_ACTIONS") != "true" {
		return false
	}
	for _, pair := range w.Environ {
		if strings.HasPrefix(pair, "INPUT_") {
			return true
		}
	}
	return false
}

// action is a command in a workflow run: what started it, and the means to
// answer.
type action struct {
	world  host.World
	runner *actions.Runner
	inputs inputs
	event  github.Event
	client *github.Client // nil where GitHub cannot be asked
}

// newAction reads inputs and event. From here on all that is printed goes
// through the fence: the text of a gateway, a branch or a pull request must not
// become a command of the runner.
func newAction(w host.World) (*action, error) {
	a := &action{runner: actions.NewRunner(w.Getenv, w.Stdout)}
	w.Stdout, w.Stderr = a.runner.Untrusted(), a.runner.Untrusted()
	a.world = w
	var err error
	if a.inputs, err = readInputs(a.runner); err != nil {
		return a, err
	}
	a.runner.Mask(a.inputs.token)
	a.runner.Mask(w.Getenv("ACTIONS_RUNTIME_TOKEN"))
	file, err := readBounded(w.Getenv("GITHUB_EVENT_PATH"), github.EventLimit)
	if err != nil {
		return a, fmt.Errorf("the event's file (GITHUB_EVENT_PATH): %w", err)
	}
	if a.event, err = github.ParseEvent(w.Getenv("GITHUB_EVENT_NAME"), file); err != nil {
		return a, host.Usage(err)
	}
	return a, a.connect()
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return data, err
}

// connect makes the client. Without a token there is none, and the answers stay
// in the run.
func (a *action) connect() error {
	if a.inputs.token == "" {
		a.warn("the input github-token is empty: no baseline is looked for, and there is neither comment nor check")
		return nil
	}
	owner, name, _ := strings.Cut(a.world.Getenv("GITHUB_REPOSITORY"), "/")
	var err error
	a.client, err = github.New(github.Options{
		APIURL: a.world.Getenv("GITHUB_API_URL"), Token: a.inputs.token, Owner: owner, Repo: name,
	})
	return err
}

// warn annotates the run.
func (a *action) warn(format string, args ...any) {
	a.runner.Warning(fmt.Sprintf(format, args...), actions.Place{})
}

// answerTime bounds what is said after the measurement, and after a
// cancellation: the runner kills us 10 s after it has asked us to stop.
const answerTime, cancelledTime = 10 * time.Minute, 7 * time.Second

// runAction is `proxy-bench gate` in a workflow run.
func (c gateCommand) runAction(ctx context.Context, w host.World) error {
	a, err := newAction(w)
	defer a.runner.Resume()
	if err != nil {
		a.runner.Error(err.Error(), actions.Place{})
		return host.Exit(host.Status(err))
	}
	t, err := targetOf(a.event, runnerFacts{w.Getenv("GITHUB_SHA"), w.Getenv("GITHUB_REF_NAME")}, a.inputs.branch)
	if err != nil {
		a.runner.Error(err.Error(), actions.Place{})
		return host.Exit(host.Status(err))
	}
	g, s, err := a.measure(ctx, c, &t)
	if s != nil {
		defer func() { _ = s.Close() }() // the container goes away with it
	}
	limit := answerTime
	if ctx.Err() != nil {
		limit = cancelledTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return a.answer(ctx, t, g, err)
}

// stepLog is the log of a session in a step of a workflow, whose groups the
// runner folds.
type stepLog struct {
	session.Lines
	runner *actions.Runner
}

// Group implements [session.Log].
func (l *stepLog) Group(title string) { l.runner.Group(title) }

// EndGroup implements [session.Log].
func (l *stepLog) EndGroup() { l.runner.EndGroup() }

// measured is a gate with the configuration that it had.
type measured struct {
	session.Result
	config config.Config
	log    session.Log
}

// measure gates the target. The session is nil where it did not come to one.
func (a *action) measure(ctx context.Context, c gateCommand, t *target) (g measured, s *session.Session, err error) {
	log := &stepLog{session.Lines{W: a.world.Stderr}, a.runner}
	g.log = log
	if err := a.enter(); err != nil {
		return g, nil, host.Usage(err)
	}
	c.Config = orDefault(c.Config, a.inputs.config)
	if g.config, err = c.load(a.inputs.settings...); err != nil {
		return g, nil, err
	}
	if t.keeps {
		g.config.Gate.FailOn = nil
	}
	if err := t.prepare(ctx); err != nil {
		log.Say("the base commit %.12s is not here and cannot be fetched, so it cannot be built (actions/checkout: fetch-depth: 0): %v", t.base, err)
	}
	box, err := sandbox.Isolate(a.world, a.inputs.cache)
	if err != nil {
		return g, nil, err
	}
	s, err = session.Open(ctx, session.Options{Config: g.config, Sandbox: box, Log: log, Now: a.world.Now})
	if err != nil {
		return g, nil, err
	}
	g.Result, err = s.Gate(ctx, a.sources(ctx, t, box.Scratch(), log))
	return g, s, err
}

// enter changes to the working directory. Neither that nor the configuration may
// lead out of the workspace, as a link that a pull request brings could: what is
// wrong in a file is quoted where anyone can read it.
func (a *action) enter() error {
	if dir := a.inputs.directory; dir != "" {
		if err := inside(dir); err != nil {
			return fmt.Errorf("input working-directory: %w", err)
		}
		if err := os.Chdir(dir); err != nil {
			return fmt.Errorf("input working-directory: %w", err)
		}
	}
	if err := inside(orDefault(a.inputs.config, session.DefaultConfig)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("input config: %w", err)
	}
	return nil
}

// inside is an error for a path that leads out of the current directory.
func inside(path string) error {
	f, err := os.OpenInRoot(".", path)
	if err != nil {
		return err
	}
	return f.Close()
}

// failure is an error in the words of a report.
func failure(err error) *report.Failure {
	f := &report.Failure{Step: "measuring", Message: err.Error()}
	var (
		gw    *gateway.Error
		drive *session.DriveError
	)
	switch {
	case host.IsUsage(err):
		f.Step = "reading the configuration"
	case errors.As(err, &gw):
		f.Step = map[gateway.Step]string{
			gateway.StepBuild: "building the gateway", gateway.StepStart: "starting the gateway",
			gateway.StepReady: "waiting for the gateway", gateway.StepStop: "stopping the gateway",
		}[gw.Step]
		f.Step = orDefault(f.Step, "driving the gateway")
		f.Output = strings.Join(gw.Output, "\n")
		f.Message = gw.Reason
		if gw.Hint != "" {
			f.Message += "; " + gw.Hint
		}
	case errors.As(err, &drive):
		f.Step = "driving the gateway"
		f.Output = strings.Join(drive.Output, "\n")
		f.Message = drive.Err.Error()
	case errors.Is(err, host.ErrInterrupted):
		f.Step, f.Message = "measuring", "the run was cancelled; what was measured until then decides nothing"
	}
	return f
}

// configPlace is where annotations stand.
func configPlace(c report.Context) actions.Place {
	if c.Config == "" {
		return actions.Place{}
	}
	return actions.Place{File: filepath.ToSlash(c.Config), Line: 1}
}

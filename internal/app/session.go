package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/trial"
)

// memoryLimit bounds the heap while the collector is off: beyond it the
// collector runs all the same.
const memoryLimit = 128 << 20

// side is one gateway: how it is run and from where.
type side struct {
	config.Gateway
	dir string // working directory of its lines; empty is ours
}

// session is what one command needs to build and drive gateways: a directory
// for scratch, the mock, and the gateways added to it. Close it.
type session struct {
	world   host.World
	config  config.Config // of the suite
	self    string        // our own executable
	flags   []string      // with which the command was called, as far as they change what is measured
	logs    string        // directory for the gateways' output; empty: it goes with scratch
	verbose bool

	sandbox *sandbox.Sandbox
	mock    *mockllm.Process
	jobs    *jobs
	sides   map[bench.Arm]side
	groups  groups
}

// groups fold the log where it can be folded.
type groups interface {
	Group(title string)
	EndGroup()
}

// flat is a log that cannot.
type flat struct{}

func (flat) Group(string) {}
func (flat) EndGroup()    {}

// open starts the mock.
func open(ctx context.Context, w host.World, c config.Config, logs string, verbose bool) (*session, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	work, err := newJobs(c)
	if err != nil {
		return nil, err
	}
	s := &session{world: w, config: c, self: self, logs: logs, verbose: verbose, jobs: work, sides: map[bench.Arm]side{}, groups: flat{}}
	for _, note := range work.raised {
		s.say("%s", note)
	}
	if onRunner(w) {
		s.sandbox, err = sandbox.Isolate(w, w.Getenv("INPUT_CACHE-DIR"))
	} else {
		s.sandbox, err = sandbox.Open(w)
	}
	if err != nil {
		return nil, err
	}
	s.mock, err = mockllm.Start(ctx, []string{self, mockCommand}, mockSettings(c, work))
	if err != nil {
		return nil, errors.Join(err, s.sandbox.Close())
	}
	return s, nil
}

// close ends the mock and the sandbox.
func (s *session) close() error {
	return errors.Join(s.mock.Stop(), s.sandbox.Close())
}

func mockSettings(c config.Config, work *jobs) mockllm.Settings {
	return mockllm.Settings{
		API: c.Request.API, Shape: c.Mock.Shape,
		Latency: c.Mock.Latency, FirstEvent: c.Mock.FirstEvent, ChunkInterval: c.Mock.ChunkInterval,
		Seed: c.Mock.Seed, Answers: work.answers.List(),
	}
}

// say tells what is being done, on the way to the result.
func (s *session) say(format string, args ...any) {
	fmt.Fprintf(s.world.Stderr, format+"\n", args...)
}

// build builds a gateway, if it says how.
func (s *session) build(ctx context.Context, arm bench.Arm, g side) error {
	if g.Build == "" {
		if program := programOf(g.Start); program != "" {
			if at, err := os.Stat(filepath.Join(g.dir, program)); err == nil {
				s.say("%s: no build line, so %s is taken as it is, of %s", arm, program, at.ModTime().Format(time.DateTime))
			}
		}
		return nil
	}
	s.groups.Group("build " + string(arm))
	defer s.groups.EndGroup()
	s.say("building %s: %s", arm, strings.TrimSpace(g.Build))
	var out io.Writer
	if s.verbose {
		out = s.world.Stderr
	}
	return gateway.Build(ctx, s.shell(g, g.Build, "build-"+string(arm)), out)
}

// spec is how a gateway is started, but for its scratch directory.
func (s *session) spec(arm bench.Arm, g side) gateway.Spec {
	return gateway.Spec{
		Command:  s.shell(g, g.Start, "gateway-"+string(arm)),
		Ready:    gateway.Ready{Path: g.Ready.Path, Timeout: g.Ready.Timeout},
		Upstream: "http://" + s.mock.Addr,
	}
}

// shell is a shell line of a gateway; log names the file of its output.
func (s *session) shell(g side, line, log string) gateway.Command {
	logs := cmp.Or(s.logs, s.sandbox.Scratch())
	return gateway.Command{
		Supervisor: []string{s.self, superviseCommand},
		Line:       line,
		Dir:        g.dir,
		Env:        s.sandbox.Environment(g.Env),
		LogPath:    filepath.Join(logs, log+".log"),
		LogPasses:  s.logs == "",
		User:       s.sandbox.User(),
	}
}

// arms lists direct and the gateways, in the order of a report.
func (s *session) arms() []bench.Arm {
	if _, ok := s.sides[bench.Base]; ok {
		return []bench.Arm{bench.Direct, bench.Base, bench.Head}
	}
	return []bench.Arm{bench.Direct, bench.Head}
}

// newRig makes ready to start the gateways.
func (s *session) newRig() *rig {
	r := &rig{
		request: s.config.Request, shape: s.config.Mock.Shape, sandbox: s.sandbox, mock: s.mock,
		specs:   map[bench.Arm]gateway.Spec{},
		running: map[bench.Arm]*gateway.Process{},
		stopped: map[bench.Arm]*gateway.Process{},
		clients: map[bench.Arm]*load.Client{},
		jobs:    s.jobs,
	}
	for arm, g := range s.sides {
		r.specs[arm] = s.spec(arm, g)
	}
	return r
}

// measure drives the gateways by a trial with these settings and then by those
// that next asks for, until it asks for none. With an error the Run holds the
// rounds that were complete before it.
func (s *session) measure(ctx context.Context, settings trial.Settings, next func(bench.Run) (trial.Settings, bool)) (bench.Run, error) {
	var run bench.Run
	for stage := 1; ; stage++ {
		settings.Arms, settings.Seed = s.arms(), s.config.Measure.Seed
		plan, err := trial.NewSchedule(settings)
		if err != nil {
			return run, host.Usage(err)
		}
		if stage == 1 {
			run = s.describe(ctx, plan)
		}
		result, err := s.execute(ctx, plan)
		addStage(&run, result)
		run.Elapsed = s.world.Now().Sub(run.Started).Seconds()
		if err != nil {
			return run, err
		}
		again, more := next(run)
		if !more {
			return run, nil
		}
		again.Done = result.Done
		settings = again
	}
}

// once is the next of a measurement with a single stage.
func once(bench.Run) (trial.Settings, bool) { return trial.Settings{}, false }

// addStage adds the result of a further stage to a run.
func addStage(run *bench.Run, r trial.Result) {
	first := len(run.Rounds) == 0
	run.Rounds = append(run.Rounds, r.Rounds...)
	v := &run.Validity
	if first {
		*v = r.Validity
		run.Plan.Restart = r.Restart
		return
	}
	v.Complete = v.Complete && r.Validity.Complete
	v.Incomplete = r.Validity.Incomplete
	v.Steal, v.Foreign = max(v.Steal, r.Validity.Steal), max(v.Foreign, r.Validity.Foreign)
	v.VoidRounds += r.Validity.VoidRounds
	for _, warning := range r.Validity.Warnings {
		v.Warnings = append(v.Warnings, "second stage: "+warning)
	}
	for id, ceiling := range r.Validity.Ceiling {
		if _, known := v.Ceiling[id]; !known {
			v.Ceiling[id] = ceiling
		}
	}
}

// undisturbed keeps the runtime from doing anything by itself while something is
// measured, until what it returns is called.
func undisturbed() (restore func()) {
	// The runtime follows changes of the CPU quota unless it is told a number.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(memoryLimit)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// execute runs one plan and leaves no gateway behind.
func (s *session) execute(ctx context.Context, plan trial.Schedule) (trial.Result, error) {
	defer undisturbed()()
	r := s.newRig()
	shown := newProgress(s.world.Stderr)
	result, err := trial.Run(ctx, plan, r, s.world.Now, shown.step)
	shown.end()
	var failure *trial.Failure
	failed := errors.As(err, &failure)
	if failed {
		// The requests may have failed because it had just died.
		if dead := r.died(failure.Arm, true); dead != nil {
			err, failed = fmt.Errorf("%s %s: %w", failure.Arm, failure.Scenario, dead), false
		}
	}
	// A context that has ended must not cut the gateways' time to stop short.
	err = errors.Join(err, r.stop(context.WithoutCancel(ctx)))
	if failed {
		err = &driveError{err, r.lastOutput(failure.Arm)}
	}
	return result, err
}

// driveError is a gateway that lives and answers wrongly.
type driveError struct {
	err    error
	output []string // the gateway's last lines
}

func (e *driveError) Unwrap() error { return e.err }

func (e *driveError) Error() string {
	text := e.err.Error()
	if len(e.output) > 0 {
		text += "\n  last output:\n    | " + strings.Join(e.output, "\n    | ")
	}
	return text + "\n  what to do: send such a request by hand (proxy-bench mock gives it a backend), and read the gateway's output"
}

// explain makes an error fit to be the last word.
func (s *session) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return host.ErrInterrupted
	}
	return err
}

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/machine"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/trial"
)

// memoryLimit bounds the heap while the collector is off: beyond it the
// collector runs all the same.
const memoryLimit = 128 << 20

// measurement is one job of building and driving gateways.
type measurement struct {
	world   World
	config  config.Config                // of the suite and of head
	arms    map[bench.Arm]config.Gateway // head, and base when there is one
	logs    string                       // directory for the gateways' output; empty: none is kept
	verbose bool
}

// run builds, measures and describes. With an error the Run holds the rounds
// that were complete before it.
func (m measurement) run(ctx context.Context) (run bench.Run, err error) {
	plan, err := trial.NewPlan(trial.Settings{
		Scenarios: m.config.Scenarios(),
		Arms:      m.list(),
		Rounds:    m.config.Measure.Rounds,
		Budget:    m.config.Measure.TimeBudget,
		Seed:      m.config.Measure.Seed,
	})
	if err != nil {
		return run, &usageError{err}
	}
	run = m.describe(ctx, plan)
	defer func() { run.Elapsed = m.world.Now().Sub(run.Started).Seconds() }()
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	if err := m.build(ctx, scratch); err != nil {
		return run, m.explain(ctx, err)
	}
	r, err := m.rig(ctx, scratch)
	if err != nil {
		return run, m.explain(ctx, err)
	}
	result, err := m.execute(ctx, plan, r)
	run.Rounds, run.Validity = result.Rounds, result.Validity
	run.Plan.Restart = result.Restart
	return run, m.explain(ctx, err)
}

// list names the arms in the order of a report.
func (m measurement) list() []bench.Arm {
	if _, ok := m.arms[bench.Base]; ok {
		return []bench.Arm{bench.Direct, bench.Base, bench.Head}
	}
	return []bench.Arm{bench.Direct, bench.Head}
}

// execute runs the plan and leaves no process behind.
func (m measurement) execute(ctx context.Context, plan trial.Plan, r *rig) (result trial.Result, err error) {
	// The runtime follows changes of the CPU quota unless it is told a number.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	shown := newProgress(m.world.Stderr)
	result, err = trial.Run(ctx, plan, r, m.world.Now, shown.step)
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
	return result, errors.Join(err, r.mock.Stop())
}

// build builds every gateway that says how.
func (m measurement) build(ctx context.Context, scratch string) error {
	for _, arm := range m.list() {
		g := m.arms[arm]
		if g.Build == "" {
			continue
		}
		fmt.Fprintf(m.world.Stderr, "building %s: %s\n", arm, strings.TrimSpace(g.Build))
		var out io.Writer
		if m.verbose {
			out = m.world.Stderr
		}
		cmd, err := m.shell(g.Build, g.Env, m.logPath(scratch, "build-"+string(arm)))
		if err != nil {
			return err
		}
		if err := gateway.Build(ctx, cmd, out); err != nil {
			return err
		}
	}
	return nil
}

// rig starts the mock and makes ready to start the gateways.
func (m measurement) rig(ctx context.Context, scratch string) (*rig, error) {
	c := m.config
	r := &rig{
		request: c.Request, shape: c.Mock.Shape, scratch: scratch,
		specs:   map[bench.Arm]gateway.Spec{},
		running: map[bench.Arm]*gateway.Process{},
		stopped: map[bench.Arm]*gateway.Process{},
		clients: map[bench.Arm]*load.Client{},
		jobs:    map[bench.Scenario]*load.Job{},
	}
	for arm, g := range m.arms {
		cmd, err := m.shell(g.Start, g.Env, m.logPath(scratch, "gateway-"+string(arm)))
		if err != nil {
			return nil, err
		}
		r.specs[arm] = gateway.Spec{Command: cmd, Ready: gateway.Ready{Path: g.Ready.Path, Timeout: g.Ready.Timeout}}
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r.mock, err = mockllm.Start(ctx, []string{self, mockCommand}, mockSettings(c))
	return r, err
}

func mockSettings(c config.Config) mockllm.Settings {
	return mockllm.Settings{
		API: c.Request.API, Shape: c.Mock.Shape,
		Latency: c.Mock.Latency, FirstEvent: c.Mock.FirstEvent, ChunkInterval: c.Mock.ChunkInterval,
		Seed: c.Mock.Seed,
	}
}

// shell is a shell line with its environment, run in our working directory.
func (m measurement) shell(line string, env map[string]string, log string) (gateway.Command, error) {
	self, err := os.Executable()
	if err != nil {
		return gateway.Command{}, err
	}
	return gateway.Command{
		Supervisor: []string{self, superviseCommand},
		Line:       line,
		Env:        childEnvironment(m.world.Environ, env),
		LogPath:    log,
	}, nil
}

// logPath is where output goes: to a place that stays, if there is one.
func (m measurement) logPath(scratch, name string) string {
	dir := m.logs
	if dir == "" {
		dir = scratch
	}
	return filepath.Join(dir, name+".log")
}

// childEnvironment is ours without what is meant for us alone: the runner's
// tokens, inputs and command files.
func childEnvironment(ours []string, extra map[string]string) []string {
	var env []string
	for _, pair := range ours {
		name, _, _ := strings.Cut(pair, "=")
		private := strings.HasPrefix(name, "INPUT_") || strings.HasPrefix(name, "ACTIONS_") || strings.HasPrefix(name, "GITHUB_")
		if _, replaced := extra[name]; !private && !replaced {
			env = append(env, pair)
		}
	}
	for name, value := range extra {
		env = append(env, name+"="+value)
	}
	return env
}

// describe is what is known before anything is measured.
func (m measurement) describe(ctx context.Context, plan trial.Plan) bench.Run {
	run := bench.Run{
		Schema:      bench.RunSchema,
		Tool:        bench.Tool{Name: "proxy-bench", Version: version(), Go: runtime.Version()},
		Commit:      commit(ctx),
		Started:     m.world.Now().UTC(),
		Environment: machine.Describe(),
		Plan:        plan.Record(1),
		Seed:        plan.Seed,
		Rounds:      []bench.Round{},
	}
	run.Plan.API = string(m.config.Request.API)
	run.Plan.Answer = asMap(mockSettings(m.config))
	for _, s := range plan.Scenarios {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
	}
	run.Plan.Fingerprint = fingerprint(run.Scenarios, run.Plan.API, m.config.Request.Extra, run.Plan.Answer)
	return run
}

// fingerprint is equal for runs whose requests and answers were the same.
func fingerprint(parts ...any) string {
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(parts); err != nil {
		panic(fmt.Sprintf("the plan cannot be encoded: %v", err)) // it holds what came out of JSON and YAML
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// asMap is a value as its JSON reads.
func asMap(v any) (m map[string]any) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		panic(fmt.Sprintf("the settings cannot be encoded: %v", err)) // they are plain numbers and strings
	}
	return m
}

// commit tells what the work tree has checked out; nothing outside a repository.
func commit(ctx context.Context) bench.Commit {
	git := func(args ...string) string {
		out, err := exec.CommandContext(ctx, "git", args...).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	c := bench.Commit{SHA: git("rev-parse", "HEAD")}
	if c.SHA != "" {
		c.Ref = git("rev-parse", "--abbrev-ref", "HEAD")
		c.Dirty = git("status", "--porcelain") != ""
	}
	return c
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
func (m measurement) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errInterrupted
	}
	if failed := new(gateway.Error); errors.As(err, &failed) && m.logs == "" {
		failed.Command.LogPath = "" // it goes with the scratch directory
	}
	return err
}

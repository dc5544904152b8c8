package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/probe"
	"github.com/org/proxy-bench-action/internal/record"
)

// Rig has the built programs.
type Rig struct{ dir, bench, reference string }

// Build builds the programs of a repository into a directory.
func Build(ctx context.Context, root, dir string) (Rig, error) {
	r := Rig{dir, filepath.Join(dir, "proxy-bench"), filepath.Join(dir, "reference")}
	for program, pkg := range map[string]string{r.bench: "./cmd/proxy-bench", r.reference: "./testdata/gateways/reference"} {
		build := exec.CommandContext(ctx, "go", "build", "-o", program, pkg)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			return r, fmt.Errorf("%v: %w\n%s", build, err, out)
		}
	}
	return r, nil
}

// lookTime is how long exchanges may take: so long that all are made with a busy machine,
// too.
const lookTime = 20 * time.Second

// Look makes the exchanges with the gateway of a switch beside the one without, and says
// what the switch changes. One process pair shows harm; what is told when it changes takes
// two.
func (r Rig) Look(ctx context.Context, f Fault) ([]bench.BehaviourChange, error) {
	pairs := 1
	if b, ok := behaviour.Describe(f.Name); ok && !b.Harm {
		pairs = 2
	}
	var facts []bench.Fact
	for n := 1; n <= pairs; n++ {
		seen, err := r.look(ctx, f.Switch, n)
		if err != nil {
			return nil, err
		}
		facts = append(facts, seen...)
	}
	return changes.Compare(facts), nil
}

// look looks at one process pair.
func (r Rig) look(ctx context.Context, fault string, process int) (facts []bench.Fact, err error) {
	scratch, err := os.MkdirTemp(r.dir, "look-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	mock, err := mockllm.Start(ctx, []string{r.bench, "mock-process"}, mockllm.Settings{API: llmapi.Responses, Shape: llmapi.DefaultShape()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, mock.Stop()) }()
	subjects := []probe.Subject{{Arm: bench.Direct, Addr: mock.Addr}}
	running := map[bench.Arm]*gateway.Process{}
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		line := fmt.Sprintf(`exec %s -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL"`, r.reference)
		if arm == bench.Head && fault != "" {
			line += " -fault " + fault
		}
		p, err := gateway.Start(ctx, gateway.Spec{
			Command: gateway.Command{
				Supervisor: []string{r.bench, gateway.SuperviseCommand},
				Line:       line,
				Env:        []string{"PATH=" + os.Getenv("PATH")},
				LogPath:    filepath.Join(scratch, string(arm)+".log"),
			},
			Ready:      gateway.Ready{Path: "/health", Timeout: 20 * time.Second},
			Upstream:   "http://" + mock.Addr,
			ScratchDir: scratch,
		})
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, p.Stop(context.WithoutCancel(ctx))) }()
		running[arm] = p
		subjects = append(subjects, probe.Subject{Arm: arm, Addr: p.Addr, Holding: func() exchange.Holding { return holding(p) }})
	}
	for i := range subjects {
		s := &subjects[i]
		s.Process, s.API, s.Timeout = process, llmapi.Responses, 10*time.Second
	}
	made, err := probe.Look(ctx, mock, subjects, lookTime)
	for arm, p := range running {
		made = append(made, alive(arm, process, p))
	}
	return behaviour.Facts(made), err
}

func holding(p *gateway.Process) exchange.Holding {
	has := p.Handles()
	return exchange.Holding{RSS: p.Memory().RSS, Threads: has.Threads, Descriptors: has.Descriptors, CPU: p.CPU()}
}

func alive(arm bench.Arm, process int, p *gateway.Process) exchange.Exchange {
	x := exchange.Exchange{Situation: exchange.Alive, Arm: arm, Process: process, Answers: []exchange.Answer{{}}}
	if dead := p.Err(); dead != nil {
		x.Answers[0].Broken = dead.Error()
	}
	return x
}

// Gate decides between the gateway without a fault, as a bundle, and the one with it, with
// the default settings but for args.
func (r Rig) Gate(ctx context.Context, fault string, args ...string) (v bench.Verdict, err error) {
	dir, err := os.MkdirTemp(r.dir, "gate-")
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	baseline, err := r.baseline(ctx)
	if err != nil {
		return v, err
	}
	if err := r.configure(dir, "-fault "+fault); err != nil {
		return v, err
	}
	out, ran := r.run(ctx, dir, append([]string{"gate", "--baseline", baseline, "--measure-same", "--out", "out"}, args...)...)
	if _, v, err = record.ReadDirectory(filepath.Join(dir, "out"), new(any)); err != nil {
		return v, fmt.Errorf("%w\n%v\n%s", err, ran, out)
	}
	return v, nil
}

// configure writes what a gate needs into a directory. The arguments are in a file that
// is in the bundle, too: base and head are the same start line.
func (r Rig) configure(dir, arguments string) error {
	program, err := os.ReadFile(r.reference)
	return errors.Join(err,
		os.WriteFile(filepath.Join(dir, "reference"), program, 0o755),
		os.WriteFile(filepath.Join(dir, "args"), []byte(arguments), 0o644),
		os.WriteFile(filepath.Join(dir, ".proxy-bench.yml"), []byte(strings.Join([]string{
			"version: 1", "gateway:",
			`  start: exec ./reference -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL" $(cat args)`,
			"  bundle: [reference, args]", "",
		}, "\n")), 0o644))
}

// baseline is that of the gateway without a fault; it is made once.
func (r Rig) baseline(ctx context.Context) (string, error) {
	path := filepath.Join(r.dir, "baseline.zip")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	dir := filepath.Join(r.dir, "clean")
	if err := errors.Join(os.MkdirAll(dir, 0o755), r.configure(dir, "")); err != nil {
		return "", err
	}
	out, err := r.run(ctx, dir, "gate", "--modes", "json", "--concurrency", "1", "--body", "1KB", "--rounds", "7", "--time-budget", "30s", "--save-baseline", path, "--out", "out")
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
}

func (r Rig) run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, r.bench, args...)
	c.Dir = dir
	return c.CombinedOutput()
}

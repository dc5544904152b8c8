package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/org/proxy-bench-action/internal/machine"
	"github.com/org/proxy-bench-action/testdata/proof"
	"github.com/org/proxy-bench-action/testdata/series"
)

// rig has the built program, and the gateways that were prepared so far.
type rig struct {
	root, dir       string
	bench           string // the program
	reference       string // the gateway, unchanged
	budget          time.Duration
	stands          map[string]stand
	figures         map[string]proof.Figures // of unchanged gateways, by name
	machine, commit string
}

func newRig(ctx context.Context, budget time.Duration) (_ *rig, err error) {
	r := &rig{budget: budget, stands: map[string]stand{}, figures: map[string]proof.Figures{}, commit: series.Commit(ctx)}
	if r.root, err = os.Getwd(); err != nil {
		return nil, err
	}
	here := machine.Describe()
	r.machine = fmt.Sprintf("%s, %d CPUs, Linux %s", here.CPUModel, here.CPUs, here.Kernel)
	if r.dir, err = os.MkdirTemp("", "proof-"); err != nil {
		return nil, err
	}
	r.bench, r.reference = filepath.Join(r.dir, "proxy-bench"), filepath.Join(r.dir, "reference")
	for program, pkg := range map[string]string{r.bench: "./cmd/proxy-bench", r.reference: "./testdata/gateways/reference"} {
		if err := r.build(ctx, program, pkg); err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	return r, nil
}

func (r *rig) close() error { return os.RemoveAll(r.dir) }

func (r *rig) build(ctx context.Context, program, pkg string, flags ...string) error {
	args := append([]string{"build", "-o", program}, flags...)
	_, err := command(ctx, r.root, "go", append(args, pkg)...)
	return err
}

// command runs a program in a directory, and returns what it printed. When ctx ends, it
// is asked to end, and waited for: it has processes of its own to stop.
func command(ctx context.Context, dir, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	return ran(c, dir)
}

// shell runs a line in the root. When ctx ends, all that the line has started is to end.
func (r *rig) shell(ctx context.Context, line string) error {
	c := exec.CommandContext(ctx, "sh", "-c", line)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	_, err := ran(c, r.root)
	return err
}

// stopping is how long a program has to stop its own processes, which may hold its output.
const stopping = time.Minute

func ran(c *exec.Cmd, dir string) (string, error) {
	c.WaitDelay = stopping
	var out bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = dir, &out, &out
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out.String())
	}
	return out.String(), nil
}

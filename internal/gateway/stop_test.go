package gateway

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// stubborn ignores SIGTERM, in its group and outside of it.
const stubborn = `trap '' TERM; setsid sh -c 'sleep 1000 & sleep 1000' & ` + serveLine

func TestStopIgnoredTerm(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "trap '' TERM; sleep 1000 & "+stubborn)
	spec.Grace = 200 * time.Millisecond
	p := start(t, spec, mark)
	began := time.Now()
	if err := p.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < spec.Grace {
		t.Errorf("SIGKILL came after %v already", took)
	}
	wantGone(t, mark)
}

// The end of the context cuts the grace period short.
func TestStopCutShort(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "trap '' TERM; sleep 1000 & "+stubborn)
	spec.Grace = time.Hour
	p := start(t, spec, mark)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	wantGone(t, mark)
}

func TestStopIsGentle(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `trap 'echo bye >>said; exit 0' TERM; ROLE=serve "$SELF" & while :; do wait; done`)
	spec.Grace = time.Minute
	p := start(t, spec, mark)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := p.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if said, err := os.ReadFile(filepath.Join(spec.Dir, "said")); err != nil || string(said) != "bye\n" {
		t.Errorf("its trap said %q (%v), want bye", said, err)
	}
}

func TestBuildCancelled(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "trap '' TERM; sleep 1000 & setsid sleep 1000 & sleep 1000")
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	err := Build(ctx, spec.Command, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	wantGone(t, mark)
}

// startParent runs a process that has started a gateway as we do.
func startParent(t *testing.T, line string) (cmd *exec.Cmd, mark string) {
	t.Helper()
	spec, mark := newSpec(t, line)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(self, spec.Line, spec.LogPath, mark)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "SELF=" + self, noExitPause, "ROLE=parent"}
	cmd.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "up\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return cmd, mark
}

// However our own process ends, nothing of the gateway survives it.
func TestParentDies(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(pid int) error{
		"SIGKILL": func(pid int) error { return unix.Kill(pid, unix.SIGKILL) },
		"Ctrl-C":  func(pid int) error { return unix.Kill(-pid, unix.SIGINT) },
		"panic":   func(pid int) error { return unix.Kill(pid, unix.SIGUSR1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, mark := startParent(t, "sleep 1000 & "+stubborn)
			eventually(t, "all running", func() bool { return len(marked(mark)) >= 4 }) // between fork and exec a process has no environment
			if err := end(cmd.Process.Pid); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("it ended well")
			}
			eventually(t, "all gone", func() bool { return len(marked(mark)) == 0 })
		})
	}
}

// With the supervisor killed too, the kernel still ends the gateway itself.
func TestParentAndSupervisorKilled(t *testing.T) {
	t.Parallel()
	cmd, mark := startParent(t, serveLine)
	supervisor := descendants(cmd.Process.Pid)[0]
	// Stopped first, so that the parent cannot do it.
	for _, kill := range []error{
		unix.Kill(cmd.Process.Pid, unix.SIGSTOP), unix.Kill(supervisor, unix.SIGKILL), unix.Kill(cmd.Process.Pid, unix.SIGKILL),
	} {
		if kill != nil {
			t.Fatal(kill)
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended well")
	}
	eventually(t, "all gone", func() bool { return len(marked(mark)) == 0 })
}

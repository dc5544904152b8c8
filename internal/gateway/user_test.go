package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/testdata/testenv"
	"golang.org/x/sys/unix"
)

// somebody is a user that this machine has no other processes of, a different
// one for each caller, so that tests do not stop each other's processes.
var somebody = func() func() *User {
	ids := make(chan int, 100)
	for id := 64400; len(ids) < cap(ids); id++ {
		ids <- id
	}
	return func() *User { id := <-ids; return &User{UID: id, GID: id, Alone: true} }
}()

// isolated is a spec for a line that somebody else runs, in a directory of theirs.
func isolated(t *testing.T, line string) (Spec, string) {
	t.Helper()
	testenv.NeedsRoot(t)
	spec, mark := newSpec(t, line)
	spec.User = somebody()
	// The test's directory and the one of the test binary let nobody else in.
	open, err := os.MkdirTemp("/tmp", "proxy-bench-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(open) })
	spec.Dir, spec.ScratchDir = filepath.Join(open, "theirs"), filepath.Join(open, "theirs")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(open, "self")
	for _, err := range []error{
		os.Chmod(open, 0o755), os.Mkdir(spec.Dir, 0o700), os.Chown(spec.Dir, spec.User.UID, spec.User.GID), copyFile(self, copied),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	spec.Env = append(spec.Env, "SELF="+copied)
	return spec, mark
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// build runs a build line to its good end and returns what it printed.
func build(t *testing.T, spec Spec, mark string) string {
	t.Helper()
	var out strings.Builder
	if err := Build(t.Context(), spec.Command, &out); err != nil {
		t.Fatal(err)
	}
	wantGone(t, mark)
	return out.String()
}

func TestUserHasNoRights(t *testing.T) {
	t.Parallel()
	spec, mark := isolated(t, `id -u; id -G; grep -E '^(CapEff|CapBnd|NoNewPrivs)' /proc/self/status; ulimit -c
		echo "killed earlier by $(($(cat /proc/self/oom_score_adj) - $(cat /proc/$PPID/oom_score_adj)))"
		cat /proc/$PPID/environ 2>&1 >/dev/null
		kill -9 $PPID 2>&1; true`)
	out := build(t, spec, mark)
	lines := strings.Split(out, "\n")
	if id := fmt.Sprint(spec.User.UID); lines[0] != id || lines[1] != id {
		t.Errorf("user and groups are %q, want %s alone", lines[:2], id)
	}
	for _, want := range []string{"CapEff:\t0000000000000000", "NoNewPrivs:\t1", "\n0\n", "/environ: Permission denied", "Operation not permitted", "killed earlier by 400\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

// TestUserTracesItsOwn: a program that counts what another one does traces it, from its
// start or later, as a user without rights may with children of its own.
func TestUserTracesItsOwn(t *testing.T) {
	t.Parallel()
	spec, mark := isolated(t, `ROLE=tracer exec "$SELF"`)
	if out := build(t, spec, mark); out != "traced 2\n" {
		t.Error(out)
	}
}

// tracer traces a child from its start and another one that runs already.
func tracer() error {
	runtime.LockOSThread()
	traced, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{Sys: &unix.SysProcAttr{Ptrace: true}})
	if err != nil {
		return err
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(traced.Pid, &status, 0, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("status %x, %w", status, err)
	}
	if err := unix.PtraceDetach(traced.Pid); err != nil {
		return err
	}
	running := exec.Command("sleep", "1000")
	if err := running.Start(); err != nil {
		return err
	}
	if err := unix.PtraceAttach(running.Process.Pid); err != nil {
		return err
	}
	if _, err := unix.Wait4(running.Process.Pid, &status, 0, nil); err != nil || !status.Stopped() {
		return fmt.Errorf("status %x, %w", status, err)
	}
	fmt.Println("traced 2")
	return running.Process.Kill()
}

func TestUserServes(t *testing.T) {
	t.Parallel()
	spec, mark := isolated(t, serveLine)
	p := start(t, spec, mark)
	get(t, "http://"+p.Addr+"/health")
	if cpu, mem := p.CPU(), p.Memory(); cpu <= 0 || mem.RSS < 1<<20 {
		t.Errorf("cpu %v, memory %+v", cpu, mem)
	}
}

// forksForever are programs that are born faster than they can be looked up.
var forksForever = map[string]string{
	"bomb":  "bomb() { while :; do bomb & done; }; for i in 1 2 3 4; do { sleep 0.1; bomb; } & done; exec sleep 1000",
	"relay": "printf 'sh ./relay & exit\n' >relay; for i in 1 2 3 4; do setsid sh ./relay & done; sleep 1000",
	"deaf":  "{ trap '' TERM HUP; while :; do setsid sleep 1000 & done; } & exec sleep 1000",
}

// TestForksForever: the build is given up, and is gone in time.
func TestForksForever(t *testing.T) {
	for name, line := range forksForever {
		t.Run(name, func(t *testing.T) {
			spec, mark := isolated(t, line)
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			began := time.Now()
			err := Build(ctx, spec.Command, nil)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			t.Logf("gone after %v", time.Since(began))
			wantGone(t, mark)
			// Without its environment it is still a process of that user.
			if left, _ := exec.Command("ps", "-o", "pid,stat,args", "-u", fmt.Sprint(spec.User.UID)).Output(); strings.Count(string(left), "\n") > 1 {
				t.Errorf("left:\n%s", left)
			}
		})
	}
}

// To end one gateway, all of the user are stopped for a moment. The others go on.
func TestOthersOfTheUserGoOn(t *testing.T) {
	t.Parallel()
	a, markA := isolated(t, serveLine)
	b, markB := isolated(t, `ROLE=pool exec "$SELF"`)
	b.User = a.User
	if err := os.Chown(b.Dir, b.User.UID, b.User.GID); err != nil {
		t.Fatal(err)
	}
	first, other := start(t, a, markA), start(t, b, markB)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	get(t, "http://"+other.Addr+"/health")
}

// Not alone, its processes are found by descent only, and a stranger's survive.
func TestUserNotAlone(t *testing.T) {
	t.Parallel()
	spec, mark := isolated(t, "setsid sh -c 'sleep 1000 & sleep 1000' & sleep 1000 & exit 0")
	spec.User.Alone = false
	stranger := exec.Command("sleep", "1000")
	stranger.SysProcAttr = &unix.SysProcAttr{Credential: spec.User.Credential()}
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	build(t, spec, mark)
	if err := stranger.Process.Kill(); err != nil {
		t.Errorf("the stranger was ended too: %v", err)
	}
	_ = stranger.Wait()
}

func TestUserMistakes(t *testing.T) {
	t.Parallel()
	for want, u := range map[string]User{
		"user 0 with group 5 is no user without rights": {GID: 5},
		"user 5 with group 0 is no user without rights": {UID: 5},
	} {
		spec, mark := isolated(t, "true")
		spec.User = &u
		if e := startFails(t, spec, mark); e.Step != StepStart || !strings.Contains(e.Reason, want) {
			t.Errorf("got %v, want %s", e, want)
		}
	}
	spec, mark := isolated(t, "true")
	spec.Dir = filepath.Dir(spec.LogPath)
	if e := startFails(t, spec, mark); !strings.Contains(e.Reason, "permission denied") {
		t.Errorf("a directory of ours: %v", e)
	}
}

// TestBuildKeepsItsProxies, which it downloads through, and goes around them on the
// loopback.
func TestBuildKeepsItsProxies(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "env | grep -i proxy | sort")
	spec.Env = append(spec.Env, "HTTP_PROXY=http://p:1", "no_proxy=.corp")
	const want = "HTTP_PROXY=http://p:1\nNO_PROXY=.corp,127.0.0.1,localhost\nno_proxy=.corp,127.0.0.1,localhost\n"
	if out := build(t, spec, mark); out != want {
		t.Errorf("the build has\n%s\nwant\n%s", out, want)
	}
}

// A build that prints for ever is shown in part.
func TestShownInPart(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "yes | head -c 20000000; echo end")
	out := build(t, spec, mark)
	if len(out) > teeLimit+100 || !strings.HasSuffix(out, tooMuch) {
		t.Errorf("%d bytes, the last of them %q", len(out), out[max(0, len(out)-100):])
	}
	log, err := os.ReadFile(spec.LogPath)
	if err != nil || !slices.Contains(strings.Split(string(log[len(log)-10:]), "\n"), "end") {
		t.Errorf("the log has no end: %v", err)
	}
}

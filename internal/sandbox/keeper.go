package sandbox

import (
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/host"
)

// journalVariable tells a process that it has a keeper, and the descriptor on which it
// tells what it takes.
const journalVariable = "PROXY_BENCH_JOURNAL"

const journalDescriptor = 3

// stopTime is how long our process may take once it is told to stop: GitHub's runner
// kills the container 10 s after it has asked.
const stopTime = 9 * time.Second

// Keep runs this program once more when it is the first process of a container, and stays
// as its keeper: the kernel kills a process that takes too much memory, and whoever is
// killed gives nothing back. It returns the exit code. In any other process kept is false
// and the program is to go on.
func Keep(w host.World) (code int, kept bool) {
	if os.Getpid() == 1 && os.Geteuid() == 0 {
		_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0) // the environment has tokens
		k := &keeper{out: w.Stderr, alone: true, limit: stopTime, room: roomOf(w)}
		return k.run(append([]string{os.Args[0]}, w.Args...), w.Environ), true
	}
	if journalOf(w) != nil {
		// What is killed first where memory is short are gateways and builds, then we, and
		// never the keeper.
		_ = raiseOOM(100)
	}
	return 0, false
}

// journalOf is the pipe to our keeper, nil when there is none.
func journalOf(w host.World) io.Writer {
	if w.Getenv(journalVariable) != strconv.Itoa(journalDescriptor) {
		return nil
	}
	var stat unix.Stat_t
	if err := unix.Fstat(journalDescriptor, &stat); err != nil || stat.Mode&unix.S_IFMT != unix.S_IFIFO {
		return nil
	}
	unix.CloseOnExec(journalDescriptor)
	return descriptor(journalDescriptor)
}

// descriptor is written to and never closed: it is this process's for its whole life.
type descriptor int

func (d descriptor) Write(p []byte) (n int, err error) {
	for n < len(p) {
		m, err := unix.Write(int(d), p[n:])
		if err != nil && !errors.Is(err, unix.EINTR) {
			return n, err
		}
		n += max(m, 0)
	}
	return n, nil
}

// raiseOOM makes this process one that the kernel rather kills when memory is short
// (proc_pid_oom_score_adj(5)). That needs no rights.
func raiseOOM(by int) error {
	const file = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	now, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strconv.Itoa(min(1000, now+by))), 0)
}

// keeper waits for our process and gives back what that did not.
type keeper struct {
	out   io.Writer
	alone bool          // every other process here is one of ours
	limit time.Duration // stopTime

	// room is the keeper's own: when our process is killed, the kernel frees what that has
	// kept before the keeper hears of it.
	room room

	mu    sync.Mutex
	taken []taken
}

// roomOf keeps room on the disks that the runner gives to a step.
func roomOf(w host.World) room {
	workspace := w.Getenv("GITHUB_WORKSPACE")
	if workspace == "" {
		return nil
	}
	return keepRoom(append(runnerDirs(w, workspace, ""), workspace)...)
}

// run runs a command line of this program.
func (k *keeper) run(argv, env []string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2)
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return k.fail("pipe: %v", err)
	}
	env = slices.DeleteFunc(slices.Clone(env), func(pair string) bool { return strings.HasPrefix(pair, journalVariable+"=") })
	pid, err := syscall.ForkExec("/proc/self/exe", argv, &syscall.ProcAttr{
		Env:   append(env, fmt.Sprintf("%s=%d", journalVariable, journalDescriptor)),
		Files: []uintptr{0, 1, 2, journalDescriptor: uintptr(pipe[1])},
	})
	if err != nil {
		return k.fail("run the program once more: %v", err)
	}
	_ = unix.Close(pipe[1])
	read := make(chan struct{})
	go func() {
		defer close(read)
		k.listen(os.NewFile(uintptr(pipe[0]), "journal"))
	}()
	status, stopped := wait(pid, signals, k.limit)
	return k.end(status, stopped, read)
}

func (k *keeper) fail(format string, args ...any) int {
	fmt.Fprintf(k.out, "proxy-bench: "+format+"\n", args...)
	return host.ExitFailed
}

// listen keeps what is to be given back. A record that was not written to its end is of
// something that was not taken yet.
func (k *keeper) listen(r io.Reader) {
	for from := gob.NewDecoder(r); ; {
		var t taken
		if err := from.Decode(&t); err != nil {
			return
		}
		k.mu.Lock()
		if k.taken = append(k.taken, t); t.Kind == returned {
			k.taken = nil
		}
		k.mu.Unlock()
	}
}

// wait passes signals on until the process ends. As the first process of a container we
// also wait for those whose parents are gone.
func wait(pid int, signals <-chan os.Signal, limit time.Duration) (status unix.WaitStatus, stopped bool) {
	ended := make(chan unix.WaitStatus, 1)
	go func() {
		for {
			var status unix.WaitStatus
			if got, err := unix.Wait4(-1, &status, 0, nil); got == pid || err != nil && !errors.Is(err, unix.EINTR) {
				ended <- status
				return
			}
		}
	}()
	var late <-chan time.Time
	for {
		select {
		case status := <-ended:
			return status, stopped
		case s := <-signals:
			_ = unix.Kill(pid, s.(syscall.Signal))
			if late == nil && s != unix.SIGUSR1 && s != unix.SIGUSR2 {
				stopped, late = true, time.After(limit)
			}
		case <-late:
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
}

// end gives back what is left to be given back, and returns the exit code.
func (k *keeper) end(status unix.WaitStatus, stopped bool, read <-chan struct{}) int {
	if k.alone {
		// A supervisor that is about to start something must not do so any more.
		_ = unix.Kill(-1, unix.SIGKILL)
		reapAll(endTime)
	}
	select {
	case <-read:
	case <-time.After(endTime): // somebody still holds the other end of the pipe, which nobody else was given
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	code, said := status.ExitStatus(), ""
	if status.Signaled() {
		code = host.ExitFailed
		if said = fmt.Sprintf("this step was killed (%v) before it was done", status.Signal()); stopped {
			code = host.ExitInterrupted
		} else if status.Signal() == unix.SIGKILL {
			said += ", as the kernel does when memory is short: use a runner with more, or a gateway, a build and a suite (suite.concurrency, suite.body) that need less"
		}
	}
	if len(k.taken) > 0 {
		if err := giveBack(k.taken, &k.room); err != nil {
			return k.fail("%s; the runner's files are not as they were: %v", cmp.Or(said, "this step has ended early"), err)
		}
		said = cmp.Or(said, "this step has ended early") + "; the runner's directories and git's credentials were given back"
	}
	if said != "" {
		fmt.Fprintf(k.out, "\nproxy-bench: %s\n", said)
	}
	return code
}

// reapAll waits until no process is left that we would have to wait for, at most for a
// time: one can hang in the kernel.
func reapAll(limit time.Duration) {
	for end := time.Now().Add(limit); time.Now().Before(end); {
		got, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil: // ECHILD
			return
		case got == 0:
			time.Sleep(time.Millisecond)
		}
	}
}

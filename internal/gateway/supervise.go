package gateway

import (
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// sweepEvery is the time between two rounds of SIGKILL: a process can start
	// between listing the processes and the signal.
	sweepEvery = 10 * time.Millisecond
	// drainTimeout bounds the wait for output when no process of ours is left but
	// another process still has the pipe open.
	drainTimeout = time.Second
)

// SuperviseCommand is the hidden command with which our binary becomes a supervisor.
const SuperviseCommand = "supervise"

// Supervise is the whole life of a supervisor process: it reads a job from
// standard input, runs it, and ends when no descendant of it is left. The
// result is an exit code for the process: 0 when it did its work, however the
// job ended, 2 when it was called by hand.
//
// It is a process of its own because it outlives ours: when we are killed, even by
// SIGKILL, its standard input ends and it cleans up. As the subreaper of the tree
// (prctl(2), PR_SET_CHILD_SUBREAPER) it inherits every process whose parent died,
// so that none escapes by forking twice or by leaving its group.
func Supervise(args []string) int {
	if len(args) != 0 {
		fmt.Fprintln(os.Stderr, "supervise is internal and takes no arguments")
		return 2
	}
	// A parent-death signal is sent when the parent *thread* ends (prctl(2),
	// PR_SET_PDEATHSIG), so the thread that forks must stay.
	runtime.LockOSThread()
	// Only the pipe is obeyed. The signals are caught rather than ignored: an ignored
	// signal stays ignored across exec, and the gateway would not receive SIGTERM.
	signal.Notify(make(chan os.Signal, 1), unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGPIPE)

	control := gob.NewDecoder(os.Stdin)
	var j job
	if err := control.Decode(&j); err != nil {
		fmt.Fprintln(os.Stderr, "supervise is internal and expects a job on standard input:", err)
		return 2
	}
	reports := gob.NewEncoder(os.Stdout)
	s, err := begin(j)
	if err != nil {
		_ = reports.Encode(report{Failed: err.Error()})
		return 0
	}
	// A report that cannot be sent means that the parent is gone. Then its pipe to
	// us has ended too, which is an order to stop.
	_ = reports.Encode(report{Started: s.main})
	_ = reports.Encode(report{Ended: true, Exit: s.run(listen(control), reap())})
	return 0
}

// supervisor is a running job.
type supervisor struct {
	job     job
	main    int // process id of the shell, and id of its process group
	log     *capture
	drained chan struct{}
}

// begin starts the shell line.
func begin(j job) (*supervisor, error) {
	if _, err := os.Stat("/proc/thread-self/children"); err != nil {
		return nil, fmt.Errorf("this kernel does not list child processes (CONFIG_PROC_CHILDREN): %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("become subreaper: %w", err)
	}
	file, err := os.Create(j.LogPath)
	if err != nil {
		return nil, fmt.Errorf("create log: %w", err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	// os.Pipe makes non-blocking ends, which the gateway would inherit.
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	// A smaller pipe also works, but wakes us more often.
	_, _ = unix.FcntlInt(uintptr(pipe[1]), unix.F_SETPIPE_SZ, pipeBytes)

	if err := j.User.confine(); err != nil {
		return nil, err
	}
	back := j.User.expose()
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", j.Line}, &syscall.ProcAttr{
		Dir:   j.Dir,
		Env:   j.Env,
		Files: []uintptr{null.Fd(), uintptr(pipe[1]), uintptr(pipe[1])},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL, Credential: j.User.Credential()},
	})
	back()
	if err != nil {
		return nil, fmt.Errorf("run sh in %q: %w", j.Dir, err)
	}
	if err := unix.Close(pipe[1]); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	s := &supervisor{job: j, main: pid, log: &capture{hider: hider{secrets: j.Secrets}, file: file}, drained: make(chan struct{})}
	if j.Tee {
		s.log.tee = os.Stderr
	}
	go func() {
		defer close(s.drained)
		s.log.copy(os.NewFile(uintptr(pipe[0]), "output"))
	}()
	return s, nil
}

// listen reads orders from the control pipe; its end is an order to stop.
func listen(control *gob.Decoder) <-chan order {
	orders := make(chan order)
	go func() {
		for {
			var o order
			if err := control.Decode(&o); err != nil {
				orders <- orderStop
				return
			}
			orders <- o
		}
	}()
	return orders
}

// ended is a process that was waited for.
type ended struct {
	pid    int
	status unix.WaitStatus
}

// reap waits for every child, own and inherited. The channel is closed when none is
// left, which for a subreaper means that no descendant is left.
func reap() <-chan ended {
	reaped := make(chan ended)
	go func() {
		defer close(reaped)
		for {
			var status unix.WaitStatus
			pid, err := unix.Wait4(-1, &status, 0, nil)
			switch {
			case errors.Is(err, unix.EINTR):
			case err != nil: // ECHILD
				return
			default:
				reaped <- ended{pid, status}
			}
		}
	}()
	return reaped
}

// run returns when no descendant is left and the log is complete.
func (s *supervisor) run(orders <-chan order, reaped <-chan ended) exit {
	var (
		result       exit
		stopping     bool
		grace, sweep <-chan time.Time // nil until they are needed
	)
	kill := func() {
		stopping = true
		s.signalAll(unix.SIGKILL)
		sweep = time.After(sweepEvery)
	}
	for {
		select {
		case o := <-orders:
			switch {
			case o == orderKill:
				kill()
			case !stopping:
				stopping = true
				s.signalAll(unix.SIGTERM)
				grace = time.After(s.job.Grace)
			}
		case <-grace:
			kill()
		case <-sweep:
			kill()
		case e, open := <-reaped:
			if !open {
				result.Log = s.finishLog()
				return result
			}
			if e.pid != s.main {
				continue
			}
			result.Status = e.status
			if background := s.job.Daemon && e.status == 0; !stopping && !background {
				kill()
			}
		}
	}
}

// finishLog completes the log and says why some of it is missing, if it is.
func (s *supervisor) finishLog() string {
	select {
	case <-s.drained:
	case <-time.After(drainTimeout):
		return "someone outside still holds its output"
	}
	if err := s.log.finish(); err != nil {
		return err.Error()
	}
	return ""
}

// signalAll sends a signal once to the process group and to every descendant
// outside of it: many programs end at once at a second SIGTERM.
func (s *supervisor) signalAll(sig unix.Signal) {
	defer s.job.User.Freeze()()
	inGroup := false
	for _, pid := range descendants(os.Getpid()) {
		if g, err := unix.Getpgid(pid); err == nil && g == s.main {
			inGroup = true
			continue
		}
		_ = unix.Kill(pid, sig) // ESRCH: it has ended meanwhile
	}
	// A group without a member of ours could be another one with the same id.
	if inGroup {
		_ = unix.Kill(-s.main, sig)
	}
}

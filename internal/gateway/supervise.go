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
	// sweepEvery is the time between two rounds of SIGKILL: a process can be
	// born between our look and our signal.
	sweepEvery = 10 * time.Millisecond
	// drainTimeout bounds the wait for output when no process of ours is left
	// but someone else was handed our pipe.
	drainTimeout = time.Second
)

// Supervise is the whole life of a supervisor process: it reads a job from
// standard input, runs it, and ends when no descendant of it is left. The
// result is an exit code for the process: 0 when it did its work, however the
// job ended, 2 when it was called by hand.
//
// Why a process of its own: it outlives ours. When we are killed, even by
// SIGKILL, its standard input ends and it cleans up. And as the subreaper of
// the tree (prctl(2), PR_SET_CHILD_SUBREAPER) it inherits every process whose
// parent died, so that none escapes by forking twice or by leaving its group.
func Supervise(args []string) int {
	if len(args) != 0 {
		fmt.Fprintln(os.Stderr, "supervise is internal and takes no arguments")
		return 2
	}
	// A parent-death signal is sent when the parent *thread* ends (prctl(2),
	// PR_SET_PDEATHSIG), so the thread that forks must stay.
	runtime.LockOSThread()
	// Only the pipe is obeyed. Caught and not ignored: an ignored signal stays
	// ignored across exec, and the gateway would not hear SIGTERM.
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
	// A report that cannot be sent means that the parent is gone. Its pipe to
	// us has ended too, which is an order to stop: nothing else to do here.
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
	// Not os.Pipe: its ends do not block, and the gateway would inherit that.
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	// A smaller pipe is as correct, it only wakes us more often.
	_, _ = unix.FcntlInt(uintptr(pipe[1]), unix.F_SETPIPE_SZ, pipeBytes)

	if err := j.User.confine(); err != nil {
		return nil, err
	}
	pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", j.Line}, &syscall.ProcAttr{
		Dir:   j.Dir,
		Env:   j.Env,
		Files: []uintptr{null.Fd(), uintptr(pipe[1]), uintptr(pipe[1])},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL, Credential: j.User.credential()},
	})
	if err != nil {
		return nil, fmt.Errorf("run sh in %q: %w", j.Dir, err)
	}
	if err := unix.Close(pipe[1]); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	s := &supervisor{job: j, main: pid, log: &capture{file: file}, drained: make(chan struct{})}
	if j.Tee {
		s.log.tee = os.Stderr
	}
	go func() {
		defer close(s.drained)
		s.log.copy(os.NewFile(uintptr(pipe[0]), "output"))
	}()
	return s, nil
}

// listen turns the control pipe into orders; its end is an order to stop.
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
	pid  int
	exit exit
}

// reap waits for every child, own and inherited. The channel is closed when
// there is none left, which for a subreaper means no descendant either.
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
			case status.Signaled():
				reaped <- ended{pid, exit{Signal: int(status.Signal())}}
			default:
				reaped <- ended{pid, exit{Code: status.ExitStatus()}}
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
		grace, sweep <-chan time.Time // nil, so silent, until they are set
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
			result = e.exit
			if background := s.job.Daemon && result.ok(); !stopping && !background {
				kill()
			}
		}
	}
}

// finishLog completes the log and says what is wrong with it, if anything.
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

// signalAll sends a signal to the process group and to every descendant outside
// of it, once each: many programs take a second SIGTERM for impatience.
func (s *supervisor) signalAll(sig unix.Signal) {
	defer s.job.User.freeze()()
	inGroup := false
	for _, pid := range descendants(os.Getpid()) {
		if g, err := unix.Getpgid(pid); err == nil && g == s.main {
			inGroup = true
			continue
		}
		_ = unix.Kill(pid, sig) // ESRCH: it has ended meanwhile
	}
	// Only a group with a member of ours is ours: its id could be in use again.
	if inGroup {
		_ = unix.Kill(-s.main, sig)
	}
}

package gateway

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxProcesses bounds the processes and threads of a [User], all builds and
// gateways together. It is enough for gateways with a thread for each connection
// and for compilers with many threads per processor, and low enough that a program
// which forks without end leaves us CPU time.
func maxProcesses() uint64 { return 1024 + 128*uint64(runtime.NumCPU()) }

// User is another user to run a shell line as, because its code is not trusted. It
// has no supplementary groups, cannot gain rights by running a set-user-ID program,
// leaves no core files, and its processes are limited in number. Only root can run
// a line as another user.
type User struct {
	UID, GID int
	// Alone: every process of this user belongs to a gateway or a build, as in a
	// container of our own. Then all are stopped at once, so that even a program
	// which forks without end can be ended. Elsewhere, where the user may have a
	// desktop, processes are ended one by one until none is left.
	Alone bool
}

// Credential is what a process of the user is started with; nil leaves it as it is.
func (u *User) Credential() *syscall.Credential {
	if u == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}
}

// confine limits the calling thread, which has to be locked, and whatever it forks
// from now on. The limits do not apply to root.
func (u *User) confine() error {
	if u == nil {
		return nil
	}
	if u.UID <= 0 || u.GID <= 0 {
		return fmt.Errorf("user %d with group %d is no user without rights", u.UID, u.GID)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("only root can run a command as user %d", u.UID)
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up gaining rights: %w", err)
	}
	for resource, limit := range map[int]uint64{unix.RLIMIT_NPROC: maxProcesses(), unix.RLIMIT_CORE: 0} {
		var now unix.Rlimit
		if err := unix.Getrlimit(resource, &now); err != nil {
			return fmt.Errorf("read limit %d: %w", resource, err)
		}
		limit = min(limit, now.Max)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			return fmt.Errorf("set limit %d: %w", resource, err)
		}
	}
	return nil
}

// moreOOM is by how much rather the kernel ends a process of a [User] than one of ours
// when memory is short (proc_pid_oom_score_adj(5)). A process may undo that, but is then
// still the one that has taken the memory.
const moreOOM = 400

// expose makes this process, and what it forks, the first to be ended when memory is
// short, until the function that it returns is called. Where the kernel does not let it,
// it is as before: no measurement is worth less for it.
func (u *User) expose() (back func()) {
	const file = "/proc/self/oom_score_adj"
	text, err := os.ReadFile(file)
	now, notNumber := strconv.Atoi(strings.TrimSpace(string(text)))
	if u == nil || err != nil || notNumber != nil {
		return func() {}
	}
	_ = os.WriteFile(file, strconv.AppendInt(nil, int64(min(1000, now+moreOOM)), 10), 0)
	return func() { _ = os.WriteFile(file, text, 0) }
}

// Freeze stops all processes of the user in one step and returns the function that
// continues those which were not killed meanwhile. In between no process starts, so
// that listing them once finds all, and they use no CPU time.
func (u *User) Freeze() (thaw func()) {
	if u == nil || !u.Alone {
		return func() {}
	}
	u.signal(unix.SIGSTOP)
	return func() { u.signal(unix.SIGCONT) }
}

// signal sends a signal to every process of the user. A thread becomes that user,
// so that kill(2) with -1 reaches these processes and no others, under the lock
// that fork(2) takes.
func (u *User) signal(sig unix.Signal) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		// Never unlocked: the thread is no longer root and ends with this goroutine.
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			// The first thread cannot end. While it is locked here, another thread
			// runs the nested call.
			u.signal(sig)
			runtime.UnlockOSThread()
			return
		}
		// A raw call changes this thread only; package syscall would change all threads.
		id := uintptr(u.UID)
		if _, _, err := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); err != 0 {
			return // the processes are then ended one by one
		}
		if err := unix.Kill(-1, sig); err != nil && !errors.Is(err, unix.ESRCH) {
			fmt.Fprintf(os.Stderr, "supervise: signal user %d: %v\n", u.UID, err)
		}
	}()
	<-sent
}

package gateway

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxProcesses bounds the processes and threads of a [User], all builds and
// gateways together. It leaves room for gateways with a thread for each
// connection and for compilers with many threads on every processor, and when a
// program forks for ever, few enough run on each that we still get our turn.
func maxProcesses() uint64 { return 1024 + 128*uint64(runtime.NumCPU()) }

// User is who a shell line runs as, when that is not ourselves: somebody whose
// code is not trusted. It has no supplementary groups, cannot gain rights by
// running a program that is set-user-ID, leaves no core files, and has a bound
// on its processes. To become another user takes root.
type User struct {
	UID, GID int
	// Alone: every process of this user that exists is a gateway's or a build's,
	// as in a container of our own. Then they can be stopped all at once, and
	// one that forks faster than we look is ended too. Elsewhere, where the user
	// may have a desktop, they are ended one by one, until none is left.
	Alone bool
}

// credential is what the forked process becomes; nil leaves it as it is.
func (u *User) credential() *syscall.Credential {
	if u == nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(u.UID), Gid: uint32(u.GID)}
}

// confine limits the calling thread, and whatever it forks from now on. The
// thread has to be locked. What it forbids does not bind us, who are root.
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

// freeze stops all processes of the user in one step, and returns what lets
// those go on that were not killed meanwhile. In between no process is born, so
// one look finds all; and they take no time from us, however many they are.
func (u *User) freeze() (thaw func()) {
	if u == nil || !u.Alone {
		return func() {}
	}
	u.signal(unix.SIGSTOP)
	return func() { u.signal(unix.SIGCONT) }
}

// signal sends a signal to every process of the user, by becoming that user for
// the moment: then kill(2) with -1 reaches them and nobody else, under the lock
// that a fork has to take.
func (u *User) signal(sig unix.Signal) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		// Never unlocked: the thread is no longer root and ends with this goroutine.
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			// The first thread cannot end. Held here, it does not get this again.
			u.signal(sig)
			runtime.UnlockOSThread()
			return
		}
		// Raw: the ids of this thread alone, where package syscall sets those of all.
		id := uintptr(u.UID)
		if _, _, err := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); err != 0 {
			return // the one-by-one way is still there
		}
		if err := unix.Kill(-1, sig); err != nil && !errors.Is(err, unix.ESRCH) {
			fmt.Fprintf(os.Stderr, "supervise: signal user %d: %v\n", u.UID, err)
		}
	}()
	<-sent
}

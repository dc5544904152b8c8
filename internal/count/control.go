package count

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/count/callgrind"
	"github.com/org/proxy-bench-action/internal/gateway"
)

// control tells the processes under callgrind what to do, by Valgrind's program vgdb. A
// process that sleeps in a system call, as any idle server does, is woken by ptrace,
// which vgdb may because it runs as the same user.
type control struct {
	vgdb string
	dir  string // of the pipes and profiles
	user *gateway.User
}

const (
	// invokeAfter is how long a process may sleep before it is woken.
	invokeAfter = 20 * time.Millisecond
	// tellTime is how long a process may take to do what it is told.
	tellTime = 20 * time.Second
	// mostProfile is more than a profile has.
	mostProfile = 256 << 20
	// mostProcesses is more than a gateway has workers.
	mostProcesses = 64
)

// pipe is the name of a pipe to a process under Valgrind: vgdb makes up the same from
// these variables.
var pipe = regexp.MustCompile(`^` + pipes + `-from-vgdb-to-(\d+)-by-(.*)-on-(.*)$`)

// process is one that can be told.
type process struct {
	pid        int
	user, host string // as its environment has them
}

// processes are those that live. A pipe may stay behind.
func (c *control) processes() ([]process, error) {
	files, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, err
	}
	var all []process
	for _, f := range files {
		m := pipe.FindStringSubmatch(f.Name())
		if m == nil {
			continue
		}
		if pid, err := strconv.Atoi(m[1]); err == nil && lives(pid) {
			all = append(all, process{pid, m[2], m[3]})
		}
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("no process of the gateway runs under Valgrind: gateway.start has to run it, not ask a service to do it")
	case len(all) > mostProcesses:
		return nil, fmt.Errorf("the gateway has %d processes", len(all))
	}
	return all, nil
}

// lives says whether there is a process that has not ended.
func lives(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	state := bytes.TrimSpace(stat[bytes.LastIndexByte(stat, ')')+1:])
	return err == nil && len(state) > 0 && state[0] != 'Z' && state[0] != 'X'
}

// tell gives one process a command.
func (c *control) tell(ctx context.Context, p process, command ...string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, tellTime, fmt.Errorf("process %d did not do what vgdb told it within %v", p.pid, tellTime))
	defer cancel()
	out := &answer{refused: cancel}
	cmd := exec.CommandContext(ctx, c.vgdb, slices.Concat([]string{
		"--vgdb-prefix=" + filepath.Join(c.dir, pipes), "--pid=" + strconv.Itoa(p.pid),
		fmt.Sprintf("--max-invoke-ms=%d", invokeAfter.Milliseconds()), fmt.Sprintf("--cmd-time-out=%d", int(tellTime.Seconds())),
	}, command)...)
	cmd.Env = []string{"LOGNAME=" + p.user, "HOST=" + p.host}
	cmd.Dir = c.dir
	cmd.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL}
	if c.user != nil {
		cmd.SysProcAttr.Credential = c.user.Credential()
	}
	cmd.Stdout, cmd.Stderr = out, out
	err := c.run(cmd)
	switch {
	case err == nil || !lives(p.pid): // one that has ended is no longer asked
		return nil
	case out.isRefusal():
		return errors.New("ptrace is not allowed here, by which vgdb wakes a process")
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return fmt.Errorf("vgdb: %w: %s", err, lastLine(out.text))
	}
}

// answer is what vgdb prints. Where it may not wake a process it tries until its time is
// over: it is ended before.
type answer struct {
	text    []byte
	refused func()
}

// mostAnswered is more than vgdb has to say.
const mostAnswered = 64 << 10

func (a *answer) Write(p []byte) (int, error) {
	a.text = append(a.text, p[:min(len(p), mostAnswered-len(a.text))]...)
	if a.isRefusal() {
		a.refused()
	}
	return len(p), nil
}

func (a *answer) isRefusal() bool {
	return bytes.Contains(a.text, []byte("Operation not permitted"))
}

// run runs a program. Other processes of its user may trace it, so it must have no way to
// gain rights: that is a property of the thread which starts it, and the thread goes with
// the goroutine.
func (c *control) run(cmd *exec.Cmd) (err error) {
	if c.user == nil {
		return cmd.Run()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err = unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err == nil {
			err = cmd.Run()
		}
	}()
	<-done
	return err
}

// lastLine is what a program has printed last.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// begin switches counting on.
func (c *control) begin(ctx context.Context) error {
	all, err := c.processes()
	if err != nil {
		return err
	}
	return c.each(all, func(_ int, p process) error { return c.tell(ctx, p, "instrumentation", "on") })
}

// take has each process write down what it has counted since the last time, and begin
// anew. The profiles are in the order of the processes.
func (c *control) take(ctx context.Context) ([]callgrind.Profile, error) {
	all, err := c.processes()
	if err != nil {
		return nil, err
	}
	profiles := make([]callgrind.Profile, len(all))
	return profiles, c.each(all, func(i int, p process) (err error) {
		if err = c.tell(ctx, p, "dump"); err == nil {
			profiles[i], err = c.read(p.pid)
		}
		return err
	})
}

func (c *control) each(all []process, f func(int, process) error) error {
	failed := make([]error, len(all))
	var telling sync.WaitGroup
	for i, p := range all {
		telling.Go(func() { failed[i] = f(i, p) })
	}
	telling.Wait()
	return errors.Join(failed...)
}

// written are the profiles of a process. The directory's name may have anything in it,
// such as the signs of a pattern.
func (c *control) written(pid int) (paths []string, err error) {
	files, err := os.ReadDir(c.dir)
	for _, f := range files {
		if strings.HasPrefix(f.Name(), fmt.Sprintf("%s.%d.", profiles, pid)) {
			paths = append(paths, filepath.Join(c.dir, f.Name()))
		}
	}
	return paths, err
}

// read reads the profile that a process has just written, and removes it. The directory
// is the gateway's to write into: what it puts there is no profile.
func (c *control) read(pid int) (callgrind.Profile, error) {
	written, err := c.written(pid)
	switch {
	case err != nil:
		return callgrind.Profile{}, err
	case len(written) == 0 && !lives(pid):
		return callgrind.Profile{}, nil
	case len(written) == 0:
		return callgrind.Profile{}, errors.New("the profile was not written: is the disk full, or does the gateway write profiles of its own?")
	case len(written) > 1:
		return callgrind.Profile{}, fmt.Errorf("there are %d profiles of process %d in place of one", len(written), pid)
	}
	fd, err := unix.Open(written[0], unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return callgrind.Profile{}, fmt.Errorf("open the profile of process %d: %w", pid, err)
	}
	file := os.NewFile(uintptr(fd), written[0])
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return callgrind.Profile{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostProfile {
		return callgrind.Profile{}, fmt.Errorf("the profile of process %d is a %v of %d bytes", pid, info.Mode(), info.Size())
	}
	p, err := callgrind.Read(file)
	if err != nil {
		return p, fmt.Errorf("the profile of process %d: %w", pid, err)
	}
	if p.PID != pid {
		return p, fmt.Errorf("the profile of process %d says that it is of process %d", pid, p.PID)
	}
	return p, os.Remove(written[0])
}

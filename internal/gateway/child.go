package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/plain"
)

// tailBytes is what is read of a log for an error: enough for a stack trace
// below the message that matters.
const tailBytes = 16 << 10

// launchTimeout is how long a supervisor may take to start its line.
const launchTimeout = 30 * time.Second

// killTimeout is how long processes may take to disappear after SIGKILL.
const killTimeout = 10 * time.Second

// child is a shell line under a supervisor, seen from our process.
type child struct {
	job job
	pid int // of the shell

	supervisor *exec.Cmd
	mu         sync.Mutex // guards control and stopped
	control    *gob.Encoder
	stopped    bool // it was told to end

	done chan struct{} // closed when no process is left
	// Set before done is closed.
	exit       exit
	fault      error // the supervisor failed; exit means nothing
	unexpected bool  // it was not told to end
	tail       []byte
}

// launch starts the line. The supervisor's standard error goes to out; without out
// it is kept for the error message.
func launch(j job, out io.Writer) (*child, error) {
	if info, err := os.Stat(j.Dir); j.Dir != "" && (err != nil || !info.IsDir()) {
		return nil, fmt.Errorf("working directory %q does not exist", j.Dir)
	}
	if len(j.Supervisor) == 0 {
		return nil, errors.New("no supervisor command given")
	}
	c := &child{job: j, done: make(chan struct{})}
	c.supervisor = exec.Command(j.Supervisor[0], j.Supervisor[1:]...)
	// The supervisor needs nothing of our environment, and one thread at a time.
	c.supervisor.Env = []string{"GOMAXPROCS=1"}
	// With a session of its own, neither Ctrl-C nor a closed terminal reaches it,
	// and the gateway has no terminal to prompt on.
	c.supervisor.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	var complaint bytes.Buffer
	c.supervisor.Stderr = &complaint
	if out != nil {
		c.supervisor.Stderr = out
	}
	control, err := c.supervisor.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.control = gob.NewEncoder(control)
	status, err := c.supervisor.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.supervisor.Start(); err != nil {
		return nil, fmt.Errorf("start supervisor: %w", err)
	}
	// A supervisor that does not begin, as on a file system that hangs, is killed,
	// which ends the read below.
	late := time.AfterFunc(launchTimeout, func() { _ = c.supervisor.Process.Kill() })
	defer late.Stop()
	// If the job cannot be sent, the supervisor reports nothing, which is handled below.
	_ = c.control.Encode(j)
	reports := gob.NewDecoder(status)
	var first report
	if err := reports.Decode(&first); err != nil || first.Started == 0 {
		_ = control.Close()
		_ = c.supervisor.Wait() // its report is the better message
		if first.Failed != "" {
			return nil, errors.New(first.Failed)
		}
		return nil, fmt.Errorf("supervisor %q said nothing: %s", j.Supervisor, complaint.String())
	}
	c.pid = first.Started
	go c.follow(reports, &complaint)
	return c, nil
}

// follow waits until no process is left.
func (c *child) follow(reports *gob.Decoder, complaint *bytes.Buffer) {
	var last report
	err := reports.Decode(&last)
	_ = c.supervisor.Wait() // its last report says more than its exit status
	if err != nil || !last.Ended {
		// Someone killed the supervisor. Its death ended the shell (parent-death
		// signal); this ends the rest of the group.
		_ = unix.Kill(-c.pid, unix.SIGKILL)
		c.fault = errors.New(strings.TrimSpace("its supervisor ended unexpectedly " + complaint.String()))
	} else {
		c.exit = last.Exit
	}
	c.mu.Lock()
	c.unexpected = !c.stopped
	c.mu.Unlock()
	log, err := os.ReadFile(c.job.LogPath) // its size is bounded
	if err != nil && c.exit.Log == "" {
		c.exit.Log = err.Error()
	}
	c.tail = bytes.Clone(log[max(0, len(log)-tailBytes):])
	close(c.done)
}

// supervisorPID is the root of the process tree and not a member of it.
func (c *child) supervisorPID() int { return c.supervisor.Process.Pid }

// order tells the supervisor what to do. It is no error if the supervisor is gone.
func (c *child) order(o order) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	_ = c.control.Encode(o)
}

// stop ends all processes: by SIGTERM, and by SIGKILL after the grace period or at
// the end of ctx. It may be called again and from several goroutines.
func (c *child) stop(ctx context.Context) error {
	select {
	case <-c.done:
		return nil
	default:
	}
	c.order(orderStop)
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
	case <-time.After(c.job.Grace):
	}
	c.order(orderKill)
	select {
	case <-c.done:
		return nil
	case <-time.After(killTimeout):
		return &Error{
			Step: StepStop, Command: c.job.Command,
			Reason: fmt.Sprintf("processes %d are still there %v after SIGKILL", descendants(c.supervisorPID()), killTimeout),
			Hint:   "they hang in the kernel (state D in ps), often on a network file system",
		}
	}
}

// ending says why the line of a setting did not succeed and what to do; empty if it did. Call it
// when done is closed.
func (c *child) ending(setting string) (reason, hint string) {
	switch {
	case c.fault != nil:
		return c.fault.Error(), "run it again; if it repeats, please report it as a bug of this tool"
	case c.exit.Status == 0:
		return "", ""
	default:
		return c.exit.String(), cmp.Or(misfit(append(c.tail, c.exit.Log...), c.job.Dir), c.exit.hint(setting))
	}
}

// lastLines is the end of the output. Call it when done is closed.
func (c *child) lastLines() []string {
	lines := plain.LastLines(string(c.tail))
	if c.exit.Log != "" {
		lines = append(lines, plain.Clean("(output is missing: "+c.exit.Log+")"))
	}
	return lines
}

// The supervisor and its parent talk in gob values over two pipes: the job and
// then orders on the supervisor's standard input, reports on its standard
// output. Not JSON: it would change names and values that are not UTF-8.

// job is what the supervisor runs.
type job struct {
	Command
	Grace time.Duration
	// Daemon: a line that ends well and leaves processes behind goes on living
	// in them, as a server that puts itself in the background does.
	Daemon bool
	// Tee: the output is also wanted on the supervisor's standard error.
	Tee bool
}

// order is one of these words. The end of the pipe, which is how the death of
// the parent looks, means stop.
type order string

const (
	orderStop order = "stop" // SIGTERM, and SIGKILL after the grace period
	orderKill order = "kill" // SIGKILL now
)

// report is one message of the supervisor. The first has Started or Failed; the
// last has Ended.
type report struct {
	Started int    // process id of the shell, also the id of its group
	Failed  string // why the line could not be run
	Ended   bool   // no process is left, the log is complete
	Exit    exit   // with Ended
}

// exit is how the shell line ended.
type exit struct {
	Status unix.WaitStatus // 0: it succeeded
	Log    string          // why some output is missing in the log
}

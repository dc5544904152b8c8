package gateway

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// Process is a gateway that was ready. Its methods may be called from several
// goroutines.
type Process struct {
	PID  int    // of the shell line, which is the gateway itself when the line execs it
	Addr string // 127.0.0.1:PORT

	child *child
	tree  *tree
}

// Done is closed when no process of the gateway is left, whatever the reason.
func (p *Process) Done() <-chan struct{} { return p.child.done }

// Alive is true while a process of the gateway is left. When its first process
// fails, the others are killed.
func (p *Process) Alive() bool {
	select {
	case <-p.child.done:
		return false
	default:
		return true
	}
}

// Err is nil while the gateway lives and after [Process.Stop]. Once the gateway has
// ended by itself, with success or not, it is an [*Error] with its last output.
func (p *Process) Err() error {
	if p.Alive() || !p.child.unexpected {
		return nil
	}
	return p.died("")
}

var addressInUse = regexp.MustCompile(`(?i)address (already )?in use|EADDRINUSE`)

func (p *Process) died(when string) *Error {
	reason, hint := p.child.ending(startSetting)
	if reason == "" {
		reason, hint = p.child.exit.String(), "gateway.start must run until it is told to stop, in the foreground or leaving a daemon behind"
	}
	e := &Error{Step: StepDied, Reason: reason + when, Command: p.child.job.Command, Output: p.child.lastLines(), Hint: hint}
	if addressInUse.Match(p.child.tail) {
		e.Err = errPortTaken
		e.Hint = "its address is in use: have gateway.start listen on 127.0.0.1:$PORT, and on $PORT_2 to $PORT_9 for whatever else it serves"
	}
	return e
}

// Output is the end of what the gateway printed, bounded and without control
// characters. It is nil while a process is left.
func (p *Process) Output() []string {
	if p.Alive() {
		return nil
	}
	return p.child.lastLines()
}

// Stop ends the gateway and everything it started: SIGTERM to all, and SIGKILL
// to what is left after the grace period, which the end of ctx shortens. Stopping a
// gateway that has ended is no error; an [*Error] means that processes are left.
func (p *Process) Stop(ctx context.Context) error { return p.child.stop(ctx) }

// abandon ends a gateway that did not become ready and explains why it did not.
func (p *Process) abandon(ctx context.Context, cause error) error {
	deadBefore := !p.Alive()
	if err := p.Stop(ctx); err != nil {
		return errors.Join(err, cause)
	}
	if deadBefore {
		return p.died(" before it was ready")
	}
	e := &Error{
		Step: StepReady, Reason: cause.Error(), Command: p.child.job.Command,
		Output: p.child.lastLines(), Err: cause,
	}
	var o *obstacle
	switch {
	case ctx.Err() != nil:
		e.Reason = "start abandoned: " + cause.Error()
	case errors.As(cause, &o):
		e.Hint = o.hint
	}
	return e
}

// CPU is the CPU time used so far by all processes of the gateway, user and
// system. It never falls. It is exact to the nanosecond for processes that exist, and
// to ticks of 10 ms for what children used that have ended and were waited for. Of
// those that nobody waits for, it does not include what they used between the
// previous call and their end.
func (p *Process) CPU() time.Duration { return p.tree.cpu(p.Alive()) }

// Memory is what the gateway holds in memory.
//
// It is the resident set (VmRSS) and not the proportional one (Pss): any user may
// read it, without a walk through the page tables, and the kernel has a high-water
// mark of it. Pages that forked workers share count once per worker, in base and
// head alike. The kernel batches the count per CPU, so that it can be off by some
// 100 KB.
type Memory struct {
	RSS  int64 // bytes, now, summed over the processes
	Peak int64 // bytes, the highest sum of high-water marks (VmHWM) seen by a call
}

// Memory reads the memory now. A gateway that has ended has none.
func (p *Process) Memory() Memory { return p.tree.memory(p.Alive()) }

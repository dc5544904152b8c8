// Package gateway builds, starts and stops the process under test, and reads
// what it costs: CPU time and memory of its whole process tree.
//
// A gateway is any shell line that ends up serving HTTP on a given port, in any
// language, as one process or many. It runs under a supervisor process
// (see [Supervise]) so that nothing of it survives us, however we end.
//
// The package must not know what is measured, how load is made, or what the
// configuration looks like: it knows shell lines, ports and processes.
package gateway

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

const (
	// DefaultReadyTimeout is used when Ready.Timeout is zero.
	DefaultReadyTimeout = 60 * time.Second
	// DefaultGrace is used when Spec.Grace is zero.
	DefaultGrace = 3 * time.Second

	portAttempts = 3
)

// Command is a shell line and where its output goes.
type Command struct {
	// Supervisor is the argument vector of a process that calls [Supervise]:
	// normally our own binary and its hidden command.
	Supervisor []string
	// Line is given to `sh -c`.
	Line string
	// Dir is the working directory; empty means ours.
	Dir string
	// Env is the complete environment, name=value; nothing is inherited.
	Env []string
	// LogPath is the file for standard output and error, truncated first.
	// It keeps the first and the last 1 MiB. It is ours, whoever User is, so
	// User must not be able to put a link in its place.
	LogPath string
	// LogPasses is true when the log is removed before anybody could read it: errors
	// then do not name it.
	LogPasses bool
	// Secrets are left out of the log.
	Secrets []string
	// User is who runs it; nil means us.
	User *User
}

// Spec says how a gateway is started and when it counts as ready.
type Spec struct {
	// Command is the start line. It also sees PORT (where to listen, on
	// 127.0.0.1), PORT_2 to PORT_9 (for whatever else it serves), UPSTREAM_URL,
	// UPSTREAM_HOST, UPSTREAM_PORT, UPSTREAM_TLS_URL, UPSTREAM_CA, BENCH_DIR and ARM.
	Command
	// Own are the variables of Env that the gateway's configuration sets. Their
	// values may name the variables above.
	Own map[string]string
	// Arm is its name among the gateways that run beside it; may be empty.
	Arm   string
	Ready Ready
	// Upstream is the backend as a URL with a port: http://127.0.0.1:8080.
	Upstream string
	// UpstreamTLS is the same backend with TLS, as https://127.0.0.1:8443, and
	// UpstreamCA the file of the certificate to trust. Both may be empty.
	UpstreamTLS, UpstreamCA string
	// ScratchDir is an existing directory for files of the gateway, BENCH_DIR.
	ScratchDir string
	// Grace is the time between SIGTERM and SIGKILL.
	Grace time.Duration
	// Begun is called once the gateway runs, long before it is ready. It may be nil.
	Begun func()
}

// Build runs a build line to its end. Its output goes to the log and, when out
// is not nil, to out as it comes; a failing out does not fail the build.
//
// The end of ctx kills the whole build, and whatever a finished build leaves
// running (a compiler server) is killed too. Every error is an [*Error].
func Build(ctx context.Context, cmd Command, out io.Writer) error {
	cmd.Env = aroundProxies(cmd.Env)
	c, err := launch(job{Command: cmd, Tee: out != nil}, out)
	if err != nil {
		return &Error{Step: StepBuild, Reason: err.Error(), Command: cmd, Err: err}
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if err := c.stop(ctx); err != nil {
			return err
		}
		return &Error{
			Step: StepBuild, Reason: "abandoned: " + context.Cause(ctx).Error(),
			Command: cmd, Output: c.lastLines(), Err: context.Cause(ctx),
		}
	}
	if reason, hint := c.ending(buildSetting); reason != "" {
		return &Error{Step: StepBuild, Reason: reason, Command: cmd, Output: c.lastLines(), Hint: hint}
	}
	return nil
}

// errPortTaken marks failures that another port may solve.
var errPortTaken = errors.New("port taken")

// Start runs the gateway on a free port of 127.0.0.1 and returns when it is
// ready. It tries up to three ports when the one it chose is taken meanwhile.
//
// The end of ctx abandons the start; afterwards the process lives until
// [Process.Stop], or until our own process is gone. Every error is an [*Error],
// and when Start returns one, no process is left.
func Start(ctx context.Context, spec Spec) (*Process, error) {
	if spec.Grace == 0 {
		spec.Grace = DefaultGrace
	}
	if spec.Ready.Timeout == 0 {
		spec.Ready.Timeout = DefaultReadyTimeout
	}
	for attempt := 1; ; attempt++ {
		p, err := startOnce(ctx, spec)
		if err == nil || attempt == portAttempts || !errors.Is(err, errPortTaken) {
			return p, err
		}
	}
}

func startOnce(ctx context.Context, spec Spec) (*Process, error) {
	fail := func(err error) (*Process, error) {
		return nil, &Error{Step: StepStart, Reason: err.Error(), Command: spec.Command, Err: err}
	}
	ports, release, err := reservePorts(1 + morePorts)
	if err != nil {
		return fail(err)
	}
	env, err := spec.environment(ports)
	if err != nil {
		release()
		return fail(err)
	}
	spec.Env = env
	before := inodes()
	c, err := launch(job{Command: spec.Command, Grace: spec.Grace, Daemon: true}, nil)
	if err != nil {
		release()
		return fail(err)
	}
	if spec.Begun != nil {
		spec.Begun()
	}
	go func() {
		<-c.done
		release()
	}()
	port := ports[0]
	p := &Process{
		PID:   c.pid,
		Addr:  net.JoinHostPort(loopback, strconv.Itoa(port)),
		child: c,
		tree:  newTree(c.supervisorPID()),
	}
	w := waiter{Process: p, ready: spec.Ready, port: port, own: ports, before: before}
	if err := w.wait(ctx); err != nil {
		return nil, p.abandon(ctx, err)
	}
	return p, nil
}

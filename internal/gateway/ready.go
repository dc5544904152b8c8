package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/advice"
)

const (
	pollFirst = 2 * time.Millisecond
	pollMax   = 50 * time.Millisecond
	// probeTimeout bounds one request: a server may hang on one that came too early,
	// and answer the next.
	probeTimeout = 2 * time.Second
	// foreignPatience is how long another process may answer on the port before the
	// start fails: a gateway that finds its port taken usually says so and ends.
	foreignPatience = 300 * time.Millisecond
	// pathPatience is how long the ready path may be answered with a redirect or
	// a client error, which says that there is no such path. Some gateways open their
	// port first and load their routes then.
	pathPatience = 3 * time.Second
	// misplacedPatience is how long a gateway may listen in another place while it
	// does not listen in its own. A server with several addresses opens one after
	// the other.
	misplacedPatience = time.Second
	// slowdown is how many times as long it may take under a tool.
	slowdown = 30
	// misplacedEvery is the time between two looks at where it listens: the kernel
	// lists all sockets of the machine for it.
	misplacedEvery = 250 * time.Millisecond
)

var errDied = errors.New("it ended")

// Ready says when a started gateway is ready: when Path is answered with success,
// and a real request rightly.
type Ready struct {
	// Path must answer GET with 2xx. Empty: an open port is enough.
	Path string
	// Answers makes a real request to the gateway at an address and returns nil
	// when it was answered rightly. An error means that it is not ready yet; an
	// [*Unready] says how long to wait for a better one. It may be nil.
	//
	// It delays Start and never fails it: when the wait for a right answer is over,
	// whoever asks next can say what is wrong with the answers.
	Answers func(ctx context.Context, addr string) error
	Timeout time.Duration
	// Slow is true under a tool that makes the gateway many times slower: what else it
	// opens first may then be open long before its own port.
	Slow bool
}

// Unready is an answer that will not become a right one by itself.
type Unready struct {
	Err      error
	Patience time.Duration // how long to wait for a right answer all the same
}

func (u *Unready) Error() string { return u.Err.Error() }
func (u *Unready) Unwrap() error { return u.Err }

// obstacle is why a gateway is not ready.
type obstacle struct {
	err      error
	hint     string
	patience time.Duration // how long it may last before the wait ends; 0: until the time-out
	ready    bool          // the wait then ends well
}

func (o *obstacle) Error() string { return o.err.Error() }
func (o *obstacle) Unwrap() error { return o.err }

// waiter waits for one gateway.
type waiter struct {
	*Process
	ready  Ready
	port   int
	own    []int           // port, and the others that it was given
	before map[uint64]bool // sockets that were there before the gateway

	lookedAt  time.Time // where it listens
	misplaced *obstacle // what that look has found
}

// wait returns nil once the gateway itself answers as it should.
func (w *waiter) wait(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timeout := fmt.Errorf("not ready within %v", w.ready.Timeout)
	ctx, stop := context.WithTimeoutCause(ctx, w.ready.Timeout, timeout)
	defer stop()
	go func() {
		select {
		case <-w.Done():
			cancel(errDied)
		case <-ctx.Done():
		}
	}()

	deadline, _ := ctx.Deadline()
	w.lookedAt = time.Now() // most gateways open their port before it matters what else they do
	last := &obstacle{err: errors.New("no answer")}
	var since time.Time // of the first in a row of obstacles with limited patience
	for pause := pollFirst; ; pause = min(pause*5/4, pollMax) {
		o := w.look(ctx)
		switch {
		case o == nil:
			return nil
		case ctx.Err() != nil || !time.Now().Before(deadline):
			// Cut off by the end of the wait, which a dialer may notice first: the
			// attempt before says more, but for how far it came.
			if o.ready {
				last = o
			}
		case o.patience == 0:
			last, since = o, time.Time{}
		case since.IsZero():
			last, since = o, time.Now()
		case time.Since(since) > o.patience && o.ready:
			return nil
		case time.Since(since) > o.patience:
			return o
		default:
			last = o
		}
		select {
		case <-ctx.Done():
			switch cause := context.Cause(ctx); {
			case cause != timeout:
				return cause
			case last.ready:
				return nil
			default:
				return w.late(timeout, last)
			}
		case <-time.After(pause):
		}
	}
}

// late is the error at the end of the wait.
func (w *waiter) late(timeout error, last *obstacle) error {
	o := &obstacle{err: fmt.Errorf("%w: %w", timeout, last.err), hint: cmp.Or(last.hint, "raise gateway.ready.timeout, or read its output")}
	if listens := advice.OfListening(w.Addr, addresses(w.listens())); listens != "" {
		o.hint = listens
	}
	return o
}

// look is nil when the gateway itself answers as it should.
func (w *waiter) look(ctx context.Context) *obstacle {
	err := probe(ctx, "tcp", w.Addr, w.ready.Path)
	var status statusError
	switch {
	case errors.Is(err, unix.ECONNREFUSED):
		if o := w.elsewhere(ctx); o != nil {
			return o
		}
		return &obstacle{err: err}
	case errors.As(err, &status):
		o := &obstacle{err: err, hint: "the ready path is not answered with success: set gateway.ready.path to one that is, or raise gateway.ready.timeout"}
		if status.code < 500 {
			o.patience = pathPatience
		}
		return o
	case err != nil:
		return &obstacle{err: err}
	case !w.tree.ownsPort(w.port, w.child.job.User):
		return &obstacle{
			err:      fmt.Errorf("%w: %s is served by a process that the start line did not start", errPortTaken, w.Addr),
			hint:     "gateway.start itself must run the gateway, not ask a service or a container engine to do it",
			patience: foreignPatience,
		}
	}
	return w.answers(ctx, w.Addr)
}

// answers is nil when a real request is answered rightly.
func (w *waiter) answers(ctx context.Context, addr string) *obstacle {
	if w.ready.Answers == nil {
		return nil
	}
	err := w.ready.Answers(ctx, addr)
	if err == nil {
		return nil
	}
	o := &obstacle{err: err, ready: true}
	var u *Unready
	if errors.As(err, &u) {
		o.patience = u.Patience
	}
	return o
}

// elsewhere is the obstacle that the gateway listens in another place than it
// should; nil when it may still come.
func (w *waiter) elsewhere(ctx context.Context) *obstacle {
	if time.Since(w.lookedAt) > misplacedEvery {
		w.lookedAt, w.misplaced = time.Now(), nil
		all := w.listens()
		for _, l := range all {
			if w.wrong(ctx, l) {
				what, do, _ := strings.Cut(advice.OfListening(w.Addr, []string{l.String()}), ": ")
				w.misplaced = &obstacle{err: errors.New(what), hint: do, patience: misplacedPatience}
				if w.ready.Slow {
					w.misplaced.patience *= slowdown
				}
				break
			}
		}
	}
	return w.misplaced
}

// wrong reports whether the gateway listens at l instead of at its own address: at
// its port of another address, or where it answers as it should. What else it
// listens on, such as a port for metrics, may be open long before its own.
func (w *waiter) wrong(ctx context.Context, l listener) bool {
	switch {
	case l.unix != "":
		return probe(ctx, "unix", l.unix, cmp.Or(w.ready.Path, "/")) == nil
	case l.port == w.port:
		return !l.ip.IsUnspecified() && !l.ip.Equal(net.IPv4(127, 0, 0, 1)) // or it has just come
	case w.ready.Path != "":
		return probe(ctx, "tcp", l.reach(), w.ready.Path) == nil
	}
	return w.ready.Answers != nil && w.answers(ctx, l.reach()) == nil
}

// statusError is an answer without success.
type statusError struct {
	url, status string
	code        int
}

func (e statusError) Error() string { return fmt.Sprintf("GET %s: answered %s", e.url, e.status) }

// probe makes one request, or only opens a connection when path is empty.
func probe(ctx context.Context, network, addr, path string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout, fmt.Errorf("no answer within %v", probeTimeout))
	defer cancel()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	if path == "" {
		conn, err := dial(ctx, "", "")
		if err != nil {
			return err
		}
		return conn.Close()
	}
	host := addr
	if network == "unix" {
		host = "localhost"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+path, http.NoBody)
	if err != nil {
		return err
	}
	// No proxy from the environment, no connection kept, no redirect followed.
	transport := &http.Transport{DisableKeepAlives: true, DialContext: dial}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("GET %s: %w", req.URL, err)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // only its status counts
	_ = resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return statusError{url: req.URL.String(), status: resp.Status, code: resp.StatusCode}
	}
	return nil
}

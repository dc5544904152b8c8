package gateway

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// A gateway that listens in another place is reported long before the wait is over.
func TestListensElsewhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		line   string
		path   string
		reason string // a pattern
	}{
		"IPv6 only":             {`LISTEN="[::1]:$PORT" ` + serveLine, "/health", `^it listens on \[::1\]:(\d+), not on 127\.0\.0\.1:(\d+)$`},
		"IPv6 only, no path":    {`LISTEN="[::1]:$PORT" ` + serveLine, "", `^it listens on \[::1\]:(\d+), not on 127\.0\.0\.1:(\d+)$`},
		"another address":       {`LISTEN="127.0.0.2:$PORT" ` + serveLine, "", `^it listens on 127\.0\.0\.2:(\d+), not on 127\.0\.0\.1:(\d+)$`},
		"another port":          {`LISTEN="127.0.0.1:$PORT_2" ` + serveLine, "/health", `^it listens on 127\.0\.0\.1:\d+, not on 127\.0\.0\.1:\d+$`},
		"another port, no path": {`LISTEN=":$PORT_3" ` + serveLine, "", `^it listens on \[::\]:\d+, not on 127\.0\.0\.1:\d+$`},
		"a child, another port": {`LISTEN="127.0.0.1:$PORT_2" ROLE=pool "$SELF"; true`, "/health", `^it listens on 127\.0\.0\.1:\d+, not on`},
		"Unix socket":           {`PATHNAME="$BENCH_DIR/s" ` + serveLine, "/health", `^it listens on unix:/.*/s, not on 127\.0\.0\.1:\d+$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, c.line)
			spec.Ready.Path, spec.Ready.Timeout = c.path, time.Minute
			spec.Ready.Answers = content
			began := time.Now()
			e := startFails(t, spec, mark)
			if e.Step != StepReady || !regexp.MustCompile(c.reason).MatchString(e.Reason) || e.Hint != "have gateway.start listen on 127.0.0.1:$PORT" {
				t.Errorf("step %s\nreason %s\nhint %s", e.Step, e.Reason, e.Hint)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// content finds every answer of a server right.
func content(ctx context.Context, addr string) error { return probe(ctx, "tcp", addr, "/health") }

// Where the kernel does not show another user's sockets, their owner does.
func TestListensElsewhereAsSomebody(t *testing.T) {
	t.Parallel()
	spec, mark := isolated(t, `LISTEN="[::1]:$PORT" `+serveLine)
	spec.Ready.Timeout = time.Minute
	e := startFails(t, spec, mark)
	if !strings.HasPrefix(e.Reason, "it listens on [::1]:") {
		t.Error(e)
	}
}

// Under a tool a gateway may take long from its first port to its own.
func TestListensElsewhereFirst(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `ROLE=serve LISTEN="127.0.0.1:$PORT_2" "$SELF" & sleep 2; `+serveLine)
	spec.Ready.Path, spec.Ready.Slow = "/health", true
	start(t, spec, mark)
}

// What else a gateway listens on does not end the wait, however early it opens it.
func TestListensBefore(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"metrics":      `ALSO="127.0.0.1:$PORT_2" ` + serveLine,
		"every way in": `LISTEN="0.0.0.0:$PORT" ` + serveLine,
		"both stacks":  `LISTEN=":$PORT" ` + serveLine,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, line)
			spec.Ready.Answers = content
			start(t, spec, mark)
		})
	}
}

// What the wait says at its end names every address.
func TestListensElsewhereAtTheEnd(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `LISTEN="127.0.0.1:$PORT_2" STATUS=404 `+serveLine)
	spec.Ready.Timeout = 1500 * time.Millisecond
	e := startFails(t, spec, mark)
	if !strings.HasPrefix(e.Reason, "not ready within 1.5s: ") || !strings.HasPrefix(e.Hint, "it listens on 127.0.0.1:") || !strings.Contains(e.Hint, "gateway.start") {
		t.Error(e)
	}
}

// An open port and a good ready path are not enough: a right answer is.
func TestReadyByAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers func(after time.Duration) error // what comes that long after the first
		takes   time.Duration                   // at least; the time-out comes after 2 s
	}{
		"at once": {answers: func(time.Duration) error { return nil }},
		"later": {
			answers: func(after time.Duration) error {
				if after < time.Second {
					return errors.New("status 503")
				}
				return nil
			},
			takes: time.Second,
		},
		"never": {
			answers: func(time.Duration) error { return errors.New("status 503") },
			takes:   time.Second, // of 2 s since the start, which takes its time on a busy machine
		},
		"wrong for good": {
			answers: func(time.Duration) error {
				return &Unready{Err: errors.New("status 404"), Patience: 300 * time.Millisecond}
			},
			takes: 300 * time.Millisecond,
		},
		"wrong, then late": {
			answers: func(after time.Duration) error {
				if after < 300*time.Millisecond {
					return &Unready{Err: errors.New("status 404"), Patience: 400 * time.Millisecond}
				}
				if after < 900*time.Millisecond {
					return errors.New("status 503")
				}
				return nil
			},
			takes: 900 * time.Millisecond,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, serveLine)
			spec.Ready.Timeout = 2 * time.Second
			var first atomic.Pointer[time.Time]
			spec.Ready.Answers = func(_ context.Context, addr string) error {
				if resp, err := http.Get("http://" + addr + "/health"); err != nil {
					t.Error(err)
				} else {
					resp.Body.Close()
				}
				now := time.Now()
				first.CompareAndSwap(nil, &now)
				return c.answers(time.Since(*first.Load()))
			}
			start(t, spec, mark)
			if took := time.Since(*first.Load()); took < c.takes {
				t.Errorf("ready after %v", took)
			}
		})
	}
}

// A request that hangs beyond the end of the wait is for others to judge, too.
func TestReadyThoughItHangs(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, serveLine)
	spec.Ready.Timeout = 2 * time.Second
	spec.Ready.Answers = func(ctx context.Context, _ string) error {
		<-ctx.Done()
		return ctx.Err()
	}
	start(t, spec, mark)
}

// A ready path that does not exist is reported before the wait is over.
func TestNoReadyPath(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "STATUS=404 "+serveLine)
	spec.Ready.Timeout = time.Minute
	began := time.Now()
	e := startFails(t, spec, mark)
	if !strings.HasSuffix(e.Reason, "/health: answered 404 Not Found") || !strings.Contains(e.Hint, "gateway.ready.path") || time.Since(began) > 20*time.Second {
		t.Error(e)
	}
}

// In a container root may not look into the processes of others: it lacks
// CAP_SYS_PTRACE there.
func TestListensElsewhereUntraced(t *testing.T) {
	testenv.NeedsRoot(t)
	testenv.NeedsProgram(t, "setpriv", "util-linux")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	test := exec.Command("setpriv", "--bounding-set", "-sys_ptrace", self, "-test.run", "^TestListensElsewhereAsSomebody$", "-test.v")
	out, err := test.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestListensElsewhereAsSomebody") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestForeignListeners: a socket is known by who holds it, else by whose it is.
func TestForeignListeners(t *testing.T) {
	held := map[uint64]bool{7: true}
	for name, c := range map[string]struct {
		l     listener
		known bool
		user  *User
		want  bool
	}{
		"held":                     {listener{inode: 7, uid: 5}, true, &User{UID: 6}, false},
		"not held":                 {listener{inode: 8, uid: 6}, true, &User{UID: 6}, true},
		"unknown, the user's":      {listener{inode: 8, uid: 6}, false, &User{UID: 6}, false},
		"unknown, another user's":  {listener{inode: 8, uid: 5}, false, &User{UID: 6}, true},
		"unknown, and so the user": {listener{inode: 8, uid: 5}, false, nil, false},
	} {
		if got := c.l.foreign(held, c.known, c.user); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

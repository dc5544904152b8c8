package gateway

import (
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// runIn has the gateway run a line, and returns what it says to have used.
func runIn(t *testing.T, p *Process, line string) time.Duration {
	t.Helper()
	ns, err := strconv.ParseInt(get(t, "http://"+p.Addr+"/run?line="+url.QueryEscape(line)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(ns)
}

// TestCPUOfChildren: a gateway that starts a process for each request, as CGI does,
// is charged for all of them, whoever waits for them.
func TestCPUOfChildren(t *testing.T) {
	t.Parallel()
	const requests, each = 10, 30 * time.Millisecond
	t.Run("waited for", func(t *testing.T) {
		spec, mark := newSpec(t, serveLine)
		p := start(t, spec, mark)
		for range requests {
			reported := runIn(t, p, `"$SELF"`)
			// Two fields in ticks, and what answering us takes.
			if got := p.CPU(); got < reported-2*tick || got > reported+3*tick {
				t.Errorf("measured %v, the gateway reports %v", got, reported)
			}
		}
		if got := p.CPU(); got < requests*each {
			t.Errorf("%d children of %v each are %v", requests, each, got)
		}
	})
	t.Run("orphans", func(t *testing.T) {
		spec, mark := newSpec(t, serveLine)
		p := start(t, spec, mark)
		before := p.CPU()
		for range requests {
			runIn(t, p, `"$SELF" >/dev/null 2>&1 &`)
		}
		wantRise(t, p, before, requests*each-2*tick)
	})
}

// wantRise waits until the gateway's CPU time has risen by so much, and checks that it
// never falls on the way.
func wantRise(t *testing.T, p *Process, from, rise time.Duration) {
	t.Helper()
	last := from
	for range 1000 {
		now := p.CPU()
		if now < last {
			t.Fatalf("fell from %v to %v", last, now)
		}
		if last = now; now-from >= rise {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("rose by %v, want %v", last-from, rise)
}

func TestWaitedBy(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "ROLE=burner")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	var children unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_CHILDREN, &children); err != nil {
		t.Fatal(err)
	}
	reported := time.Duration(children.Utime.Nano() + children.Stime.Nano())
	if got := waitedBy(os.Getpid()); got < 30*time.Millisecond-2*tick || got < reported-2*tick {
		t.Errorf("%v, getrusage says %v", got, reported)
	}
	if got := waitedBy(1 << 30); got != 0 {
		t.Errorf("of no process: %v", got)
	}
}

// TestBalance: what is known of processes that have ended is neither lost nor counted
// twice while their parents' times come in ticks. All is what counts beside the
// clocks of those that live.
func TestBalance(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	type step struct{ left, rise, all time.Duration }
	for name, steps := range map[string][]step{
		"in one tick":             {{10 * ms, 10 * ms, 10 * ms}},
		"the tick comes later":    {{7 * ms, 0, 7 * ms}, {0, 10 * ms, 10 * ms}},
		"several in a tick":       {{4 * ms, 0, 4 * ms}, {4 * ms, 0, 8 * ms}, {4 * ms, 10 * ms, 12 * ms}, {0, 10 * ms, 20 * ms}},
		"children never seen":     {{0, 30 * ms, 30 * ms}, {0, 10 * ms, 40 * ms}},
		"used more after we look": {{5 * ms, 30 * ms, 30 * ms}},
		"nobody waits":            {{5 * ms, 0, 5 * ms}, {7 * ms, 0, 12 * ms}},
	} {
		var owed, risen, last time.Duration
		for i, s := range steps {
			owed, risen = balance(owed, s.left, s.rise), risen+s.rise
			if all := owed + risen; all != s.all || all < last {
				t.Errorf("%s, step %d: %v, want %v", name, i+1, all, s.all)
			}
			last = owed + risen
		}
	}
}

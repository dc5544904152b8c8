package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
)

// pair is a session whose base and head have these start lines.
func (r *repository) pair(base, head string) *Session {
	r.t.Helper()
	s := r.driving("good", 0, "gateway.ready.timeout", "5m")
	for arm, line := range map[bench.Arm]string{bench.Base: base, bench.Head: head} {
		recipe := s.Config.Gateway
		recipe.Start = line
		s.sides[arm] = side{Recipe: recipe}
	}
	return s
}

// meet waits until both gateways have come so far.
func meet(at string) string {
	return fmt.Sprintf("touch %[1]s-$ARM; until test -e %[1]s-base && test -e %[1]s-head; do sleep 0.02; done; ", at)
}

func both(first, second bench.Arm) []bench.Arm { return []bench.Arm{first, second} }

// TestSideBySide: each gateway waits for the other one when it starts, and again when it
// is stopped. They begin in the order asked for.
func TestSideBySide(t *testing.T) {
	r := newRepository(t)
	line := meet("start") + "trap '" + meet("stop") + "touch met-$ARM; exit' TERM; ./gateway & wait"
	s := r.pair(line, line)
	rig := s.newRig()
	if err := rig.Fresh(t.Context(), both(bench.Head, bench.Base)); err != nil {
		t.Fatal(err)
	}
	if head, base := rig.running[bench.Head].PID, rig.running[bench.Base].PID; head > base {
		t.Errorf("base (%d) began before head (%d)", base, head)
	}
	if err := rig.stop(t.Context()); err != nil {
		t.Error(err)
	}
	for _, arm := range both(bench.Head, bench.Base) {
		if _, err := os.Stat("met-" + string(arm)); err != nil {
			t.Errorf("%s ended before the other one was stopped: %v", arm, err)
		}
	}
	if len(rig.running) > 0 || len(rig.stopped) != 2 {
		t.Errorf("%d run, %d stopped", len(rig.running), len(rig.stopped))
	}
}

// TestOneOfTwoFails: the start ends with the error of the one that failed, without
// waiting for the other one, and nothing is left.
func TestOneOfTwoFails(t *testing.T) {
	for name, c := range map[string]struct{ base, head, says string }{
		"dies while the other starts":  {"exec sleep 1000", meet("start") + "exit 3", "status 3"},
		"dies when the other is ready": {"until test -e ready; do sleep 0.02; done; exit 4", "(sleep 0.3; touch ready) & exec ./gateway", "status 4"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			base := c.base
			if strings.Contains(c.head, "start-") {
				base = "touch start-base; " + base
			}
			rig := r.pair(base, c.head).newRig()
			err := rig.Fresh(t.Context(), both(bench.Base, bench.Head))
			if !isStep(gateway.StepDied)(err) || !strings.Contains(err.Error(), c.says) || errors.Is(err, errOtherFailed) {
				t.Errorf("error %v", err)
			}
			if err := rig.stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBothFail: nobody has to try twice to see both errors.
func TestBothFail(t *testing.T) {
	r := newRepository(t)
	s := r.pair("exec ./gateway", "exec ./gateway")
	for arm, g := range s.sides {
		g.dir = "no-" + string(arm)
		s.sides[arm] = g
	}
	err := s.newRig().Fresh(t.Context(), both(bench.Base, bench.Head))
	if err == nil || !strings.Contains(err.Error(), "no-base") || !strings.Contains(err.Error(), "no-head") {
		t.Errorf("error %v", err)
	}
}

// TestInterruptedStart leaves nothing behind; the repository looks for it.
func TestInterruptedStart(t *testing.T) {
	r := newRepository(t)
	line := "touch start-$ARM; exec sleep 1000"
	rig := r.pair(line, line).newRig()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for _, arm := range both(bench.Base, bench.Head) {
			for {
				if _, err := os.Stat("start-" + string(arm)); err == nil || ctx.Err() != nil {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
	}()
	if err := rig.Fresh(ctx, both(bench.Base, bench.Head)); err == nil {
		t.Error("started")
	}
	if err := rig.stop(context.WithoutCancel(ctx)); err != nil {
		t.Error(err)
	}
	if len(rig.stopped) > 0 {
		t.Errorf("%d gateways were still there", len(rig.stopped))
	}
}

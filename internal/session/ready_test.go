package session

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/load"
)

func TestPatience(t *testing.T) {
	for _, c := range []struct {
		class  bench.ErrorClass
		status int
		want   time.Duration
	}{
		{bench.ErrConnect, 0, 0},
		{bench.ErrTimeout, 0, 0},
		{bench.ErrStatus, 503, 0},
		{bench.ErrStatus, 502, 0},
		{bench.ErrStatus, 500, failurePatience},
		{bench.ErrStale, 0, failurePatience},
		{bench.ErrStatus, 404, refusalPatience},
		{bench.ErrStatus, 400, refusalPatience},
		{bench.ErrStatus, 307, refusalPatience},
		{bench.ErrBody, 200, wrongPatience},
		{bench.ErrNoEnd, 200, wrongPatience},
	} {
		if got := patienceWith(load.Exchange{Class: c.class, Status: c.status}); got != c.want {
			t.Errorf("%s %d: %v, want %v", c.class, c.status, got, c.want)
		}
	}
}

// TestCheckIsBounded: a check waits no longer for a gateway that never finds its backend than
// its reader does, whatever gateway.ready.timeout is.
func TestCheckIsBounded(t *testing.T) {
	r := newRepository(t)
	s := r.driving("refuses", 600000, "request.timeout", "500ms")
	s.bound = time.Second // in place of checkPatience
	began := time.Now()
	p, err := s.start(t.Context(), bench.Head, s.sides[bench.Head], s.mock, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it ended after %v", took)
	}
}

// TestReady: a gateway whose port is open before it works is waited for: one that
// answers 503 at first, and one whose first request outlasts request.timeout.
func TestReady(t *testing.T) {
	for _, how := range []string{"loads", "refuses"} {
		r := newRepository(t)
		s := r.driving(how, 700, "request.timeout", "500ms")
		began := time.Now()
		p, err := s.start(t.Context(), bench.Head, s.sides[bench.Head], s.mock, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took < 700*time.Millisecond {
			t.Errorf("%s: ready after %v", how, took)
		}
	}
}

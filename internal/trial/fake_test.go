package trial

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// fakeRig is a world with a clock of its own: only its methods make time pass.
type fakeRig struct {
	time     time.Time
	startup  time.Duration // of the gateways, side by side
	latency  map[bench.Arm]time.Duration
	requests int // in a slice, at least; minRequests when 0

	log      []string // what was called, in order
	starts   [][]bench.Arm
	slices   map[bench.Arm]int
	machine  Machine
	upstream summary.Upstream
	cpu      map[bench.Arm]time.Duration

	// Each may change what a call returns; nil changes nothing.
	onFresh   func(n int) error
	onWarmUp  func(bench.Arm, *bench.Slice) error
	onSlice   func(bench.Arm, bench.Scenario, *bench.Slice) error
	onMachine func(*Machine)

	watch bool // count the slices that are still reachable
	alive []weak.Pointer[bench.Observation]
	most  int
}

func newRig() *fakeRig {
	return &fakeRig{
		time:    time.Unix(0, 0),
		latency: map[bench.Arm]time.Duration{bench.Direct: 10 * time.Microsecond, bench.Base: 50 * time.Microsecond, bench.Head: 60 * time.Microsecond},
		slices:  make(map[bench.Arm]int),
		cpu:     make(map[bench.Arm]time.Duration),
	}
}

func (r *fakeRig) now() time.Time { return r.time }

// Leave has nothing to look at.
func (r *fakeRig) Leave(context.Context, int) error { return nil }

func (r *fakeRig) Fresh(_ context.Context, arms []bench.Arm) error {
	r.log = append(r.log, fmt.Sprint("fresh ", arms))
	r.starts = append(r.starts, arms)
	clear(r.cpu)
	if len(arms) > 0 {
		r.time = r.time.Add(r.startup)
	}
	if r.onFresh != nil {
		return r.onFresh(len(r.starts))
	}
	return nil
}

func (r *fakeRig) WarmUp(_ context.Context, arm bench.Arm, s bench.Scenario, b Burst) (bench.Slice, error) {
	r.log = append(r.log, fmt.Sprintf("warm-up %s %s", arm, s))
	slice := r.drive(arm, max(s.Concurrency*b.Each, b.Requests), b)
	if r.onWarmUp != nil {
		return slice, r.onWarmUp(arm, &slice)
	}
	return slice, nil
}

func (r *fakeRig) Slice(_ context.Context, arm bench.Arm, s bench.Scenario, b Burst) (bench.Slice, error) {
	r.log = append(r.log, fmt.Sprintf("slice %s %s", arm, s))
	r.slices[arm]++
	filling := 0 // the load, which takes a request of each of several connections
	if s.Concurrency > 1 {
		filling = s.Concurrency
	}
	slice := r.drive(arm, filling+max(b.Requests, r.requests), b)
	filling = min(filling, len(slice.Observations))
	slice.Observations, slice.Uncounted = slice.Observations[filling:], filling
	if r.watch {
		r.lookAfter(slice)
	}
	if r.onSlice != nil {
		return slice, r.onSlice(arm, s, &slice)
	}
	return slice, nil
}

// drive answers n requests one after the other, or those that begin before the
// limit, and lets the least time pass.
func (r *fakeRig) drive(arm bench.Arm, n int, b Burst) bench.Slice {
	latency := r.latency[arm]
	if b.Limit > 0 {
		n = max(1, min(n, int(b.Limit/latency)))
	}
	o := bench.Observation{
		Headers: int64(latency) / 2, FirstByte: int64(latency), FirstEvent: int64(latency), FirstDelta: int64(latency),
		Last: int64(latency),
	}
	s := bench.Slice{Observations: make([]bench.Observation, n), Completed: n}
	for i := range s.Observations {
		s.Observations[i] = o
	}
	s.Elapsed = max(b.Time, time.Duration(n)*latency)
	r.time = r.time.Add(s.Elapsed)
	s.Sent = n
	r.upstream.Connections++
	r.upstream.Requests += int64(2 * n) // it asks the backend twice
	for _, a := range threeArms {
		if a == arm {
			r.cpu[a] += time.Duration(n) * time.Microsecond
		} else {
			r.cpu[a] += time.Millisecond // what a gateway does while others are driven does not count
		}
	}
	return s
}

func (r *fakeRig) lookAfter(s bench.Slice) {
	runtime.GC()
	reachable := 0
	for _, p := range r.alive {
		if p.Value() != nil {
			reachable++
		}
	}
	r.most = max(r.most, reachable)
	r.alive = append(r.alive, weak.Make(&s.Observations[0]))
}

func (r *fakeRig) Usage(arm bench.Arm) (Usage, error) {
	return Usage{CPU: r.cpu[arm], RSS: 100, Peak: 200}, nil
}

func (r *fakeRig) Upstream(context.Context) (summary.Upstream, error) { return r.upstream, nil }

func (r *fakeRig) Machine() (Machine, error) {
	r.machine.Total = 2 * r.time.Sub(time.Unix(0, 0))
	if r.onMachine != nil {
		r.onMachine(&r.machine)
	}
	return r.machine, nil
}

// fail turns n of the slice's answers into errors.
func fail(s *bench.Slice, n int, class bench.ErrorClass) {
	s.Observations = s.Observations[n:]
	s.Errors = map[bench.ErrorClass]int{class: n}
	s.FirstError = "what it looked like"
}

var (
	smallJSON = bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100}
	smallSSE  = bench.Scenario{Mode: bench.SSE, Concurrency: 4, BodyBytes: 1024}
	wideJSON  = bench.Scenario{Mode: bench.JSON, Concurrency: 10, BodyBytes: 1024}

	threeArms = []bench.Arm{bench.Direct, bench.Base, bench.Head}
	twoArms   = []bench.Arm{bench.Direct, bench.Head}
)

func mustSchedule(t *testing.T, s Settings) Schedule {
	t.Helper()
	p, err := NewSchedule(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mustRun runs p in full.
func mustRun(t *testing.T, p Schedule, r *fakeRig) Result {
	t.Helper()
	result, err := Run(t.Context(), p, r, r.now, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

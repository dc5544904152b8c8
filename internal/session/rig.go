package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/machine"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/trial"
)

// rig is the real world of a trial: gateway processes, the mock, connections.
type rig struct {
	session *Session
	running map[bench.Arm]*gateway.Process
	stopped map[bench.Arm]*gateway.Process // the last one of each arm
	clients map[bench.Arm]*load.Client
	// patience of all clients of an arm, one after the other
	patience map[bench.Arm]*load.Patience
	current  bench.Scenario
	ended    time.Duration // CPU time of gateways that were stopped
}

// Fresh implements trial.Rig.
func (r *rig) Fresh(ctx context.Context, arms []bench.Arm) error {
	if err := r.stop(ctx); err != nil {
		return err
	}
	if err := r.connect(bench.Direct, r.session.mock.Addr); err != nil {
		return err
	}
	if err := r.start(ctx, arms); err != nil {
		return err
	}
	if base := r.running[bench.Base]; base != nil && r.session.alone != nil {
		if err := r.session.alone(base); err != nil {
			return fmt.Errorf("the bundled gateway cannot be compared: %w; or have the base built here (baseline: rebuild)", err)
		}
	}
	for _, arm := range arms {
		if err := r.connect(arm, r.running[arm].Addr); err != nil {
			return err
		}
	}
	return nil
}

// errOtherFailed ends the start of a gateway when the one that starts beside it has
// failed.
var errOtherFailed = errors.New("the gateway beside it did not start")

// start starts the gateways side by side: most of a start is waiting. They begin in
// the order given, each when the one before it runs. Those that have become ready run
// even when another has not.
func (r *rig) start(ctx context.Context, arms []bench.Arm) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	processes, failed := make([]*gateway.Process, len(arms)), make([]error, len(arms))
	var all sync.WaitGroup
	for i, arm := range arms {
		begun := make(chan struct{})
		runs := sync.OnceFunc(func() { close(begun) })
		all.Go(func() {
			defer runs()
			processes[i], failed[i] = r.session.start(ctx, arm, r.session.sides[arm], r.session.mock, runs)
			if failed[i] != nil {
				cancel(errOtherFailed)
			}
		})
		<-begun
	}
	all.Wait()
	for i, arm := range arms {
		if processes[i] != nil {
			r.running[arm] = processes[i]
		}
	}
	if first := slices.IndexFunc(failed, func(err error) bool { return err != nil && !errors.Is(err, errOtherFailed) }); first >= 0 {
		failed = slices.DeleteFunc(failed, func(err error) bool { return errors.Is(err, errOtherFailed) })
	}
	return errors.Join(failed...)
}

func (r *rig) connect(arm bench.Arm, addr string) (err error) {
	if r.patience[arm] == nil {
		r.patience[arm] = &load.Patience{}
	}
	options := r.session.client(arm)
	options.Patience = r.patience[arm]
	r.clients[arm], err = load.New(addr, options)
	return err
}

// client is how requests are sent to an arm, as the configuration has it.
func (s *Session) client(arm bench.Arm) load.Options {
	request := s.Config.Request
	return load.Options{API: request.API, Endpoint: s.endpoint(arm, s.mock), Timeout: request.Timeout}
}

// stop ends every connection, and every gateway side by side.
func (r *rig) stop(ctx context.Context) error {
	var failed []error
	for arm, c := range r.clients {
		failed = append(failed, c.Close())
		delete(r.clients, arm)
	}
	for _, p := range r.running {
		r.ended += p.CPU()
	}
	arms := slices.Sorted(maps.Keys(r.running))
	stops := make([]error, len(arms))
	var all sync.WaitGroup
	for i, arm := range arms {
		p := r.running[arm]
		r.stopped[arm] = p
		all.Go(func() { stops[i] = p.Stop(ctx) })
	}
	all.Wait()
	clear(r.running)
	return errors.Join(append(failed, stops...)...)
}

// WarmUp implements trial.Rig.
func (r *rig) WarmUp(ctx context.Context, arm bench.Arm, s bench.Scenario, b trial.Burst) (bench.Slice, error) {
	return r.drive(ctx, arm, s, b, false)
}

// Slice implements trial.Rig.
func (r *rig) Slice(ctx context.Context, arm bench.Arm, s bench.Scenario, b trial.Burst) (bench.Slice, error) {
	if s != r.current {
		// The collector is off while anything is measured, and has its turn
		// here: in front of a slice that is not recorded.
		runtime.GC()
		r.current = s
	}
	return r.drive(ctx, arm, s, b, !s.Paced) // a paced stream is once of each connection
}

func (r *rig) drive(ctx context.Context, arm bench.Arm, s bench.Scenario, b trial.Burst, steady bool) (bench.Slice, error) {
	jobs, err := r.session.jobs.Of(s)
	if err != nil {
		return bench.Slice{}, err
	}
	slice, err := r.clients[arm].Slice(ctx, jobs, load.Burst{
		Concurrency: s.Concurrency,
		MinEach:     b.Each, MinRequests: b.Requests, MinTime: b.Time, Limit: b.Limit, Steady: steady,
	})
	for _, rewrite := range slice.Rewrites {
		rewrite.Arm = arm
		r.session.rewrites = bench.AddRewrites(r.session.rewrites, []bench.Rewrite{rewrite})
	}
	if err == nil && len(slice.Errors) > 0 {
		silent := len(slice.Observations)+slice.Uncounted+slice.Failures == 0
		err = r.died(arm, silent && mayBeDead(slices.Collect(maps.Keys(slice.Errors))...))
	}
	return slice, err
}

// deathNotice is how long after its last answer a dead gateway is known to be
// dead: its supervisor has to reap it and tell, on a busy machine too.
const deathNotice = 2 * time.Second

// mayBeDead says whether requests that failed in these ways can come from a gateway
// that is just ending: somebody has closed or refused a connection. Whoever answers,
// or lets a request wait until its time is over, lives.
func mayBeDead(classes ...bench.ErrorClass) bool {
	return slices.ContainsFunc(classes, func(c bench.ErrorClass) bool {
		return c == bench.ErrConnect || c == bench.ErrStale || c == bench.ErrTruncated
	})
}

// died is the error of the arm's gateway if it is dead; see the function died.
func (r *rig) died(arm bench.Arm, wait bool) error {
	if p := r.running[arm]; p != nil {
		return died(p, wait)
	}
	return nil
}

// died is the gateway's own error if it is dead. With wait it gives the supervisor
// time to report the death.
func died(p *gateway.Process, wait bool) error {
	if wait {
		select {
		case <-p.Done():
		case <-time.After(deathNotice):
		}
	}
	return p.Err()
}

// Usage implements trial.Rig.
func (r *rig) Usage(arm bench.Arm) (trial.Usage, error) {
	p := r.running[arm]
	if err := p.Err(); err != nil {
		return trial.Usage{}, err
	}
	m := p.Memory()
	return trial.Usage{CPU: p.CPU(), RSS: m.RSS, Peak: m.Peak}, nil
}

// Upstream implements trial.Rig.
func (r *rig) Upstream(ctx context.Context) (summary.Upstream, error) {
	s, err := r.session.mock.Stats(ctx)
	return summary.Upstream{Connections: s.Connections, Requests: s.Answers}, err
}

// Machine implements trial.Rig.
func (r *rig) Machine() (trial.Machine, error) {
	c, err := machine.Read()
	if err != nil {
		return trial.Machine{}, err
	}
	own, _ := machine.CPU(os.Getpid())
	ours := r.ended + own + r.session.mock.CPU()
	for _, p := range r.running {
		ours += p.CPU()
	}
	return trial.Machine{
		Total: c.Total, Steal: c.Steal, Foreign: c.Tasks - ours,
		MemoryStall: c.MemoryStall, IOStall: c.IOStall,
		Throttled: c.Throttled, Quota: c.Quota,
	}, nil
}

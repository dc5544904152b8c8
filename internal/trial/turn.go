package trial

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// tally collects the slices and the usage of one arm during a turn.
type tally struct {
	slices []bench.Slice
	usage  summary.Usage
	rest   rest
}

// rest is when the last slice of a gateway ended, and its CPU time then.
type rest struct {
	at  time.Time
	cpu time.Duration
}

// turn measures one scenario and reduces it, one round for each arm, in the
// order of the schedule's arms.
func (e *execution) turn(ctx context.Context, t Turn) ([]bench.Round, error) {
	for _, arm := range t.Settle {
		if _, err := e.slice(ctx, arm, t.Scenario); err != nil {
			return nil, err
		}
	}
	tallies := make(map[bench.Arm]*tally, len(e.schedule.Arms))
	for _, arm := range e.schedule.Arms {
		tallies[arm] = &tally{}
		if arm != bench.Direct {
			tallies[arm].usage.Gateway = &summary.Resources{RSSIdle: e.idle[arm]}
		}
	}
	upstream, err := e.upstream(ctx)
	if err != nil {
		return nil, err
	}
	for _, arm := range t.Slices {
		if err := e.record(ctx, arm, t.Scenario, tallies[arm]); err != nil {
			return nil, err
		}
		// Only one arm is under load, so what the mock has seen since the last
		// reading is this arm's.
		now, err := e.upstream(ctx)
		if err != nil {
			return nil, err
		}
		tallies[arm].usage.Upstream.Connections += now.Connections - upstream.Connections
		tallies[arm].usage.Upstream.Requests += now.Requests - upstream.Requests
		upstream = now
	}
	var rounds []bench.Round
	for _, arm := range e.schedule.Arms {
		r := summary.Round(t.Scenario.Mode, tallies[arm].slices, tallies[arm].usage)
		r.Scenario, r.Arm = t.Scenario.ID(), arm
		if arm != bench.Direct {
			r.Process = e.processes
		}
		rounds = append(rounds, r)
	}
	return rounds, nil
}

// record measures one slice of an arm. The gateway's CPU time is read before and
// after it: what the gateway uses while other arms run is counted separately.
func (e *execution) record(ctx context.Context, arm bench.Arm, s bench.Scenario, t *tally) error {
	before, err := e.usage(ctx, arm)
	if err != nil {
		return fmt.Errorf("%s %s: %w", arm, s, err)
	}
	if g := t.usage.Gateway; g != nil && !t.rest.at.IsZero() {
		g.Idle += e.now().Sub(t.rest.at)
		g.IdleCPU += before.CPU - t.rest.cpu
	}
	slice, err := e.slice(ctx, arm, s)
	if err != nil {
		return err
	}
	after, err := e.usage(ctx, arm)
	if err != nil {
		return fmt.Errorf("%s %s: %w", arm, s, err)
	}
	t.slices, t.rest = append(t.slices, slice), rest{e.now(), after.CPU}
	if g := t.usage.Gateway; g != nil {
		g.CPU = append(g.CPU, after.CPU-before.CPU)
		g.RSSPeak, g.RSSAfter = after.Peak, after.RSS
	}
	return nil
}

func (e *execution) slice(ctx context.Context, arm bench.Arm, s bench.Scenario) (bench.Slice, error) {
	// On average one of each connection that counts, beside those that only make and
	// keep the load full.
	slice, err := e.rig.Slice(ctx, arm, s, max(2, s.Concurrency), e.schedule.SliceTime)
	if err = ended(ctx, err); err != nil {
		return bench.Slice{}, fmt.Errorf("%s %s: %w", arm, s, err)
	}
	return slice, checkSlice(slice, arm, s)
}

// usage reads a gateway's counters; the direct arm has none.
func (e *execution) usage(ctx context.Context, arm bench.Arm) (Usage, error) {
	if arm == bench.Direct {
		return Usage{}, nil
	}
	u, err := e.rig.Usage(arm)
	return u, ended(ctx, err)
}

func (e *execution) upstream(ctx context.Context) (summary.Upstream, error) {
	u, err := e.rig.Upstream(ctx)
	if err = ended(ctx, err); err != nil {
		return u, fmt.Errorf("reading the mock's counters: %w", err)
	}
	return u, nil
}

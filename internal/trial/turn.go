package trial

import (
	"cmp"
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
	// took is how long the slices took, and missing how much longer they would have
	// taken, had none been cut short.
	took, missing time.Duration
}

// rest is when the last slice of a gateway ended, and its CPU time then.
type rest struct {
	at  time.Time
	cpu time.Duration
}

// turn measures one scenario and reduces it, one round for each arm, in the
// order of the schedule's arms. It returns none when an arm cannot do the scenario,
// or when the time of the round is over before the first cycle is.
func (e *execution) turn(ctx context.Context, round int, t Turn, allotted time.Duration) ([]bench.Round, error) {
	m := meter{began: e.now(), paced: t.Scenario.Paced}
	allotted = t.turnTime(allotted)
	end := m.began.Add(allotted)
	defer func() { e.costs.turns[t.Scenario] = append(e.costs.turns[t.Scenario], m.cost(e.now())) }()
	limits, err := e.settle(ctx, round, t, sliceLimit(allotted))
	if err != nil || limits == nil {
		return nil, err
	}
	m.settled = e.now()
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
	for i, cycle := range t.Cycles {
		began := e.now()
		for _, arm := range cycle {
			if e.late() {
				e.skip([]Turn{t})
				return nil, nil
			}
			if err := e.record(ctx, arm, t.Scenario, limits[arm], tallies[arm]); err != nil {
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
		took := e.now().Sub(began)
		m.cycles++
		m.full += took
		if e.now().Add(t.next(i, took)).After(end) {
			break
		}
	}
	for arm, tally := range tallies {
		m.full += tally.missing
		if arm != bench.Direct {
			m.add(tally, t.Scenario)
		}
	}
	if e.unanswered(round, t.Scenario, tallies) {
		return nil, nil
	}
	var rounds []bench.Round
	for _, arm := range e.schedule.Arms {
		r := summary.Round(t.Scenario, tallies[arm].slices, tallies[arm].usage)
		r.Scenario, r.Arm = t.Scenario.ID(), arm
		if arm != bench.Direct {
			r.Process = e.processes
		}
		rounds = append(rounds, r)
	}
	if base, head := armOf(rounds, bench.Base), armOf(rounds, bench.Head); base != nil && head != nil {
		summary.Tails(t.Scenario, base, head, tallies[bench.Base].slices, tallies[bench.Head].slices)
	}
	return rounds, nil
}

// armOf is the round of an arm; nil without one.
func armOf(rounds []bench.Round, arm bench.Arm) *bench.Round {
	for i := range rounds {
		if rounds[i].Arm == arm {
			return &rounds[i]
		}
	}
	return nil
}

// settle drives one slice of each arm that is not recorded, and returns how long a
// slice of each may take; nil when an arm cannot do the scenario. One that fails is
// driven once more: with one request in flight a slice has few, and all of them can
// fail by chance.
func (e *execution) settle(ctx context.Context, round int, t Turn, limit time.Duration) (map[bench.Arm]time.Duration, error) {
	limits := make(map[bench.Arm]time.Duration, len(e.schedule.Arms))
	for _, arm := range e.schedule.Arms {
		limits[arm] = limit
	}
	able := true
	for _, arm := range t.Settle {
		f, took, err := e.try(ctx, arm, t.Scenario, limit)
		if err == nil && f.most() {
			f, took, err = e.try(ctx, arm, t.Scenario, limit)
		}
		switch {
		case err != nil:
			return nil, err
		case f.most() && arm == bench.Direct: // the mock cannot do it: no gateway can
			return nil, f
		case f.most():
			e.fail(round, f)
			able = false
		}
		// Only what comes after the first request of each connection counts, and a slow
		// gateway takes most of this one for those.
		limits[arm] = max(limit, took+took/2)
	}
	if !able {
		return nil, nil
	}
	return limits, nil
}

// try drives one slice and counts what failed.
func (e *execution) try(ctx context.Context, arm bench.Arm, s bench.Scenario, limit time.Duration) (*Failure, time.Duration, error) {
	began := e.now()
	slice, err := e.slice(ctx, arm, s, limit)
	return failureIn(slice, arm, s), e.now().Sub(began), err
}

// unanswered notes the arms of which no request was answered rightly in the whole
// turn, and says whether there are any.
func (e *execution) unanswered(round int, s bench.Scenario, tallies map[bench.Arm]*tally) bool {
	found := false
	for _, arm := range e.schedule.Arms {
		all := &Failure{Arm: arm, Scenario: s}
		for _, slice := range tallies[arm].slices {
			f := failureIn(slice, arm, s)
			all.Requests, all.Failed = all.Requests+f.Requests, all.Failed+f.Failed
			all.Class, all.First = cmp.Or(all.Class, f.Class), cmp.Or(all.First, f.First)
		}
		if all.Failed == all.Requests {
			e.fail(round, all)
			found = true
		}
	}
	return found
}

// record measures one slice of an arm. The gateway's CPU time is read before and
// after it: what the gateway uses while other arms run is counted separately.
func (e *execution) record(ctx context.Context, arm bench.Arm, s bench.Scenario, limit time.Duration, t *tally) error {
	before, err := e.usage(ctx, arm)
	if err != nil {
		return fmt.Errorf("%s %s: %w", arm, s, err)
	}
	if g := t.usage.Gateway; g != nil && !t.rest.at.IsZero() {
		g.Idle += e.now().Sub(t.rest.at)
		g.IdleCPU += before.CPU - t.rest.cpu
	}
	began := e.now()
	slice, err := e.slice(ctx, arm, s, limit)
	if err != nil {
		return err
	}
	took := e.now().Sub(began)
	t.took, t.missing = t.took+took, t.missing+missing(took, slice, s)
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

// slice fails when no request was sent. With one that was, the trial goes on, and
// errors are counted and reported.
func (e *execution) slice(ctx context.Context, arm bench.Arm, s bench.Scenario, limit time.Duration) (bench.Slice, error) {
	slice, err := e.rig.Slice(ctx, arm, s, e.burst(s, limit))
	err = ended(ctx, err)
	if err == nil && failureIn(slice, arm, s).Requests == 0 {
		err = errNoRequest
	}
	if err != nil {
		return bench.Slice{}, fmt.Errorf("%s %s: %w", arm, s, err)
	}
	return slice, nil
}

// leastCounted is how many requests of a slice count: on average one of each
// connection, beside those that only make and keep the load full.
func leastCounted(s bench.Scenario) int { return max(2, s.Concurrency) }

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

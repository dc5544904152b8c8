package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/probe"
)

// probe makes the probes that the configuration asks for and adds them to a run.
// With an error the run has what was complete before it.
func (s *Session) probe(ctx context.Context, run *bench.Run) error {
	for _, name := range s.Config.Suite.Probes {
		s.Log.Say("probe: %s", name)
		all, err := s.probeArms(ctx, name)
		run.Probes = append(run.Probes, all...)
		run.Elapsed = s.Now().Sub(run.Started).Seconds()
		if err != nil {
			return err
		}
	}
	return nil
}

// probeArms makes one probe of every arm in turn, with a mock of its own.
func (s *Session) probeArms(ctx context.Context, name bench.ProbeName) (all []bench.Probe, err error) {
	t, err := s.target()
	if err != nil {
		return nil, err
	}
	mock, err := mockllm.Start(ctx, []string{s.self, mockCommand}, probe.Settings(name, t.API))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, mock.Stop()) }()
	t.Mock = mock
	for _, arm := range s.arms() {
		t.Arm, t.Addr, t.Memory = arm, mock.Addr, nil
		t.Endpoint = s.endpoint(arm, mock)
		p, err := s.probeArm(ctx, name, mock, t)
		if err != nil {
			return all, err
		}
		all = append(all, p)
	}
	return all, nil
}

// target is what all arms have in common.
func (s *Session) target() (t probe.Target, err error) {
	t.API = s.Config.Request.API
	for mode, body := range map[bench.Mode]*[]byte{bench.JSON: &t.JSON, bench.SSE: &t.Stream} {
		jobs, err := s.jobs.of(bench.Scenario{Mode: mode, BodyBytes: int(s.Config.Suite.Body[0])})
		if err != nil {
			return t, fmt.Errorf("probe: %w", err)
		}
		*body = jobs[0].Body
	}
	return t, nil
}

// probeArm starts the arm's gateway, if it has one, in front of the mock. A gateway that lives and fails the probe is a result, and no error.
func (s *Session) probeArm(ctx context.Context, name bench.ProbeName, mock *mockllm.Process, t probe.Target) (p bench.Probe, err error) {
	if t.Arm == bench.Direct {
		return probe.Run(ctx, name, t)
	}
	g, err := s.start(ctx, t.Arm, s.sides[t.Arm], mock, nil)
	if err != nil {
		return p, err
	}
	// A context that has ended must not cut the gateway's time to stop short.
	defer func() { err = errors.Join(err, g.Stop(context.WithoutCancel(ctx))) }()
	t.Addr, t.Memory = g.Addr, func() int64 { return g.Memory().RSS }
	p, err = probe.Run(ctx, name, t)
	if err == nil || ctx.Err() != nil {
		return p, err
	}
	if dead := died(g, true); dead != nil {
		return p, dead
	}
	s.Log.Say("%v", err)
	return bench.Probe{Name: name, Arm: t.Arm, Failed: err.Error()}, nil
}

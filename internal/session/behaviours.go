package session

import (
	"context"
	"runtime"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/probe"
)

// lookedAt is with how many process pairs exchanges are made: what all of one do can be
// an accident of it.
const lookedAt = 2

const (
	// lookShare is the share of the time budget for the exchanges with all of them.
	lookShare = 1.0 / 12
	// lookAlone is the time for exchanges without a measurement around them.
	lookAlone = 10 * time.Second
)

// Leave implements trial.Rig: it makes exchanges with the first process pairs, when
// they have served their rounds.
func (r *rig) Leave(ctx context.Context, process int) error {
	if !r.session.looksAt(process) {
		return nil
	}
	budget := r.session.Config.Measure.TimeBudget
	return r.session.look(ctx, r.running, process, time.Duration(lookShare/lookedAt*float64(budget)))
}

// looksAt says with which process pairs exchanges are made. New harm is looked at once
// more before anybody is accused: that is rare, and what two processes happen to do is
// rarer still with three.
func (s *Session) looksAt(process int) bool {
	if process > lookedAt+1 || !s.Config.Gate.LooksAtBehaviour() {
		return false
	}
	return process <= lookedAt || slices.ContainsFunc(changes.Compare(behaviour.Facts(s.exchanges)), func(c bench.BehaviourChange) bool {
		return c.Outcome == bench.Regression && s.Config.Gate.RuleOf(c.Behaviour) == bench.BehaviourFails
	})
}

// look makes exchanges with the direct path and the gateways that run, within a time. A
// gateway that dies of them is a result.
func (s *Session) look(ctx context.Context, running map[bench.Arm]*gateway.Process, process int, within time.Duration) error {
	began := s.Now()
	made, err := probe.Look(ctx, s.mock, s.subjects(running, process), within)
	runtime.GC() // rounds go on without a collector, and would collect what this leaves
	s.exchanges = append(s.exchanges, made...)
	s.looks = append(s.looks, s.Now().Sub(began))
	for arm, p := range running {
		x := exchange.Exchange{Situation: exchange.Alive, Arm: arm, Process: process, Answers: []exchange.Answer{{}}}
		if dead := p.Err(); dead != nil {
			s.Log.Say("%s, after exchanges with it: %v", arm, dead)
			x.Answers[0].Broken = dead.Error()
		}
		s.exchanges = append(s.exchanges, x)
	}
	return err
}

// aside is how long the exchanges that are still to be made will take.
func (s *Session) aside() (left time.Duration) {
	if done := len(s.looks); done > 0 && done < lookedAt {
		left = time.Duration(lookedAt-done) * s.looks[done-1]
	}
	return left
}

// subjects are the direct path and the gateways that run.
func (s *Session) subjects(running map[bench.Arm]*gateway.Process, process int) (all []probe.Subject) {
	request := s.Config.Request
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		one := probe.Subject{
			Arm: arm, Process: process, Addr: s.mock.Addr,
			API: request.API, Endpoint: s.endpoint(arm, s.mock), Extra: request.Extra, Timeout: request.Timeout,
		}
		if p := running[arm]; p != nil {
			one.Addr = p.Addr
			one.Holding = func() exchange.Holding {
				has := p.Handles()
				return exchange.Holding{RSS: p.Memory().RSS, Threads: has.Threads, Descriptors: has.Descriptors, CPU: p.CPU()}
			}
		} else if arm != bench.Direct {
			continue
		}
		all = append(all, one)
	}
	return all
}

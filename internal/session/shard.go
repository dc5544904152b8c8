package session

import (
	"cmp"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gating"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/trial"
)

// shard says whether this is one machine's part of a gate.
func (s *Session) shard() bool { return s.Config.Measure.Shard.Of > 0 }

// own makes what a shard has of its own: its seed, and who it is. It measures anew
// whatever earlier attempts have, which the merge adds.
func (s *Session) own(from *BaseSources) error {
	m := &s.Config.Measure
	if !s.shard() {
		return nil
	}
	if len(s.gateSettings().Scenarios) == 0 {
		return host.Usagef("measure.shard: %s has no scenario to measure, the suite has %d; use fewer shards", m.Shard, len(s.Config.Scenarios()))
	}
	m.Seed, from.Attempts.Runs = m.Shard.Seed(m.Seed), nil
	s.part = &bench.Shard{Index: m.Shard.Index, Of: m.Shard.Of, By: cmp.Or(m.ShardBy, bench.ByPairs), RunID: from.RunID, Attempt: from.Attempts.Number, Suite: bench.Cells(s.Config.Scenarios())}
	return nil
}

// gateSettings are those of the configuration, without what other shards measure.
func (s *Session) gateSettings() trial.Settings {
	settings, m := s.settings(), s.Config.Measure
	if m.ShardBy == bench.ByScenarios {
		settings.Scenarios = m.Shard.Scenarios(settings.Scenarios)
	}
	return settings
}

// spread tells a gate of the other machines.
func (s *Session) spread(g *gating.Gate) {
	if g.OneStage = s.shard(); g.OneStage && s.part.By == bench.ByPairs {
		g.Machines = s.part.Of
	}
}

// decide makes the verdict, which a shard leaves to the merge. What head fails in is a
// finding, for which the shard is complete.
func (s *Session) decide(r *Result) {
	if s.shard() {
		r.Run.Validity.Complete, r.Run.Validity.Incomplete = true, ""
		s.Log.Say("shard %s is measured and decides nothing; proxy-bench merge does, over all of them", s.Config.Measure.Shard)
		return
	}
	r.Verdict = saved.Decide(r.Run, r.Base.Stored)
}

package session

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/trial"
)

// suspected says whether head is worse than a base that is behind its own, so that the
// commits between may be the reason.
func suspected(r Result) bool {
	return r.Base.Info.Behind > 0 && saved.Found(r.Run, r.Base.Stored).Outcome == bench.Regression
}

// again has the base commit itself decide about a head that is worse than an older base.
// It is built, which takes nothing from the time budget, and the gate is made anew against
// it, with all of the budget: with less it would miss what the first one has seen. Where
// it cannot be had the first gate stands, which accuses nobody.
func (c *choice) again(ctx context.Context, before Result) (Result, error) {
	older := before.Base.Info
	if c.BundleOnly || c.Ref == "" || c.tried {
		return before, nil
	}
	c.Log.Say("head is worse than %.12s, which is %s behind its base: the base, %.12s, is built, and a gate against it of at most %s decides",
		older.SHA, figures.Counted(older.Behind, "commit"), c.Ref, figures.Length(c.Session.Config.Measure.TimeBudget.Seconds()))
	c.Notes = append(c.Notes, fmt.Sprintf("built since head was worse than the baseline of %.12s, which is %s behind", older.SHA, figures.Counted(older.Behind, "commit")))
	base, err := c.built(ctx, c.Ref, before.Base.Stored)
	if err != nil {
		return before, err
	}
	if base.side != nil {
		c.forget()
		after, err := c.beside(ctx, base, c.BaseSources)
		failure, ok := errors.AsType[*trial.Failure](err)
		if !ok || failure.Arm != bench.Base {
			return after, err
		}
		c.note("the base commit is built and cannot be measured", err)
	}
	return c.stands(before), nil
}

// stands is the gate against an older base with the reason why there is none against
// the base itself: the last thing that was noted.
func (c *choice) stands(before Result) Result {
	why := c.Notes[len(c.Notes)-1]
	if before.Base.Notes != "" {
		why = before.Base.Notes + "; " + why
	}
	before.Base.Notes, before.Base.Info.Note = why, why
	before.Run.Base = &before.Base.Info
	return before
}

// forget makes the session as it was before it had driven anything.
func (s *Session) forget() {
	s.output, s.rewrites, s.exchanges, s.looks = nil, nil, nil, nil
	s.patience = map[bench.Arm]*load.Patience{}
}

// builtBefore says whether an earlier attempt of the job was decided against a build of
// the base commit. This one is, too: to be run again until it is not suspected must not
// turn it green.
func (c *choice) builtBefore() bool {
	return c.Behind > 0 && !c.BundleOnly && slices.ContainsFunc(c.Attempts.Runs, func(r bench.Run) bool {
		return r.Base != nil && r.Base.Source == bench.SourceRebuild && r.Base.SHA == c.Ref
	})
}

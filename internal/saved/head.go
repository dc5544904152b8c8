package saved

import (
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// HeadOnly is a run without anything of a base: a reader refuses what belongs to an
// arm that the plan does not have.
func HeadOnly(run bench.Run) bench.Run {
	run.Base = nil
	run.Plan.Arms = []bench.Arm{bench.Direct, bench.Head}
	if run.Environment.Toolchain = maps.Clone(run.Environment.Toolchain); run.Environment.Toolchain != nil {
		delete(run.Environment.Toolchain, bench.Base)
	}
	run.Rounds = ofHead(run.Rounds, func(r bench.Round) bench.Arm { return r.Arm })
	run.WarmUps = ofHead(run.WarmUps, func(w bench.WarmUp) bench.Arm { return w.Arm })
	run.Unmeasured = ofHead(run.Unmeasured, func(u bench.Unmeasured) bench.Arm { return u.Arm })
	run.Rewrites = ofHead(run.Rewrites, func(r bench.Rewrite) bench.Arm { return r.Arm })
	run.Facts = ofHead(run.Facts, func(f bench.Fact) bench.Arm { return f.Arm })
	run.Work = ofHead(run.Work, func(w bench.Work) bench.Arm { return w.Arm })
	run.Timelines = ofHead(run.Timelines, func(t bench.Timeline) bench.Arm { return t.Arm })
	return run
}

// ofHead is all that is not of the base.
func ofHead[T any](all []T, arm func(T) bench.Arm) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return arm(one) == bench.Base })
}

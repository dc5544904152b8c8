package gating

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
)

// Add adds the result of a trial, a part of a stage, to a run.
func Add(run *bench.Run, stage bench.Stage, r trial.Result) {
	first := len(run.Rounds) == 0
	run.Rounds = append(run.Rounds, r.Rounds...)
	run.WarmUps = append(run.WarmUps, r.WarmUps...)
	for _, u := range r.Unmeasured {
		run.Unmeasured = bench.AddUnmeasured(run.Unmeasured, u)
	}
	v := &run.Validity
	if first {
		*v = r.Validity
		run.Plan.Restart = r.Restart
		return
	}
	v.Complete = v.Complete && r.Validity.Complete
	v.Incomplete = r.Validity.Incomplete
	v.Steal, v.Foreign = max(v.Steal, r.Validity.Steal), max(v.Foreign, r.Validity.Foreign)
	v.VoidRounds += r.Validity.VoidRounds
	v.Throttled += r.Validity.Throttled
	v.Warnings = addWarnings(v.Warnings, stage, r.Validity.Warnings)
	for id, ceiling := range r.Validity.Ceiling {
		if _, known := v.Ceiling[id]; !known {
			v.Ceiling[id] = ceiling
		}
	}
}

// confirming is what warnings about fresh process pairs begin with.
const confirming = "confirming: "

// addWarnings adds those of a part of a stage. They take the place of earlier ones of
// their kind, which is what they begin with.
func addWarnings(all []string, stage bench.Stage, more []string) []string {
	more = slices.Clone(more)
	kinds := map[string]bool{}
	for i := range more {
		if stage == bench.Confirm {
			more[i] = confirming + more[i]
		}
		kinds[kindOf(more[i])] = true
	}
	return append(slices.DeleteFunc(all, func(w string) bool { return kinds[kindOf(w)] }), more...)
}

func kindOf(warning string) string {
	rest, fresh := strings.CutPrefix(warning, confirming)
	kind, _, _ := strings.Cut(rest, ":")
	return fmt.Sprint(kind, fresh)
}

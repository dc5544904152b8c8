package saved

import (
	"errors"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
)

// Next is what later gates are compared with after a run: the head's rounds, and the
// history of the baseline before, if there is one. The gateway is not in it yet.
func Next(run bench.Run, before *baseline.Baseline) (baseline.Baseline, error) {
	if run.SameProgram && len(run.Rounds) == 0 {
		return baseline.Baseline{}, errors.New("nothing was measured, and a baseline holds figures; measure the same program, too: --measure-same, or measure.same")
	}
	run = HeadOnly(run)
	run.SameProgram = false // as another one's base
	var past []history.Entry
	if before != nil {
		past = before.History
	}
	return baseline.Baseline{Run: run, History: history.Append(past, run)}, nil
}

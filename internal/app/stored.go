package app

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// storedEvidence sets a run against numbers from another job.
func storedEvidence(run bench.Run, stored baseline.Baseline) verdict.Stored {
	e := verdict.Stored{
		Base:  compare.Side{Rounds: stored.Run.Rounds, Arm: bench.Head},
		Head:  compare.Side{Rounds: run.Rounds, Arm: bench.Head},
		Doubt: doubt(stored.Run, run),
	}
	for _, cell := range run.Scenarios {
		e.Scenarios = append(e.Scenarios, cell.Scenario)
		var past []float64
		for _, entry := range stored.History {
			v, measured := entry.Scenarios[cell.ID][cell.Mode.Primary()]
			if measured && entry.Fingerprint == run.Plan.Fingerprint {
				past = append(past, v.LogRatio)
			}
		}
		e.History = append(e.History, past)
	}
	return e
}

// doubt is why numbers of another job say little about this one.
func doubt(stored, run bench.Run) string {
	switch {
	case stored.Environment.CPUModel != run.Environment.CPUModel:
		return fmt.Sprintf("the base was measured on another CPU: %s, here %s", stored.Environment.CPUModel, run.Environment.CPUModel)
	case stored.Plan.Fingerprint != run.Plan.Fingerprint:
		return "the base was measured with another suite, other requests or other answers"
	}
	return ""
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

package saved

import (
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Decide makes the verdict, against the stored numbers where there are some and
// the run has no base of its own, else from the run alone, and adds the likely
// causes. Against a base that is behind that of the change, nothing is a regression.
func Decide(run bench.Run, stored *baseline.Baseline) bench.Verdict {
	return basis.Judge(Found(run, stored), run.Base)
}

// Found is the verdict whatever commit the base is of.
func Found(run bench.Run, stored *baseline.Baseline) bench.Verdict {
	p := *run.Policy
	if run.SameProgram && len(run.Rounds) == 0 {
		return verdict.Same(p)
	}
	if stored == nil || run.Base == nil || run.Base.Source != bench.SourceStored {
		v := verdict.Decide(p, verdict.EvidenceOf(run))
		v.Diagnoses = diagnose.Run(run)
		return v
	}
	e := storedEvidence(run, *stored)
	v := verdict.DecideStored(p, e)
	v.Diagnoses = diagnose.Stored(e.Scenarios, e.Base, e.Head)
	return v
}

// storedEvidence sets a run against numbers from another job.
func storedEvidence(run bench.Run, stored baseline.Baseline) verdict.Stored {
	e := verdict.StoredOf(run, stored.Run, history.Figures(history.Alike(stored.History, run)))
	if what := compare.Surroundings(stored.Run, run); what != "" {
		e.Notes = append(e.Notes, "since the base was measured, "+what)
	}
	return e
}

// DecideBy sets the policy that a saved run is decided by, and returns the
// outcomes that fail. The error is a mistake of the user's.
func DecideBy(run *bench.Run, from config.Sources) ([]bench.Outcome, error) {
	cfg, err := config.Load(config.ForDeciding, from)
	if err != nil {
		return nil, host.Usage(err)
	}
	run.Policy = &cfg.Gate.Policy
	return cfg.Gate.FailOn, nil
}

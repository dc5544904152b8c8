package attempt

import (
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Attempts is what is known of the earlier attempts of a job.
type Attempts struct {
	Number int    // of this one; 0 for the first, and outside of a workflow
	SHA    string // what the results of the job call their commit; empty: what is checked out
	// Runs are those of earlier attempts, the newest first. Each has the rounds of
	// those before it that it could be pooled with.
	Runs  []bench.Run
	Notes []string // why rounds of some cannot be had
}

// Pool adds the newest run that fits. The notes say why others do not.
func (a Attempts) Pool(run bench.Run) (bench.Run, []string) {
	run.Attempt = a.Number
	if a.SHA != "" {
		run.Commit.SHA = a.SHA
	}
	notes := slices.Clone(a.Notes)
	for _, earlier := range a.Runs {
		pooled, err := pool(run, earlier)
		if err == nil {
			return pooled, notes
		}
		notes = append(notes, fmt.Sprintf("The rounds of attempt %d do not count here: %v.", max(1, earlier.Attempt), err))
	}
	return run, notes
}

// pool adds the rounds of an earlier attempt of the same job to a run, as further
// process pairs: a job that is run again until it is green would otherwise find luck.
// The earlier rounds are numbered behind the own ones, so that pairs never mix. It is
// an error when the two did not measure the same on the same kind of machine; the run
// is then returned as it was.
func pool(run, earlier bench.Run) (bench.Run, error) {
	if err := poolable(run, earlier); err != nil {
		return run, err
	}
	run.Plan.Rounds += earlier.Plan.Rounds
	rounds, processes := run.Last()
	own := len(run.Rounds)
	known := restore(&run, earlier)
	run.Rounds = slices.Clone(run.Rounds)
	for _, r := range earlier.Rounds {
		if r.Void != "" || !known[r.Scenario] || !slices.Contains(run.Plan.Arms, r.Arm) {
			continue
		}
		r.Round += rounds
		if r.Process > 0 {
			r.Process += processes
		}
		run.Rounds = append(run.Rounds, r)
	}
	run.Facts = slices.Clone(run.Facts)
	for _, f := range earlier.Facts {
		f.Process += processes
		run.Facts = append(run.Facts, f)
	}
	if run.Plan.OneStage != earlier.Plan.OneStage {
		oneStage(&run)
	}
	run.Unmeasured = slices.Clone(run.Unmeasured)
	for _, u := range earlier.Unmeasured {
		if !known[u.Scenario] || !slices.Contains(run.Plan.Arms, u.Arm) {
			continue
		}
		u.Rounds = slices.Clone(u.Rounds)
		for i := range u.Rounds {
			u.Rounds[i] += rounds
		}
		run.Unmeasured = bench.AddUnmeasured(run.Unmeasured, u)
	}
	pairs := countPairs(run.Rounds[own:])
	for _, before := range earlier.Earlier {
		pairs -= before.Pairs
	}
	run.Earlier = append(slices.Clone(earlier.Earlier), bench.Attempt{Attempt: max(1, earlier.Attempt), Pairs: max(0, pairs)})
	return run, nil
}

// restore lists the scenarios again that this attempt had no time for and the earlier
// one had: what that has found there stays found. It returns all that are known.
func restore(run *bench.Run, earlier bench.Run) map[string]bool {
	known := make(map[string]bool)
	run.Scenarios, run.Plan.LeftOut = slices.Clone(run.Scenarios), slices.Clone(run.Plan.LeftOut)
	for _, cell := range run.Scenarios {
		known[cell.ID] = true
	}
	for _, cell := range earlier.Scenarios {
		if i := slices.Index(run.Plan.LeftOut, cell.ID); i >= 0 && !known[cell.ID] {
			known[cell.ID] = true
			run.Scenarios = append(run.Scenarios, cell)
			run.Plan.LeftOut = slices.Delete(run.Plan.LeftOut, i, i+1)
		}
	}
	return known
}

// poolable is an error that says what differs.
func poolable(run, earlier bench.Run) error {
	then, now := earlier.Environment, run.Environment
	switch {
	case !earlier.Validity.Complete:
		return errors.New("it is not complete")
	case earlier.Commit.SHA == "" || earlier.Commit.SHA != run.Commit.SHA:
		return fmt.Errorf("it measured commit %.12s, this one %.12s", earlier.Commit.SHA, run.Commit.SHA)
	case (earlier.Base == nil) != (run.Base == nil) || run.Base != nil && (earlier.Base.SHA != run.Base.SHA || earlier.Base.Source != run.Base.Source):
		return fmt.Errorf("it was compared with %s, this one with %s", baseText(earlier.Base), baseText(run.Base))
	case earlier.Plan.Fingerprint != run.Plan.Fingerprint:
		return errors.New("it had another suite, other requests or other answers")
	case !then.OnSameMachine(now):
		return fmt.Errorf("it ran on another kind of machine: %d × %s, here %d × %s", then.CPUs, then.CPUModel, now.CPUs, now.CPUModel)
	case len(earlier.Rounds) == 0 || len(run.Rounds) == 0:
		return errors.New("there are no rounds to add, or none to add them to")
	}
	return nil
}

func baseText(b *bench.BaseInfo) string {
	if b == nil {
		return "nothing"
	}
	return fmt.Sprintf("%.12s (%s)", b.SHA, b.Source)
}

// oneStage lets all rounds decide, where one of two attempts had no time for a
// screening and fresh rounds.
func oneStage(run *bench.Run) {
	run.Plan.OneStage = true
	for i := range run.Rounds {
		run.Rounds[i].Stage = bench.Screen
	}
}

// countPairs counts the processes of head, or its rounds where those have no number.
func countPairs(rounds []bench.Round) int {
	type process struct{ process, round int }
	seen := make(map[process]bool)
	for _, r := range rounds {
		if r.Arm != bench.Head {
			continue
		}
		p := process{process: r.Process}
		if r.Process == 0 {
			p.round = r.Round
		}
		seen[p] = true
	}
	return len(seen)
}

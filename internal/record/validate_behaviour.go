package record

import (
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// checkFacts checks facts and timelines. Names of behaviours that this version does not
// know are as good as others.
func checkFacts(run bench.Run) error {
	type identity struct {
		behaviour bench.BehaviourName
		of        string
		arm       bench.Arm
		process   int
	}
	seen := make(map[identity]bool, len(run.Facts))
	for i, f := range run.Facts {
		id := identity{f.Behaviour, f.Case, f.Arm, f.Process}
		err := checkFact(f, run.Plan.Arms)
		if err == nil && seen[id] {
			err = errors.New("is there twice")
		}
		if err != nil {
			return fmt.Errorf("facts[%d], %q of %q: %w", i, f.Behaviour, f.Arm, err)
		}
		seen[id] = true
	}
	for i, t := range run.Timelines {
		if !slices.Contains(run.Plan.Arms, t.Arm) {
			return fmt.Errorf("timelines[%d], %q: the plan has no such arm", i, t.Arm)
		}
	}
	return nil
}

func checkFact(f bench.Fact, arms []bench.Arm) error {
	switch {
	case f.Behaviour == "":
		return errors.New("it names no behaviour")
	case f.Arm == bench.Direct || !slices.Contains(arms, f.Arm):
		return errors.New("it is of no gateway of the plan")
	case f.Process < 1:
		return errors.New("processes count from 1")
	case f.Seen > f.Of:
		return fmt.Errorf("seen in %d of %d exchanges", f.Seen, f.Of)
	case f.Of == 0 && f.Unseen == "":
		return errors.New("no exchange could show it, and it does not say why")
	}
	return nil
}

// checkChanges checks what a verdict says of behaviours.
func checkChanges(v bench.Verdict) error {
	known := []bench.Change{bench.ChangeNew, bench.ChangeKept, bench.ChangeGone, bench.ChangeSometimes, bench.ChangeUndecided, bench.ChangeOther}
	for i, c := range v.Behaviours {
		var err error
		switch {
		case c.Behaviour == "" || c.Text == "":
			err = errors.New("it has no name or no text")
		case !slices.Contains(known, c.Change):
			err = fmt.Errorf("there is no change %q", c.Change)
		case c.Outcome != bench.Pass && (c.Outcome != bench.Regression || !c.Harm || c.Change != bench.ChangeNew):
			err = fmt.Errorf("outcome %q: only new harm is more than a pass", c.Outcome)
		}
		if err != nil {
			return fmt.Errorf("behaviours[%d], %q: %w", i, c.Behaviour, err)
		}
	}
	return nil
}

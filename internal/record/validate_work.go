package record

import (
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

const (
	// mostWork is more than a run counts: two bodies of each mode, of two gateways, in a
	// few process pairs.
	mostWork = 1 << 10
	// mostNames is more than there are system calls, and than functions are kept.
	mostNames = 1 << 10
)

// checkWork checks what was counted.
func checkWork(run bench.Run) error {
	if len(run.Work) > mostWork {
		return fmt.Errorf("work: %d counts of scenarios, the limit is %d", len(run.Work), mostWork)
	}
	type identity struct {
		arm      bench.Arm
		process  int
		scenario string
	}
	seen := make(map[identity]bool, len(run.Work))
	for i, w := range run.Work {
		id := identity{w.Arm, w.Process, w.Scenario}
		err := checkCounted(w, run.Plan.Arms)
		if err == nil && seen[id] {
			err = errors.New("is there twice")
		}
		if err != nil {
			return fmt.Errorf("work[%d], %q of %q: %w", i, w.Scenario, w.Arm, err)
		}
		seen[id] = true
	}
	if len(run.Work) > 0 && run.Counting == nil {
		return errors.New("work was counted, and counting does not say by what")
	}
	return nil
}

func checkCounted(w bench.Work, arms []bench.Arm) error {
	switch {
	case w.Arm == bench.Direct || !slices.Contains(arms, w.Arm):
		return errors.New("it is of no gateway of the plan")
	case w.Process < 1:
		return errors.New("processes count from 1")
	case w.Uncounted == "" && len(w.Instructions)+len(w.SystemCalls) == 0:
		return errors.New("nothing was counted, and it does not say why")
	case max(len(w.Instructions), len(w.Allocations), len(w.SystemCalls), len(w.Functions)) > mostNames:
		return fmt.Errorf("it has more than %d batches, functions or names of calls", mostNames)
	}
	return nil
}

// checkWorkChanges checks what a verdict says of the work of requests.
func checkWorkChanges(v bench.Verdict) error {
	for i, c := range v.Work {
		var err error
		switch {
		case c.Scenario == "" || c.What == "" || c.Text == "":
			err = errors.New("it has no scenario, no name or no text")
		case c.Outcome != bench.Pass && c.Outcome != bench.Regression:
			err = fmt.Errorf("outcome %q: it is a regression or a pass", c.Outcome)
		}
		if err != nil {
			return fmt.Errorf("work[%d], %q: %w", i, c.What, err)
		}
	}
	return nil
}

package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Validate checks that a run is consistent: scenarios whose ids are their own,
// rounds of known scenarios and arms and each of them once, counts and known
// metrics not negative, every number finite, a policy that can decide; the windows
// of an open loop alike. A run without rounds is valid; so are metrics and error
// classes that this version does not know.
func Validate(run bench.Run) error {
	if run.Schema != bench.RunSchema {
		return &VersionError{Schema: run.Schema, Reads: []string{bench.RunSchema}}
	}
	known, err := checkScenarios(run.Scenarios)
	if err != nil {
		return err
	}
	rest := run
	rest.Rounds = nil // each with its own place in the error
	if err := cmp.Or(checkArms(run.Plan.Arms), CheckNumbers(rest), checkCeiling(run, known), checkOpenLoop(run), checkFacts(run), checkWork(run), checkUnmeasured(run, known), checkRewrites(run), checkShards(run, known)); err != nil {
		return err
	}
	if run.Policy != nil {
		if err := run.Policy.Check(); err != nil {
			return fmt.Errorf("policy: %w", err)
		}
	}
	return checkRounds(run, known)
}

func checkRounds(run bench.Run, known map[string]bool) error {
	type identity struct {
		round    int
		scenario string
		arm      bench.Arm
	}
	seen := make(map[identity]bool, len(run.Rounds))
	for i := range run.Rounds {
		r := &run.Rounds[i]
		id := identity{r.Round, r.Scenario, r.Arm}
		err := checkRound(r, known, run.Plan.Arms)
		if err == nil && seen[id] {
			err = errors.New("is there twice")
		}
		if err != nil {
			return fmt.Errorf("rounds[%d], round %d of %q %q: %w", i, r.Round, r.Scenario, r.Arm, err)
		}
		seen[id] = true
	}
	return nil
}

func checkScenarios(cells []bench.Cell) (known map[string]bool, err error) {
	known = make(map[string]bool, len(cells))
	for i, c := range cells {
		switch {
		case c.Mode != bench.JSON && c.Mode != bench.SSE:
			err = fmt.Errorf("mode %q is neither json nor sse", c.Mode)
		case c.Concurrency < 1 || c.BodyBytes < 0 || c.Answer < 0 || (c.BodyBytes == 0) != c.Mix:
			err = fmt.Errorf("concurrency %d with %d bytes of body is nothing that can be sent", c.Concurrency, c.BodyBytes)
		case c.Paced && c.Mode != bench.SSE:
			err = errors.New("it is paced, and no stream")
		case c.ID != c.Scenario.ID():
			err = fmt.Errorf("id %q, but what it describes is %s", c.ID, c.Scenario.ID())
		case known[c.ID]:
			err = fmt.Errorf("%s is there twice", c.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("scenarios[%d]: %w", i, err)
		}
		known[c.ID] = true
	}
	return known, nil
}

func checkRound(r *bench.Round, known map[string]bool, arms []bench.Arm) error {
	switch {
	case r.Round < 1:
		return errors.New("rounds count from 1")
	case r.Stage != bench.Screen && r.Stage != bench.Confirm:
		return fmt.Errorf("stage %q is neither screen nor confirm", r.Stage)
	case !known[r.Scenario]:
		return errors.New("the run lists no such scenario")
	case !slices.Contains(arms, r.Arm):
		return errors.New("the plan has no such arm")
	}
	return cmp.Or(CheckNumbers(r), FirstOf("distribution", r.Distribution, checkDistribution))
}

func checkDistribution(_ bench.Metric, values []float64) error {
	if len(values) != summary.Levels {
		return fmt.Errorf("%d values, and a distribution has %d", len(values), summary.Levels)
	}
	for i := 1; i < len(values); i++ {
		if values[i] < values[i-1] {
			return fmt.Errorf("%v follows %v, and they must not fall", values[i], values[i-1])
		}
	}
	return nil
}

func checkArms(arms []bench.Arm) error {
	for i, arm := range arms {
		if arm != bench.Direct && arm != bench.Base && arm != bench.Head || slices.Contains(arms[:i], arm) {
			return fmt.Errorf("plan.arms[%d]: %q is not direct, base or head, each at most once", i, arm)
		}
	}
	return nil
}

func checkCeiling(run bench.Run, known map[string]bool) error {
	return FirstOf("validity.mock_ceiling", run.Validity.Ceiling, func(scenario string, _ float64) error {
		if !known[scenario] {
			return errors.New("the run lists no such scenario")
		}
		return nil
	})
}

func checkUnmeasured(run bench.Run, known map[string]bool) error {
	for i, u := range run.Unmeasured {
		if !known[u.Scenario] || !slices.Contains(run.Plan.Arms, u.Arm) {
			return fmt.Errorf("not_measurable[%d]: the run has no %q of %q", i, u.Scenario, u.Arm)
		}
	}
	for i, w := range run.WarmUps {
		if !slices.Contains(run.Plan.Arms, w.Arm) {
			return fmt.Errorf("warm_ups[%d], %q: the plan has no such arm", i, w.Arm)
		}
	}
	return nil
}

func checkRewrites(run bench.Run) error {
	for i, r := range run.Rewrites {
		pathless := r.Kind == bench.Recuts || r.Kind == bench.Reformats
		switch {
		case !slices.Contains(run.Plan.Arms, r.Arm):
			return fmt.Errorf("rewrites[%d], %q: the plan has no such arm", i, r.Arm)
		case r.Mode != bench.JSON && r.Mode != bench.SSE:
			return fmt.Errorf("rewrites[%d].mode, %q: use json or sse", i, r.Mode)
		case !slices.Contains(bench.RewriteKinds(), r.Kind):
			return fmt.Errorf("rewrites[%d].kind, %q: there is no such kind", i, r.Kind)
		case pathless != (r.Path == ""):
			return fmt.Errorf("rewrites[%d]: %q with the path %q", i, r.Kind, r.Path)
		}
	}
	return nil
}

// checkOpenLoop checks the windows and knees of an open loop.
func checkOpenLoop(run bench.Run) error {
	for i, w := range run.Windows {
		if !slices.Contains(run.Plan.Arms, w.Arm) {
			return fmt.Errorf("windows[%d], %q: the plan has no such arm", i, w.Arm)
		}
	}
	for i, k := range run.Knees {
		if !slices.Contains(run.Plan.Arms, k.Arm) {
			return fmt.Errorf("knees[%d], %q: the plan has no such arm", i, k.Arm)
		}
		for _, place := range k.Windows {
			if place < 0 || place >= len(run.Windows) {
				return fmt.Errorf("knees[%d], %q: stands on window %d of %d", i, k.Arm, place, len(run.Windows))
			}
		}
	}
	return nil
}

// FirstOf checks every value of a map and returns the mistake with the smallest
// key, so that the same file gets the same message.
func FirstOf[K cmp.Ordered, V any](place string, m map[K]V, check func(K, V) error) (first error) {
	var smallest K
	for k, v := range m {
		if err := check(k, v); err != nil && (first == nil || k < smallest) {
			smallest, first = k, fmt.Errorf("%s[%q]: %w", place, fmt.Sprint(k), err)
		}
	}
	return first
}

// At names the place of a mistake, if there is one.
func At(place string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

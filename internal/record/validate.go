package record

import (
	"cmp"
	"errors"
	"fmt"
	"math"
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
	if err := cmp.Or(checkEnvironment(run.Environment), checkPlan(run.Plan), checkValidity(run.Validity, known), checkOpen(run), checkProbes(run)); err != nil {
		return err
	}
	if run.Policy != nil {
		if err := run.Policy.Check(); err != nil {
			return fmt.Errorf("policy: %w", err)
		}
	}
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
	case r.Process < 0 || r.Requests < 0:
		return fmt.Errorf("process %d and requests %d must not be negative", r.Process, r.Requests)
	}
	return cmp.Or(
		FirstOf("errors", r.Errors, func(_ bench.ErrorClass, n int) error { return count(n) }),
		FirstOf("metrics", r.Metrics, checkMetric),
		FirstOf("slices", r.Slices, func(m bench.Metric, values []float64) error {
			for _, v := range values {
				if err := checkMetric(m, v); err != nil {
					return err
				}
			}
			return nil
		}),
		FirstOf("distribution", r.Distribution, checkDistribution),
	)
}

func checkDistribution(m bench.Metric, values []float64) error {
	if len(values) != summary.Levels {
		return fmt.Errorf("%d values, and a distribution has %d", len(values), summary.Levels)
	}
	for i, v := range values {
		if err := checkMetric(m, v); err != nil {
			return err
		}
		if i > 0 && v < values[i-1] {
			return fmt.Errorf("%v follows %v, and they must not fall", v, values[i-1])
		}
	}
	return nil
}

// checkMetric knows nothing of a metric from a newer version but that it is a
// number. All others are times, sizes, counts and rates.
func checkMetric(m bench.Metric, v float64) error {
	if _, known := m.Describe(); known {
		return quantity(v)
	}
	return Finite(v)
}

func checkEnvironment(e bench.Environment) error {
	return cmp.Or(
		At("environment.cpus", count(e.CPUs)),
		At("environment.memory_bytes", count(e.MemoryBytes)),
		At("environment.gomaxprocs", count(e.GOMAXPROCS)),
		At("environment.load1", quantity(e.Load1)),
	)
}

func checkPlan(p bench.Plan) error {
	for i, arm := range p.Arms {
		if arm != bench.Direct && arm != bench.Base && arm != bench.Head || slices.Contains(p.Arms[:i], arm) {
			return fmt.Errorf("plan.arms[%d]: %q is not direct, base or head, each at most once", i, arm)
		}
	}
	return cmp.Or(
		At("plan.rounds", count(p.Rounds)),
		At("plan.slices_per_round", count(p.SlicesPer)),
		At("plan.slice_min_seconds", quantity(p.SliceMin)),
		At("plan.time_budget_seconds", quantity(p.Budget)),
		At("plan.rounds_per_process", count(p.Restart)),
		At("plan.warm_up_requests_per_connection", count(p.WarmUp)),
	)
}

// checkValidity lets the shares be negative: they are differences of counters
// that are not read at the same instant.
func checkValidity(v bench.Validity, known map[string]bool) error {
	return cmp.Or(
		At("validity.steal", Finite(v.Steal)),
		At("validity.foreign_cpu", Finite(v.Foreign)),
		At("validity.void_rounds", count(v.VoidRounds)),
		FirstOf("validity.mock_ceiling", v.Ceiling, func(scenario string, x float64) error {
			if !known[scenario] {
				return errors.New("the run lists no such scenario")
			}
			return quantity(x)
		}),
	)
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

func count[T int | int64](n T) error {
	if n < 0 {
		return fmt.Errorf("%d must not be negative", n)
	}
	return nil
}

// Finite refuses what JSON has no word for.
func Finite(v float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%v is not a finite number", v)
	}
	return nil
}

func quantity(v float64) error {
	if err := Finite(v); err != nil {
		return err
	}
	if v < 0 {
		return fmt.Errorf("%v must not be negative", v)
	}
	return nil
}

package calibrate

import (
	"context"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

const (
	// longest is the longest time budget in seconds that is advised: nobody waits
	// longer for a pull request.
	longest = 30 * 60
	// muchSmaller is how small a share of the policy's threshold is worth a word.
	muchSmaller = 0.5
)

// advise says what to set, from what is carried.
func (s sampler) advise(ctx context.Context, noise []bench.Noise, carried []bench.Carried, until float64) (bench.Advice, error) {
	var a bench.Advice
	if plan := s.plan(); plan.Room != nil && *plan.Room < plan.Needed {
		a.Budget = new(roundUp(float64(plan.Needed) * s.takes(nil)))
		return a, nil
	}
	least, known := 0.0, true
	for _, c := range carried {
		if c.Metric.IsJudged() && c.Scenarios > 0 {
			known = known && c.Least != nil
			if c.Least != nil {
				least = max(least, *c.Least)
			}
		}
	}
	for _, n := range noise {
		if n.Metric.IsJudged() && !n.Carried && !slices.Contains(a.Noisy, n.Scenario) {
			a.Noisy = append(a.Noisy, n.Scenario)
		}
	}
	if known && (len(a.Noisy) > 0 || least <= muchSmaller*s.Policy.Threshold) {
		a.Threshold = &least
	}
	if len(a.Noisy) == 0 || s.plan().Room == nil {
		return a, nil
	}
	budget, err := s.longer(ctx, noise, until)
	a.Budget = budget
	return a, err
}

// longer looks for a time budget with which the thresholds that are not carried would
// be: gates with twice and four times the time have to find twice the threshold.
func (s sampler) longer(ctx context.Context, noise []bench.Noise, until float64) (*float64, error) {
	c, units := change{where: bench.OneScenario, by: make(map[string]float64)}, s.units()
	for _, n := range noise {
		k := key{n.Scenario, n.Metric}
		if n.Metric == s.mode(n.Scenario).Primary() && !n.Carried && n.Limit != nil && units[k] > 0 {
			c.by[n.Scenario] = math.Expm1(2*math.Log1p(*n.Limit)) / units[k]
			c.each = append(c.each, n.Scenario)
		}
	}
	if len(c.each) == 0 {
		return nil, nil
	}
	for _, times := range []float64{2, 4} {
		more := s
		more.Budget = roundUp(times * s.Budget)
		if more.Budget > longest || s.late(until) {
			break
		}
		c.name = "twice the threshold in one scenario, with " + figures.Length(more.Budget)
		rate, err := more.rate(ctx, c, max(1, s.Trials/4), until)
		if err != nil {
			return nil, err
		}
		if rate.Share >= foundShare {
			return &more.Budget, nil
		}
	}
	return nil, nil
}

// roundUp rounds seconds up to what a person would set.
func roundUp(seconds float64) float64 {
	step := 60.0
	switch {
	case seconds <= 120:
		step = 10
	case seconds <= 600:
		step = 30
	}
	return step * math.Ceil(seconds/step-1e-9)
}

package calibrate

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// screenings is how many are drawn to learn what a gate would say of its own
// resolution, which it knows from its few rounds only.
const screenings = 32

// thresholds are those that a person would write down.
var thresholds = []float64{0.01, 0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50, 0.75, 1}

// key names a gated metric.
type key struct {
	scenario string
	metric   bench.Metric
}

// carry estimates the noise of every gated metric, and the thresholds that are
// large enough for it. Such a threshold is called carried. The resolutions of what
// judges are multiplied by scale, by which resampled gates have corrected them; 0 when
// they found nothing, so that nothing is carried. Those of other metrics are the
// gate's own: what they alone can find was not put into these gates.
//
// A limit τ is carried when a change of 2τ is found in 80 % of gates, which is
// also where a gate calls a change excluded. The gate's resolution is the
// larger of a part N that grows with the noise alone, margin + (z_level + z_β)·se
// in log terms, and of τ + z_β·se. N ≤ 2τ is enough for both: z_level is not
// below z_β in any stage, so z_β·se ≤ N/2 ≤ τ. The smallest limit
// carried is therefore half of the resolution under a policy without limits.
func (s sampler) carry(with, without map[key]float64, scale float64) ([]bench.Noise, []bench.Carried) {
	least := make(map[key]float64)
	var all []bench.Noise
	for _, c := range s.gated {
		k := key{c.Scenario, c.Metric}
		n := s.noise(c.Scenario, c.Metric)
		n.Limit = c.Limit
		resolution, known := with[k]
		noise, alsoKnown := without[k]
		switch {
		case !known || !alsoKnown || c.Limit == nil:
			n.Limit, n.Reason = nil, cmp.Or(c.Reason, "a gate has too few process pairs to find any change of it")
		case scale == 0:
			n.Reason = notFound
		default:
			if c.Metric.IsJudged() {
				resolution, noise = scale*resolution, scale*noise
			}
			least[k] = math.Expm1(math.Log1p(noise) / 2)
			n.Resolution, n.Least = new(resolution), new(least[k])
			n.Carried = least[k] <= *c.Limit
		}
		all = append(all, n)
	}
	return all, s.carried(all, least)
}

// resolutions are the medians over some gates of what they say of themselves after
// their first stage. Every policy is asked of the same ones.
func (s sampler) resolutions(ctx context.Context, p bench.Policy) (map[key]float64, error) {
	plan := s.plan()
	first, _ := verdict.Next(s.Policy, s.evidence(0), func(scenarios []string) int { return s.fits(scenarios, 0) })
	look := bench.Look{Stage: first.Look.Stage, Pairs: plan.Pairs, Level: first.Look.Level}
	if plan.OneStage {
		look.Pairs = *plan.Room
	}
	verdicts, err := Each(ctx, screenings, func(i int) bench.Verdict {
		d := drawing{pool: s.pool, rng: Source(s.Seed, "resolution", i), covered: change{}.covers(0)}
		e := s.evidence(0)
		e.Rounds, e.Looks = d.draw(slot{stage: look.Stage, pairs: look.Pairs}), []bench.Look{look}
		return verdict.Decide(p, e)
	})
	if err != nil {
		return nil, err
	}
	seen := make(map[key][]float64)
	for _, v := range verdicts {
		for _, c := range v.Comparisons {
			if c.Resolution != nil {
				k := key{c.Scenario, c.Metric}
				seen[k] = append(seen[k], *c.Resolution)
			}
		}
	}
	medians := make(map[key]float64, len(seen))
	for k, values := range seen {
		if m, err := stats.Median(values); err == nil { // a resolution is finite, and there is one
			medians[k] = m
		}
	}
	return medians, nil
}

// demanding is the policy with another share as every threshold. Bare, it has
// no other limit either, neither a floor nor the least of a p95.
func (s sampler) demanding(share float64, bare bool) bench.Policy {
	p := s.Policy
	p.Threshold, p.Thresholds = share, slices.Clone(p.Thresholds)
	for i := range p.Thresholds {
		p.Thresholds[i].Share = share
	}
	if !bare {
		return p
	}
	p.Floor = 0
	var named []bench.Metric
	for _, c := range s.gated {
		if !slices.Contains(named, c.Metric) {
			named = append(named, c.Metric)
			p.Thresholds = append(p.Thresholds, bench.Threshold{Metric: c.Metric, Share: share})
		}
	}
	return p
}

// carried sums up each metric over its scenarios, in the order of the gates.
func (s sampler) carried(all []bench.Noise, least map[key]float64) []bench.Carried {
	var sums []bench.Carried
	for _, n := range all {
		i := slices.IndexFunc(sums, func(c bench.Carried) bool { return c.Metric == n.Metric })
		if i < 0 {
			i = len(sums)
			sums = append(sums, bench.Carried{Metric: n.Metric, Worst: n.Scenario})
		}
		c := &sums[i]
		c.Scenarios++
		if n.Carried {
			c.Carried++
		}
		if needs(least, key{n.Scenario, n.Metric}) > needs(least, key{c.Worst, n.Metric}) {
			c.Worst = n.Scenario
		}
	}
	for _, t := range thresholds {
		short := s.short(t, least)
		for i := range sums {
			if sums[i].Least == nil && !short[sums[i].Metric] {
				sums[i].Least = &t
			}
		}
	}
	return sums
}

// needs is the least limit of a metric, infinite where it is not known.
func needs(least map[key]float64, k key) float64 {
	if l, known := least[k]; known {
		return l
	}
	return math.Inf(1)
}

// short names the metrics for which a threshold is too small in some scenario. The
// policy turns the threshold into a limit.
func (s sampler) short(threshold float64, least map[key]float64) map[bench.Metric]bool {
	short := make(map[bench.Metric]bool)
	v := verdict.Decide(s.demanding(threshold, false), verdict.Evidence{Scenarios: s.scenarios, Rounds: s.all()})
	for _, c := range v.Comparisons {
		if c.Gated && (c.Limit == nil || needs(least, key{c.Scenario, c.Metric}) > *c.Limit) {
			short[c.Metric] = true
		}
	}
	return short
}

package app

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// policyOf is the configuration's policy as files keep it.
func policyOf(g config.Gate) *bench.Policy {
	p := &bench.Policy{Alpha: g.Alpha, Threshold: g.Threshold, Floor: g.Floor.Seconds()}
	for _, t := range g.Thresholds {
		p.Thresholds = append(p.Thresholds, bench.Threshold{Pattern: t.Pattern, Metric: t.Metric, Scenario: t.Scenario, Share: t.Share})
	}
	return p
}

// defaultPolicy decides what was saved without a policy.
func defaultPolicy() *bench.Policy { return policyOf(config.Defaults().Gate) }

// rules is a policy as verdict takes it.
func rules(p bench.Policy) verdict.Policy {
	v := verdict.Policy{Alpha: p.Alpha, Delta: verdict.DefaultDelta, Threshold: p.Threshold, Floor: p.Floor}
	for _, t := range p.Thresholds {
		v.Thresholds = append(v.Thresholds, verdict.Threshold{Pattern: t.Pattern, Metric: t.Metric, Scenario: t.Scenario, Share: t.Share})
	}
	return v
}

// failOn lists the outcomes that fail the job.
func failOn(c config.Config) []bench.Outcome {
	var all []bench.Outcome
	for _, f := range c.Gate.FailOn {
		all = append(all, bench.Outcome(f))
	}
	return all
}

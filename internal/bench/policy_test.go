package bench

import (
	"math"
	"strings"
	"testing"
)

func with(f func(p *Policy)) Policy {
	p := DefaultPolicy()
	f(&p)
	return p
}

func TestMistakesOfAPolicy(t *testing.T) {
	suite := []Scenario{{Mode: JSON, Concurrency: 10, BodyBytes: 100}, {Mode: SSE, Concurrency: 10, BodyBytes: 100}}
	threshold := func(t Threshold) Policy { return with(func(p *Policy) { p.Thresholds = []Threshold{t} }) }
	for _, c := range []struct {
		policy Policy
		want   string // mistakes, a line each
	}{
		{DefaultPolicy(), ""},
		{with(func(p *Policy) { p.Alpha = 0 }), "alpha: 0 is not a number from 0.0001 to 0.2; correct the policy"},
		{with(func(p *Policy) { p.Threshold = 0 }), "threshold: 0 is not a number from 0.001 to 10; correct the policy"},
		{with(func(p *Policy) { p.Threshold = -0.1 }), "threshold: -0.1 is not a number from 0.001 to 10; correct the policy"},
		{with(func(p *Policy) { p.Threshold, p.Floor = math.NaN(), -1 }), "threshold: NaN is not a number from 0.001 to 10; correct the policy\nfloor: -1 is not a number from 0 to 1; correct the policy"},
		{threshold(Threshold{Pattern: "json/*/*", Scenario: "json/*/*", Share: 0.2}), ""},
		{threshold(Threshold{Pattern: "p50", Metric: FirstEventP50, Scenario: "sse/*/*", Share: 0.2}), ""},
		{threshold(Threshold{Pattern: "grpc/*/*", Scenario: "grpc/*/*", Share: 0.2}), `thresholds: "grpc/*/*" is not a scenario of the suite; they are named as json/c10/100B, and a * stands for one part of three`},
		{threshold(Threshold{Pattern: "fe json", Metric: FirstEventTypical, Scenario: "json/*/*", Share: 0.2}), `thresholds: first_event_typical is not a metric of the scenarios "json/*/*"; JSON answers have a latency, streams a first_event and a total`},
		{threshold(Threshold{Pattern: "latency_p99", Metric: LatencyP99, Share: 0.2}), "thresholds: latency_p99 is not a metric that can be gated; it is only shown, remove it"},
		{threshold(Threshold{Pattern: "throughput", Metric: Throughput, Share: 0.2}), "thresholds: throughput is not a metric that can be gated; it is only shown, remove it"},
		{threshold(Threshold{Pattern: "[", Scenario: "[", Share: 0.2}), `thresholds: "[" is not a metric, a scenario or both; its brackets do not close, or a backslash ends it`},
		{threshold(Threshold{Pattern: "zero", Share: 0}), `thresholds: 0 is not above 0; correct "zero"`},
		{with(func(p *Policy) {
			p.Behaviour, p.Behaviours = "", map[BehaviourName]BehaviourRule{"a newer one": BehaviourOff}
		}), ""},
		{with(func(p *Policy) { p.Behaviour = "never" }), `behaviour: "never" is not fail, report or off; write one of them`},
		{with(func(p *Policy) { p.Behaviours = map[BehaviourName]BehaviourRule{"x": "no"} }), `behaviours: "no" of "x" is not fail, report or off; write one of them`},
	} {
		var lines []string
		for _, m := range c.policy.Mistakes(suite) {
			lines = append(lines, m.Error())
		}
		if got := strings.Join(lines, "\n"); got != c.want {
			t.Errorf("%+v:\n got %s\nwant %s", c.policy, got, c.want)
		}
	}
}

// A run may hold fewer scenarios than its policy was written for.
func TestCheckMatchesNoPattern(t *testing.T) {
	p := with(func(p *Policy) { p.Thresholds = []Threshold{{Pattern: "grpc/*/*", Scenario: "grpc/*/*", Share: 0.2}} })
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

func TestRulesOfBehaviours(t *testing.T) {
	some := func(rule BehaviourRule) map[BehaviourName]BehaviourRule {
		return map[BehaviourName]BehaviourRule{"x": rule}
	}
	for _, c := range []struct {
		all   BehaviourRule
		some  map[BehaviourName]BehaviourRule
		of    BehaviourRule // x
		looks bool
	}{
		{"", nil, BehaviourFails, true},
		{BehaviourFails, some(BehaviourReported), BehaviourReported, true},
		{BehaviourReported, nil, BehaviourReported, true},
		{BehaviourFails, some(BehaviourOff), BehaviourOff, true},
		{BehaviourOff, nil, BehaviourOff, false},
		{BehaviourOff, some(BehaviourOff), BehaviourOff, false},
		{BehaviourOff, some(BehaviourFails), BehaviourFails, true},
	} {
		p := Policy{Behaviour: c.all, Behaviours: c.some}
		if p.RuleOf("x") != c.of || p.LooksAtBehaviour() != c.looks {
			t.Errorf("%+v: %s, looks %v", p, p.RuleOf("x"), p.LooksAtBehaviour())
		}
	}
}

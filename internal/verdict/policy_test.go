package verdict

import (
	"math"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func with(f func(p *Policy)) Policy {
	p := policy
	f(&p)
	return p
}

func TestPolicyCheck(t *testing.T) {
	threshold := func(t Threshold) Policy { return with(func(p *Policy) { p.Thresholds = []Threshold{t} }) }
	for _, c := range []struct {
		policy Policy
		want   string // part of the error; empty: none
	}{
		{policy, ""},
		{with(func(p *Policy) { p.Alpha = 0 }), "alpha 0"},
		{with(func(p *Policy) { p.Threshold = 0 }), "threshold 0"},
		{with(func(p *Policy) { p.Threshold = -0.1 }), "threshold -0.1"},
		{with(func(p *Policy) { p.Threshold = math.NaN() }), "threshold NaN"},
		{with(func(p *Policy) { p.Floor = -1 }), "floor -1"},
		{threshold(Threshold{Pattern: "json/*/*", Scenario: "json/*/*", Share: 0.2}), ""},
		{threshold(Threshold{Pattern: "p50", Metric: bench.FirstEventP50, Scenario: "sse/*/*", Share: 0.2}), ""},
		{threshold(Threshold{Pattern: "grpc/*/*", Scenario: "grpc/*/*", Share: 0.2}), `"grpc/*/*" matches no scenario`},
		{threshold(Threshold{Pattern: "fe json", Metric: bench.FirstEventTypical, Scenario: "json/*/*", Share: 0.2}), `"fe json" matches no scenario`},
		{threshold(Threshold{Pattern: "latency_p99", Metric: bench.LatencyP99, Share: 0.2}), "never gated"},
		{threshold(Threshold{Pattern: "throughput", Metric: bench.Throughput, Share: 0.2}), "never gated"},
		{threshold(Threshold{Pattern: "[", Scenario: "[", Share: 0.2}), "no pattern"},
		{threshold(Threshold{Pattern: "zero", Share: 0}), `"zero": 0`},
	} {
		err := c.policy.Check(suite())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.policy, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v, want …%s…", c.policy, err, c.want)
		}
	}
}

func TestLastThresholdWins(t *testing.T) {
	p := with(func(p *Policy) {
		p.Thresholds = []Threshold{
			{Pattern: "json/*/*", Scenario: "json/*/*", Share: 0.2},
			{Pattern: "json/*/10KB", Scenario: "json/*/10KB", Share: 0.3},
			{Pattern: "latency_p95", Metric: bench.LatencyP95, Share: 0.5},
		}
	})
	for _, c := range []struct {
		scenario  bench.Scenario
		metric    bench.Metric
		threshold float64
		tail      bool
	}{
		{suite()[0], bench.LatencyTypical, 0.2, false},
		{suite()[1], bench.LatencyTypical, 0.3, false},
		{suite()[1], bench.CPUPerRequest, 0.3, false},
		{suite()[0], bench.LatencyP95, 0.5, false},
		{suite()[2], bench.TotalTypical, 0.1, false},
		{suite()[0], bench.CPUPerRequest, 0.2, false},
		{suite()[2], bench.TotalP95, 0.1, true},
	} {
		g, ok := p.gateOf(c.scenario, c.metric)
		if !ok || g.threshold != c.threshold || g.tail != c.tail {
			t.Errorf("%s %s: %+v, want threshold %v, tail %v", c.scenario, c.metric, g, c.threshold, c.tail)
		}
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		metric                 bench.Metric
		base, share, threshold float64 // share NaN: no direct arm
		want                   float64
	}{
		{bench.LatencyTypical, 200e-6, 0.5, 0.10, 0.05},
		{bench.LatencyTypical, 50e-6, 0.5, 0.10, 0.10}, // the floor of 5 µs
		{bench.LatencyTypical, 200e-6, -0.5, 0.10, 0.025},
		{bench.CPUPerRequest, 200e-6, math.NaN(), 0.10, 0.10},
		{bench.LatencyP95, 200e-6, 0.5, 0.10, 0.20},
		{bench.LatencyP95, 200e-6, 0.5, 0.30, 0.30}, // 2 T
		{bench.RSSPeak, 1e6, math.NaN(), 0.10, 0.10},
	} {
		row := bench.Comparison{Metric: c.metric, Base: &c.base}
		if !math.IsNaN(c.share) {
			row.Share = &c.share
		}
		policy.apply(gate{metric: c.metric, threshold: c.threshold, tail: isTail(c.metric)}, &row)
		if math.Abs(*row.Limit-c.want) > 1e-12 {
			t.Errorf("%+v: limit %v", c, *row.Limit)
		}
	}
}

package verdict

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestLastThresholdWins(t *testing.T) {
	p := policy
	p.Thresholds = []bench.Threshold{
		{Pattern: "json/*/*", Scenario: "json/*/*", Share: 0.2},
		{Pattern: "json/*/10KB", Scenario: "json/*/10KB", Share: 0.3},
		{Pattern: "latency_p95", Metric: bench.LatencyP95, Share: 0.5},
	}
	for _, c := range []struct {
		scenario  bench.Scenario
		metric    bench.Metric
		threshold float64
		least     float64
	}{
		{suite()[0], bench.LatencyTypical, 0.2, 0},
		{suite()[1], bench.LatencyTypical, 0.3, 0},
		{suite()[1], bench.CPUPerRequest, 0.3, 0},
		{suite()[0], bench.LatencyP95, 0.5, 0},
		{suite()[2], bench.TotalTypical, 0.1, 0},
		{suite()[0], bench.CPUPerRequest, 0.2, 0},
		{suite()[2], bench.TotalP95, 0.1, 0.2},
	} {
		g, ok := gateOf(p, c.scenario, c.metric)
		if !ok || g.threshold != c.threshold || g.least != c.least {
			t.Errorf("%s %s: %+v, want threshold %v, least %v", c.scenario, c.metric, g, c.threshold, c.least)
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
		{bench.LatencyMean, 200e-6, 0.5, 0.10, 0.25},
		{bench.RSSPeak, 1e6, math.NaN(), 0.10, 0.25},
		{bench.RSSAfter, 1e6, math.NaN(), 0.10, 0.10},
	} {
		row := bench.Comparison{Metric: c.metric, Base: &c.base}
		if !math.IsNaN(c.share) {
			row.Share = &c.share
		}
		gate{metric: c.metric, threshold: c.threshold, least: leastOf(c.metric)}.apply(policy.Floor, &row)
		if math.Abs(*row.Limit-c.want) > 1e-12 {
			t.Errorf("%+v: limit %v", c, *row.Limit)
		}
	}
}

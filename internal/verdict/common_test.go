package verdict

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func moved(metric bench.Metric, shift, limit, sd float64) bench.Comparison {
	return bench.Comparison{Scenario: "json/c10/100B", Metric: metric, Shift: &shift, Limit: &limit, SD: &sd, Pairs: 20}
}

func TestScenarioMovesBeyondWhatIsCommon(t *testing.T) {
	d := decision{analysis: analyse(policy, Evidence{Scenarios: suite()})}
	for _, c := range []struct {
		name   string
		common float64
		c      bench.Comparison
		dir    direction
		want   bool
	}{
		{"nothing is common", 0, moved(bench.LatencyTypical, 0.06, 0.05, 0.2), worse, true},
		{"within the limit", 0, moved(bench.LatencyTypical, 0.04, 0.05, 0.01), worse, false},
		{"with the rest", 0.03, moved(bench.LatencyTypical, 0.07, 0.05, 0.01), worse, false},
		{"beyond the rest", 0.03, moved(bench.LatencyTypical, 0.12, 0.05, 0.05), worse, true},
		{"beyond the rest by noise", 0.03, moved(bench.LatencyTypical, 0.12, 0.05, 0.2), worse, false},
		{"against the rest", 0.03, moved(bench.LatencyTypical, -0.06, 0.05, 0.2), better, true},
		{"better with the rest", -0.03, moved(bench.LatencyTypical, -0.07, 0.05, 0.01), better, false},
		{"CPU time with the rest", 0.08, moved(bench.CPUPerRequest, 0.12, 0.10, 0.01), worse, false},
		{"a mean has a wide limit", 0.03, moved(bench.LatencyMean, 0.26, 0.25, 0.2), worse, true},
		{"memory too", 0.03, moved(bench.RSSPeak, 0.26, 0.25, 0.2), worse, true},
	} {
		d.common = map[bench.Metric]float64{"": math.Log1p(c.common), bench.CPUPerRequest: math.Log1p(c.common)}
		if got := d.beyondCommon(c.c, c.dir); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestCommonShiftIsOfManyScenarios(t *testing.T) {
	var many []bench.Scenario
	var rows []bench.Comparison
	for i, shift := range []float64{0.02, 0.03, 0.03, 0.04, 0.03, 0.9} {
		s := bench.Scenario{Mode: bench.JSON, Concurrency: 1 + i, BodyBytes: 100}
		many = append(many, s)
		c := moved(bench.LatencyTypical, shift, 0.05, 0.01)
		c.Scenario = s.ID()
		rows = append(rows, c)
	}
	a := analyse(policy, Evidence{Scenarios: many})
	if got := a.commonShifts(rows)[""]; math.Abs(got-math.Log1p(0.03)) > 1e-12 {
		t.Errorf("common shift %v, want that of most", got)
	}
	if got := a.commonShifts(rows[:5]); len(got) > 0 {
		t.Errorf("five scenarios have the common shift %v", got)
	}
}

// Where processes have much luck, eight pairs share some: less counts as common.
func TestLuckIsNotCommon(t *testing.T) {
	for _, luck := range []float64{0, 0.05} {
		l := lab{suite: wide(), sd: 0.02, luck: luck, latency: constant(1.06)}
		a := analyse(policy, Evidence{Scenarios: l.suite, Rounds: l.pairs(4, bench.Screen, 1, 8, nil)})
		rows := a.judged(a.screen.SideBySide(a.Scenarios, bench.Delta, a.gated))
		g := a.screen.Group("all", "", l.suite, bench.Delta)
		moved, common := math.Log1p(*g.Shift), a.commonShifts(rows)[""]
		if little := math.Abs(common) < math.Abs(moved)-0.01; little != (luck > 0) {
			t.Errorf("luck %v: %v of %v is common", luck, common, moved)
		}
	}
}

func TestGroupIsSureOfMostOfItsLimit(t *testing.T) {
	members := []string{"a", "b", "c", "d", "e", "f"}
	for _, c := range []struct {
		members   []string
		low, high float64
		dir       direction
		want      bool
	}{
		{members, 0.02, 0.10, worse, false},
		{members, 0.04, 0.10, worse, true},
		{members, -0.10, -0.02, better, false},
		{members, -0.10, -0.04, better, true},
		{members[:3], 0.02, 0.10, worse, true}, // too few for a note
	} {
		g := bench.Group{Members: c.members, ShiftCI: &bench.Interval{c.low, c.high}, Limit: new(0.05)}
		if got := sureGroup(g, c.dir); got != c.want {
			t.Errorf("%d members, %v to %v: %v", len(c.members), c.low, c.high, got)
		}
	}
}

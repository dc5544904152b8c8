package verdict_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/testdata/simulate"
)

func level(t *testing.T, name string) simulate.Level {
	t.Helper()
	for _, l := range simulate.Levels() {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no level %q", name)
	return simulate.Level{}
}

func change(t *testing.T, name string) simulate.Change {
	t.Helper()
	for _, c := range simulate.Changes() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no change %q", name)
	return simulate.Change{}
}

// The bounds are the wanted rates less or plus three binomial standard errors,
// so that they hold for any seed, not just for this one: of n trials at rate q
// that is n·q ∓ 3·√(n·q·(1 − q)). More trials are for the command.
func TestShippedGate(t *testing.T) {
	const trials = 5
	least := func(q float64) int { return int(trials*q - 3*math.Sqrt(trials*q*(1-q))) }
	for _, c := range []struct {
		level, change string
		least, most   int
	}{
		{"luck", "unchanged", 0, 1},
		{"loaded", "unchanged, layout of each scenario, SD 0.9 %", 0, 1},
		{"mid", "unchanged, slow starter, 4 rounds a pair", 0, 1},
		{"mid", "+10 % of latency, one scenario", least(0.95), trials},
		{"mid", "1 % of the requests stall for 40 ms", least(0.95), trials},
		{"mid", "memory ×1.5", least(0.95), trials},
		{"mid", "half of the requests fail", trials, trials},
		{"mid", "overhead doubled, backend waits 20 ms", least(0.95), trials},
		{"mid", "+30 %, 50 ms a request, one at a time", least(0.9), trials},
	} {
		got := 0
		for _, g := range simulate.Gates(level(t, c.level), change(t, c.change), 1, trials) {
			if g.Verdict.Outcome == bench.Regression {
				got++
			}
		}
		if got < c.least || got > c.most {
			t.Errorf("%s, %s: %d regressions of %d, want %d to %d", c.level, c.change, got, trials, c.least, c.most)
		}
	}
}

func TestTrialIsItsSeed(t *testing.T) {
	l, c := level(t, "mid"), change(t, "+10 % of latency, one scenario")
	a, b := simulate.OneGate(l, c, 3, 4), simulate.OneGate(l, c, 3, 4)
	if a.Seconds != b.Seconds || a.Verdict.Reason != b.Verdict.Reason {
		t.Errorf("the same seed gave %q after %v s and %q after %v s", a.Verdict.Reason, a.Seconds, b.Verdict.Reason, b.Seconds)
	}
	if other := simulate.OneGate(l, c, 4, 4); other.Seconds == a.Seconds && other.Verdict.Reason == a.Verdict.Reason {
		t.Error("another seed gave the same trial")
	}
}

// A gate takes the time that it has, and no more: 180 s are for timing, whatever the
// gateway, unless a row says otherwise.
func TestSimulatedGateKeepsItsTime(t *testing.T) {
	for _, name := range []string{"+10 % of latency, everywhere", "unchanged, slow starter, 4 rounds a pair", "unchanged, 50 ms a request, one at a time"} {
		c := change(t, name)
		for timing, most := range map[float64]float64{0: 180, 150: 150, 240: 240} {
			c.Timing = timing
			g := simulate.OneGate(level(t, "quiet"), c, 1, 1)
			if g.Seconds > most || g.Seconds < most-60 {
				t.Errorf("%s, with %v s for timing: %v s", name, timing, g.Seconds)
			}
		}
	}
}

// "loaded" was fitted to a round's SD of 0.27 and a paired ratio's of 0.08 to 0.12;
// process luck of 5 % and 5 % alone is 0.10.
func TestLevelsLookAsMeasured(t *testing.T) {
	for _, c := range []struct {
		level                            string
		singleLow, singleHigh, low, high float64
	}{
		{"loaded", 0.20, 0.34, 0.08, 0.12},
		{"luck", 0.05, 0.15, 0.09, 0.13},
	} {
		single, paired := spreads(simulate.Rounds(level(t, c.level), 1, 60))
		if single < c.singleLow || single > c.singleHigh || paired < c.low || paired > c.high {
			t.Errorf("%s: SD of a round %.3f, want %v to %v; of a paired ratio %.3f, want %v to %v",
				c.level, single, c.singleLow, c.singleHigh, paired, c.low, c.high)
		}
	}
}

// spreads are the mean SD, over the scenarios, of a round and of head over base.
func spreads(suite []bench.Scenario, measured []bench.Round) (single, paired float64) {
	rounds := summary.NewIndex(measured)
	for _, s := range suite {
		base, head := rounds.Values(s.ID(), bench.Base, s.Mode.Primary()), rounds.Values(s.ID(), bench.Head, s.Mode.Primary())
		d := make([]float64, len(base))
		x := make([]float64, len(base))
		for i := range base {
			x[i], d[i] = math.Log(base[i]), math.Log(head[i]/base[i])
		}
		single += sd(x) / float64(len(suite))
		paired += sd(d) / float64(len(suite))
	}
	return single, paired
}

func sd(x []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}

// U varies between process pairs of the fitted levels about as much as inside them,
// and more where processes have luck.
func TestDispersionOfTheModel(t *testing.T) {
	for name, bounds := range map[string][2]float64{"quiet": {0.8, 1.6}, "mid": {0.8, 1.6}, "loaded": {0.8, 1.6}, "luck": {2, 20}} {
		if got := simulate.Dispersion(level(t, name), 1); got < bounds[0] || got > bounds[1] {
			t.Errorf("%s: φ̄ %.2f, want %v", name, got, bounds)
		}
	}
}

// Rounds of one process pair share its luck.
func TestRoundsOfOnePairShareTheirLuck(t *testing.T) {
	c := change(t, "unchanged, slow starter, 4 rounds a pair")
	suite, rounds := simulate.RoundsOf(level(t, "quiet"), c, 1, 8)
	index := summary.NewIndex(rounds)
	metric := suite[0].Mode.Primary()
	byPair := make(map[int][]float64)
	for _, row := range index.Rows(suite[0].ID()) {
		if row.Base.Process != row.Head.Process {
			t.Fatalf("round %d has processes %d and %d", row.Number, row.Base.Process, row.Head.Process)
		}
		byPair[row.Base.Process] = append(byPair[row.Base.Process], math.Log(row.Head.Metrics[metric]/row.Base.Metrics[metric]))
	}
	var inside, means []float64
	for _, d := range byPair {
		if len(d) != 4 {
			t.Fatalf("%d rounds of a pair, want 4", len(d))
		}
		inside = append(inside, sd(d))
		means = append(means, (d[0]+d[1]+d[2]+d[3])/4)
	}
	if between, within := sd(means), slices.Max(inside); len(byPair) != 8 || between < within {
		t.Errorf("%d pairs with an SD of %.3f between and at most %.3f inside", len(byPair), between, within)
	}
}

// What the tables are there to show: pooled requests and numbers of another
// machine call unchanged code slower, most of the time.
func TestOtherRulesFalselyAlarm(t *testing.T) {
	for _, r := range simulate.OtherRules(level(t, "loaded"), change(t, "unchanged"), 1, 6) {
		pooled := r.Rule == "requests pooled, Mann-Whitney p < .05"
		elsewhere := r.Rule == "ratio of medians > 5 %, base of another machine"
		if (pooled || elsewhere) && r.Trials < 2 {
			t.Errorf("%s: %d of 6 alarms on unchanged code", r.Rule, r.Trials)
		}
		if strings.HasPrefix(r.Rule, "this gate") && r.Trials > 1 {
			t.Errorf("%s: %d of 6 alarms on unchanged code", r.Rule, r.Trials)
		}
	}
}

func TestSimulationTables(t *testing.T) {
	var report, others strings.Builder
	simulate.Report(&report, level(t, "quiet"), []simulate.Change{change(t, "unchanged")}, 1, 1)
	for _, want := range []string{
		"| head | regression | noted | improvement | inconclusive | median time |",
		"| unchanged | 0.0 % |",
		"- unchanged, regression ≤ 0.3 %: reached, 0 of 1 (95 %: 0.0 to 79.3 %)",
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("no %q in\n%s", want, report.String())
		}
	}
	simulate.ReportOthers(&others, level(t, "quiet"), simulate.Changes()[:1], 1, 1)
	if !strings.Contains(others.String(), "| this gate, side by side |") {
		t.Errorf("no row of this gate in\n%s", others.String())
	}
}

func BenchmarkGate(b *testing.B) {
	l := simulate.Levels()[2]
	for i := 0; b.Loop(); i++ {
		simulate.OneGate(l, simulate.Changes()[0], 1, i)
	}
}

// TestSpreadRepeats: a trial is the same every time.
func TestSpreadRepeats(t *testing.T) {
	s := simulate.Spreads()[0]
	a, b := simulate.OneSpread(level(t, "mid"), s, 1, 2), simulate.OneSpread(level(t, "mid"), s, 1, 2)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same trial gives two gates")
	}
}

// TestGateOnMachines: three machines of a third of the time find what one finds, and
// nothing where nothing is.
func TestGateOnMachines(t *testing.T) {
	const trials = 16
	for _, s := range simulate.Spreads() {
		least, most := 0, trials
		switch s.Name {
		case "3 shards of 80 s, unchanged":
			most = 1
		case "3 shards of 80 s, +10 % of latency, one scenario":
			least = trials - 2
		default:
			continue
		}
		got := 0
		for _, g := range s.Gates(level(t, "mid"), 1, 0, trials) {
			if g.Verdict.Outcome == bench.Regression {
				got++
			}
			if g.Seconds > 60 {
				t.Errorf("%s: %v s of timing", s.Name, g.Seconds)
			}
		}
		if got < least || got > most {
			t.Errorf("%s: %d regressions of %d, want %d to %d", s.Name, got, trials, least, most)
		}
	}
}

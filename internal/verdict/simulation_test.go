package verdict_test

import (
	"math"
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
// that is n·q ∓ 3·√(n·q·(1 − q)). Unchanged code is tried with layout jitter,
// which is the harder case.
func TestShippedGate(t *testing.T) {
	const trials = 30
	least := func(q float64) int { return int(trials*q - 3*math.Sqrt(trials*q*(1-q))) }
	for _, c := range []struct {
		level, change string
		least, most   int
	}{
		{"loaded", "unchanged, layout jitter 0.9 %", 0, 2},
		{"loaded", "+10 % of latency, one scenario", least(0.95), trials},
		{"loaded", "+5 % of latency, everywhere", least(0.95), trials},
	} {
		got, _ := simulate.Gates(level(t, c.level), change(t, c.change), 1, trials)
		if got.Regressions < c.least || got.Regressions > c.most {
			t.Errorf("%s, %s: %d regressions of %d, want %d to %d", c.level, c.change, got.Regressions, trials, c.least, c.most)
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

// "loaded" was fitted to a round's SD of 0.27 and a paired ratio's of 0.08 to 0.12.
func TestLoadedLooksAsMeasured(t *testing.T) {
	suite, measured := simulate.Rounds(level(t, "loaded"), 1, 60)
	rounds := summary.NewIndex(measured)
	var single, paired float64
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
	if single < 0.20 || single > 0.34 || paired < 0.08 || paired > 0.12 {
		t.Errorf("SD of a round %.3f, want about 0.27; of a paired ratio %.3f, want 0.08 to 0.12", single, paired)
	}
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

// What the tables are there to show: pooled requests and numbers of another
// machine call unchanged code slower, most of the time.
func TestOtherRulesFalselyAlarm(t *testing.T) {
	for _, r := range simulate.OtherRules(level(t, "loaded"), change(t, "unchanged"), 1, 10) {
		pooled := r.Rule == "requests pooled, Mann-Whitney p < .05"
		elsewhere := r.Rule == "ratio of medians > 5 %, base of another machine"
		if (pooled || elsewhere) && r.Trials < 4 {
			t.Errorf("%s: %d of 10 alarms on unchanged code", r.Rule, r.Trials)
		}
		if strings.HasPrefix(r.Rule, "this gate") && r.Trials > 1 {
			t.Errorf("%s: %d of 10 alarms on unchanged code", r.Rule, r.Trials)
		}
	}
}

func TestSimulationTables(t *testing.T) {
	report := simulate.Report(simulate.Levels()[0], simulate.Changes()[:1], 1, 1)
	for _, want := range []string{"| head | quiet |", "| unchanged |", "Other rules, quiet", "| this gate, side by side in two stages |"} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%s", want, report)
		}
	}
}

func BenchmarkGate(b *testing.B) {
	l := simulate.Levels()[2]
	for i := 0; b.Loop(); i++ {
		simulate.OneGate(l, simulate.Changes()[0], 1, i)
	}
}

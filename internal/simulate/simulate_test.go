package simulate

import (
	"math"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

func level(t *testing.T, name string) Level {
	t.Helper()
	for _, l := range Levels() {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no level %q", name)
	return Level{}
}

func change(t *testing.T, name string) Change {
	t.Helper()
	for _, c := range Changes() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no change %q", name)
	return Change{}
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
		got, _ := many(level(t, c.level), change(t, c.change), 1, trials)
		if got.Regressions < c.least || got.Regressions > c.most {
			t.Errorf("%s, %s: %d regressions of %d, want %d to %d", c.level, c.change, got.Regressions, trials, c.least, c.most)
		}
	}
}

func TestTrialIsItsSeed(t *testing.T) {
	l, c := level(t, "mid"), change(t, "+10 % of latency, one scenario")
	a, b := run(l, c, 3, 4), run(l, c, 3, 4)
	if a.seconds != b.seconds || a.verdict.Reason != b.verdict.Reason {
		t.Errorf("the same seed gave %q after %v s and %q after %v s", a.verdict.Reason, a.seconds, b.verdict.Reason, b.seconds)
	}
	if other := run(l, c, 4, 4); other.seconds == a.seconds && other.verdict.Reason == a.verdict.Reason {
		t.Error("another seed gave the same trial")
	}
}

// "loaded" was fitted to a round's SD of 0.27 and a paired ratio's of 0.08 to 0.12.
func TestLoadedLooksAsMeasured(t *testing.T) {
	j := newJob(level(t, "loaded"), Change{}, source(1, level(t, "loaded"), Change{}, 0))
	rounds := summary.NewIndex(j.stage(bench.Screen, 60, j.suite))
	var single, paired float64
	for _, s := range j.suite {
		base, head := values(rounds, s, bench.Base), values(rounds, s, bench.Head)
		d := make([]float64, len(base))
		x := make([]float64, len(base))
		for i := range base {
			x[i], d[i] = math.Log(base[i]), math.Log(head[i]/base[i])
		}
		single += sd(x) / float64(len(j.suite))
		paired += sd(d) / float64(len(j.suite))
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
	counts := alarms(level(t, "loaded"), change(t, "unchanged"), 1, 10)
	for i, r := range rules() {
		pooled := r.name == "requests pooled, Mann-Whitney p < .05"
		elsewhere := r.name == "ratio of medians > 5 %, base of another machine"
		if (pooled || elsewhere) && counts[i] < 4 {
			t.Errorf("%s: %d of 10 alarms on unchanged code", r.name, counts[i])
		}
		if strings.HasPrefix(r.name, "this gate") && counts[i] > 1 {
			t.Errorf("%s: %d of 10 alarms on unchanged code", r.name, counts[i])
		}
	}
}

func TestReport(t *testing.T) {
	report := Report(Levels()[0], Changes()[:1], 1, 1)
	for _, want := range []string{"| head | quiet |", "| unchanged |", "Other rules, quiet", "| this gate, side by side in two stages |"} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%s", want, report)
		}
	}
}

func BenchmarkGate(b *testing.B) {
	l := Levels()[2]
	for i := 0; b.Loop(); i++ {
		run(l, Changes()[0], 1, i)
	}
}

package verdict

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestOutcomeOfTheWhole(t *testing.T) {
	for _, c := range []struct {
		name     string
		evidence Evidence
		want     bench.Outcome
		reason   string // part of it
	}{
		{"unchanged", screened(1, 0.05, unchanged), bench.Pass, "no regression in 4 scenarios"},
		{"+20 % in one, confirmed", both(1, 0.05, inOne(1.2)), bench.Regression, "40 fresh process pairs"},
		{"+20 % in one, screened only", screened(1, 0.05, inOne(1.2)), bench.Inconclusive, "not measured again"},
		{"+7 % everywhere, confirmed by a group", both(1, 0.05, everywhere(1.07)), bench.Regression, "group"},
		{"+4 % everywhere, too few scenarios for a note", both(1, 0.05, everywhere(1.04)), bench.Pass, "no regression"},
		{"−20 % in one, confirmed", both(1, 0.05, inOne(1/1.2)), bench.Improvement, "40 fresh process pairs"},
		{"−20 % in one, screened only", screened(1, 0.05, inOne(1/1.2)), bench.Pass, "no regression"},
		{"too noisy to tell", screened(1, 1.5, unchanged), bench.Inconclusive, "more"},
	} {
		v := Decide(policy, c.evidence)
		if v.Outcome != c.want || !strings.Contains(v.Reason, c.reason) {
			t.Errorf("%s: %s: %s; want %s: …%s…", c.name, v.Outcome, v.Reason, c.want, c.reason)
		}
		if v.Schema != bench.VerdictSchema {
			t.Errorf("%s: schema %q", c.name, v.Schema)
		}
		for _, row := range v.Comparisons {
			if row.Outcome == "" || row.Gated && row.Reason == "" {
				t.Errorf("%s: %s %s: outcome %q, reason %q", c.name, row.Scenario, row.Metric, row.Outcome, row.Reason)
			}
		}
	}
}

func TestReasonIsTheNumbers(t *testing.T) {
	v := Decide(policy, both(1, 0.05, inOne(1.2)))
	for _, c := range v.Comparisons {
		if c.Scenario != "json/c10/100B" || c.Metric != bench.LatencyTypical {
			continue
		}
		if *c.PAdjusted > v.Rule.Level || *c.Shift <= *c.Limit || c.Rounds != 40 || c.Stage != bench.Confirm {
			t.Errorf("regression without its evidence: %+v", c)
		}
		for _, part := range []string{changeText(c), "of overhead", "threshold 10", "≤", "40 fresh process pairs"} {
			if !strings.Contains(c.Reason, part) {
				t.Errorf("reason %q without %q", c.Reason, part)
			}
		}
		return
	}
	t.Fatal("no comparison of the changed scenario")
}

func TestScreenMeasuresAgainWhatIsSuspect(t *testing.T) {
	next := foundIn(policy, screened(1, 0.05, inOne(1.2)))
	if len(next.Suspects) != 1 || next.Suspects[0] != "json/c10/100B" || next.Rounds != ConfirmRounds {
		t.Errorf("next %+v", next)
	}
	if next := foundIn(policy, screened(1, 0.05, unchanged)); len(next.Confirm) != 0 || next.Rounds != 0 {
		t.Errorf("unchanged and quiet: %+v", next)
	}
	if next := foundIn(policy, screened(1, 1.5, unchanged)); len(next.Unclear) < 3 || len(next.Confirm) != 4 {
		t.Errorf("noisy: %+v", next)
	}
	if next := foundIn(policy, screened(1, 0.05, inOne(1/1.2))); len(next.Improvements) == 0 {
		t.Errorf("improvement: %+v", next)
	}
	if next := foundIn(policy, screened(1, 0.05, everywhere(1.04))); next.Group == "" || len(next.Members) == 0 {
		t.Errorf("everywhere: %+v", next)
	}
}

// Fresh rounds must not change what the screening chose: Decide repeats it.
func TestScreenIgnoresFreshRounds(t *testing.T) {
	for seed := range uint64(5) {
		e := both(seed, 0.2, inOne(1.1))
		a, _ := json.Marshal(foundIn(policy, e))
		e.Rounds = e.Rounds[:len(e.Rounds)*15/55]
		b, _ := json.Marshal(foundIn(policy, e))
		if string(a) != string(b) {
			t.Errorf("seed %d: with fresh rounds %s, without %s", seed, a, b)
		}
	}
}

// A large true change flips its name when the arms are swapped, and what has
// none keeps its own.
func TestSwapMirrors(t *testing.T) {
	mirror := map[bench.Outcome]bench.Outcome{
		bench.Regression: bench.Improvement, bench.Improvement: bench.Regression, bench.Pass: bench.Pass,
	}
	for seed := range uint64(10) {
		e := both(seed, 0.05, inOne(1.3))
		there, back := Decide(policy, e), Decide(policy, swapped(e))
		for i, s := range there.Scenarios {
			if back.Scenarios[i].Outcome != mirror[s.Outcome] {
				t.Errorf("seed %d, %s: %s, swapped %s (%s)", seed, s.Scenario, s.Outcome, back.Scenarios[i].Outcome, back.Scenarios[i].Reason)
			}
		}
		if there.Outcome != bench.Regression || back.Outcome != bench.Improvement {
			t.Errorf("seed %d: %s, swapped %s", seed, there.Outcome, back.Outcome)
		}
	}
}

// Scaling keeps the verdict when the floor, which is in seconds, scales too.
func TestScaleKeepsTheVerdict(t *testing.T) {
	e := both(3, 0.1, inOne(1.12))
	want := Decide(policy, e)
	const factor = 1024 // a power of two: not one bit changes
	scaled := policy
	scaled.Floor *= factor
	got := Decide(scaled, altered(e, func(r *bench.Round) {
		for m := range r.Metrics {
			r.Metrics[m] *= factor
		}
		for _, v := range r.Slices {
			for i := range v {
				v[i] *= factor
			}
		}
	}))
	for i, s := range want.Scenarios {
		if got.Scenarios[i].Outcome != s.Outcome {
			t.Errorf("%s: %s, scaled %s", s.Scenario, s.Outcome, got.Scenarios[i].Outcome)
		}
	}
}

func TestReplayIsByteForByte(t *testing.T) {
	e := both(5, 0.1, inOne(1.12))
	want, err := json.Marshal(Decide(policy, e))
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(e.Rounds)
	if err != nil {
		t.Fatal(err)
	}
	for shuffle := range uint64(5) {
		again := Evidence{Scenarios: e.Scenarios, Seed: e.Seed}
		if err := json.Unmarshal(file, &again.Rounds); err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(shuffle, 1))
		rng.Shuffle(len(again.Rounds), func(i, j int) { again.Rounds[i], again.Rounds[j] = again.Rounds[j], again.Rounds[i] })
		if got, _ := json.Marshal(Decide(policy, again)); string(got) != string(want) {
			t.Fatalf("shuffle %d: the verdict differs", shuffle)
		}
	}
}

// Whatever comes in is a result with a reason, which JSON can carry.
func TestBadDataIsAResult(t *testing.T) {
	clean := both(1, 0.05, unchanged)
	each := func(f func(r *bench.Round)) Evidence { return altered(clean, f) }
	only := func(keep func(r bench.Round) bool) Evidence {
		e := clean
		e.Rounds = nil
		for _, r := range clean.Rounds {
			if keep(r) {
				e.Rounds = append(e.Rounds, r)
			}
		}
		return e
	}
	everything := func(v float64) Evidence {
		return each(func(r *bench.Round) {
			for m := range r.Metrics {
				r.Metrics[m] = v
			}
			for _, s := range r.Slices {
				for i := range s {
					s[i] = v
				}
			}
		})
	}
	for _, c := range []struct {
		name     string
		evidence Evidence
		want     bench.Outcome
	}{
		{"nothing", Evidence{}, bench.NoBaseline},
		{"no rounds", Evidence{Scenarios: suite()}, bench.NoBaseline},
		{"no base", only(func(r bench.Round) bool { return r.Arm != bench.Base }), bench.NoBaseline},
		{"no head", only(func(r bench.Round) bool { return r.Arm != bench.Head }), bench.Inconclusive},
		{"no direct", only(func(r bench.Round) bool { return r.Arm != bench.Direct }), bench.Pass},
		{"one round", only(func(r bench.Round) bool { return r.Round == 1 }), bench.Inconclusive},
		{"fresh rounds alone", only(func(r bench.Round) bool { return r.Stage == bench.Confirm }), bench.Pass},
		{"a scenario in head only", only(func(r bench.Round) bool { return r.Arm != bench.Base || r.Scenario != "json/c10/100B" }), bench.Inconclusive},
		{"all void", each(func(r *bench.Round) { r.Void = "stolen" }), bench.Inconclusive},
		{"NaN", everything(math.NaN()), bench.Inconclusive},
		{"infinite", everything(math.Inf(1)), bench.Inconclusive},
		{"zero", everything(0), bench.Inconclusive},
		{"negative", everything(-1), bench.Inconclusive},
		{"all equal", everything(1), bench.Pass},
		{"tiny and huge", each(func(r *bench.Round) {
			for m := range r.Metrics {
				r.Metrics[m] = map[bench.Arm]float64{bench.Direct: 1, bench.Base: math.SmallestNonzeroFloat64, bench.Head: math.MaxFloat64}[r.Arm]
			}
		}), bench.Inconclusive},
		{"faster than the direct path", each(func(r *bench.Round) {
			if r.Arm == bench.Direct {
				for m := range r.Metrics {
					r.Metrics[m] *= 10
				}
			}
		}), bench.Pass},
		{"head fails always", each(func(r *bench.Round) {
			if r.Arm == bench.Head {
				r.Requests, r.Metrics, r.Slices = 0, nil, nil
				r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: 200}
			}
		}), bench.Regression},
		{"base fails always", each(func(r *bench.Round) {
			if r.Arm == bench.Base {
				r.Requests, r.Metrics, r.Slices = 0, nil, nil
				r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: 200}
			}
		}), bench.Inconclusive},
	} {
		v := Decide(policy, c.evidence)
		if v.Outcome != c.want || v.Reason == "" {
			t.Errorf("%s: %q because %q, want %s", c.name, v.Outcome, v.Reason, c.want)
		}
		for _, s := range v.Scenarios {
			if s.Outcome == "" || s.Reason == "" {
				t.Errorf("%s: %s is %q because %q", c.name, s.Scenario, s.Outcome, s.Reason)
			}
		}
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		foundIn(policy, c.evidence)
	}
}

func BenchmarkDecide(b *testing.B) {
	e := both(1, 0.1, inOne(1.1))
	for b.Loop() {
		Decide(policy, e)
	}
}

package verdict

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
)

func TestDecideStored(t *testing.T) {
	base := compare.NewSide(measure(1, bench.Screen, 1, 15, 0.05, unchanged), bench.Base)
	measured := func(c change) []bench.Round { return measure(2, bench.Screen, 1, 15, 0.05, c) }
	head := func(c change) compare.Side { return compare.NewSide(measured(c), bench.Head) }
	faster := compare.NewSide(altered(Evidence{Rounds: measured(everywhere(1.4))}, func(r *bench.Round) {
		for m := range r.Metrics {
			r.Metrics[m] /= 2
		}
	}).Rounds, bench.Head)
	past := history(20)
	for _, c := range []struct {
		name     string
		evidence Stored
		want     bench.Outcome
	}{
		{"nothing", Stored{}, bench.Inconclusive},
		{"unchanged", Stored{Head: head(unchanged)}, bench.Inconclusive},
		{"+10 %, within the margin", Stored{Head: head(everywhere(1.1))}, bench.Inconclusive},
		{"+40 %", Stored{Head: head(everywhere(1.4))}, bench.Regression},
		{"+40 %, another CPU", Stored{Head: head(everywhere(1.4)), Doubt: "another CPU model"}, bench.Inconclusive},
		{"+40 %, other requests", Stored{Head: head(everywhere(1.4)), Unlike: "other requests"}, bench.Inconclusive},
		{"+40 %, the direct path moved", Stored{Head: faster}, bench.Inconclusive},
		{"−40 %", Stored{Head: head(everywhere(1 / 1.4))}, bench.Improvement},
		{"history, unchanged", Stored{Head: head(unchanged), History: past}, bench.Pass},
		{"history, +20 %", Stored{Head: head(everywhere(1.2)), History: past}, bench.Regression},
		{"history, −20 %", Stored{Head: head(everywhere(1 / 1.2)), History: past}, bench.Improvement},
		{"too short a history, unchanged", Stored{Head: head(unchanged), History: history(compare.LeastHistory - 1)}, bench.Inconclusive},
	} {
		if c.name != "nothing" {
			c.evidence.Scenarios, c.evidence.Base = suite(), base
		}
		v := DecideStored(policy, c.evidence)
		if v.Outcome != c.want || v.Reason == "" || len(v.Warnings) == 0 {
			t.Errorf("%s: %s: %s (%v), want %s", c.name, v.Outcome, v.Reason, v.Warnings, c.want)
		}
	}
}

// history has n runs of main, in which the typical values of a stream and of a JSON
// answer are what [measure] makes of an unchanged head.
func history(n int) map[string]map[bench.Metric][]float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make(map[string]map[bench.Metric][]float64)
	for _, s := range suite() {
		runs := make([]float64, n)
		for i := range runs {
			runs[i] = math.Log(2) + 0.02*rng.NormFloat64()
		}
		all[s.ID()] = map[bench.Metric][]float64{s.Mode.Primary(): runs}
		if s.Mode == bench.SSE {
			all[s.ID()][bench.FirstEventTypical] = runs
		}
	}
	return all
}

// machine is one job of fifteen rounds on a machine of its own, with a gateway that
// has every gated metric: 100 µs direct, 200 µs proxied, and 100 µs or 30 MB of what
// the direct path does not have. Two machines differ by a speed, of which SD 10 % is
// in everything that takes time, and by 2 % in what a gateway makes of it, in all
// scenarios together and in each. Processes, drift and noise are those of the
// simulation's level mid.
func machine(rng *rand.Rand) []bench.Round {
	normal := func(sd float64) float64 { return sd * rng.NormFloat64() }
	speed, common := normal(0.10), normal(0.02)
	residual := make(map[string]float64)
	for _, s := range suite() {
		residual[s.ID()] = common + normal(0.02)
	}
	var all []bench.Round
	for round := 1; round <= 15; round++ {
		drift, process := normal(0.03), normal(0.015)
		for _, s := range suite() {
			own := residual[s.ID()] + process + normal(0.012)
			direct := bench.Round{Round: round, Stage: bench.Screen, Scenario: s.ID(), Arm: bench.Direct, Requests: 1000, Metrics: map[bench.Metric]float64{}}
			head := direct
			head.Arm, head.Process, head.Metrics = bench.Head, round, map[bench.Metric]float64{}
			for _, g := range gates(policy, s) {
				d, _ := g.metric.Describe()
				noise := 0.02
				if d.Statistic != bench.Typical {
					noise = 0.10
				}
				switch {
				case d.Unit == bench.Bytes:
					head.Metrics[g.metric] = 30e6 * math.Exp(normal(0.03))
				case !g.metric.IsClock():
					head.Metrics[g.metric] = 100e-6 * math.Exp(speed+own+normal(noise))
				default:
					direct.Metrics[g.metric] = 100e-6 * math.Exp(speed+drift+normal(noise))
					head.Metrics[g.metric] = 200e-6 * math.Exp(speed+drift+own+normal(noise))
				}
			}
			all = append(all, direct, head)
		}
	}
	return all
}

// elsewhere compares a base and a head of two machines.
func elsewhere(trial uint64, alter func(*bench.Round)) Stored {
	rng := rand.New(rand.NewPCG(17, trial))
	base, head := machine(rng), machine(rng)
	for i := range head {
		if head[i].Arm == bench.Head && alter != nil {
			alter(&head[i])
		}
	}
	return Stored{Scenarios: suite(), Base: compare.NewSide(base, bench.Head), Head: compare.NewSide(head, bench.Head)}
}

func times(factor float64, metrics ...bench.Metric) func(*bench.Round) {
	return func(r *bench.Round) {
		for _, m := range metrics {
			if v, ok := r.Metrics[m]; ok {
				r.Metrics[m] = factor * v
			}
		}
	}
}

func fails(share float64) func(*bench.Round) {
	return func(r *bench.Round) {
		failed := int(share * float64(r.Requests))
		r.Requests, r.Errors = r.Requests-failed, map[bench.ErrorClass]int{bench.ErrStatus: failed}
	}
}

// TestStoredSeesEverything: what is no typical latency counts as well.
func TestStoredSeesEverything(t *testing.T) {
	for name, c := range map[string]struct {
		alter func(*bench.Round)
		says  string // in the reason
	}{
		"half of the requests fail": {fails(0.5), "7500 of 15000 requests failed"},
		"CPU ×2":                    {times(2, bench.CPUPerRequest), "cpu_per_request"},
		"p95 ×5":                    {times(5, bench.LatencyP95, bench.TotalP95, bench.FirstEventP95), "p95"},
		"first event ×1.6":          {times(1.6, bench.FirstEventTypical), "first_event_typical"},
	} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for trial := range uint64(10) {
				v := DecideStored(policy, elsewhere(trial, c.alter))
				reasons := v.Reason
				for _, s := range v.Scenarios {
					reasons += "\n" + s.Reason
				}
				if v.Outcome == bench.Regression && strings.Contains(reasons, c.says) {
					found++
				} else if !strings.Contains(reasons, "the direct path moved") { // one machine in ten does
					t.Errorf("trial %d: %s: %s", trial, v.Outcome, reasons)
				}
			}
			if found < 8 {
				t.Errorf("found in %d of 10 trials", found)
			}
		})
	}
}

// TestStoredOnAnotherMachine: an unchanged gateway is no regression there.
func TestStoredOnAnotherMachine(t *testing.T) {
	const trials = 350
	wrong := 0
	for trial := range uint64(trials) {
		if v := DecideStored(policy, elsewhere(trial, nil)); v.Outcome == bench.Regression {
			wrong++
			t.Logf("trial %d: %s", trial, v.Reason)
		}
	}
	if float64(wrong) > 0.003*trials {
		t.Errorf("%d of %d unchanged gateways are regressions", wrong, trials)
	}
}

// TestStoredRowsAgree: base is shown as it would be on head's machine.
func TestStoredRowsAgree(t *testing.T) {
	e := elsewhere(1, times(1.5, bench.LatencyTypical))
	e.History = history(20)
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
	methods := make(map[bench.Method]int)
	for _, c := range DecideStored(policy, e).Comparisons {
		if c.Base == nil || c.Head == nil || c.Shift == nil || !c.Gated || c.Limit == nil {
			t.Errorf("%s of %s: %+v", c.Metric, c.Scenario, c)
			continue
		}
		methods[c.Method]++
		if !near(*c.Head / *c.Base - 1, *c.Shift) || !near(*c.ChangeAbs, *c.Head-*c.Base) {
			t.Errorf("%s of %s: %v to %v is no %v", c.Metric, c.Scenario, *c.Base, *c.Head, *c.Shift)
		}
		if c.Metric.IsClock() != (c.Direct != nil) {
			t.Errorf("%s of %s: direct %v", c.Metric, c.Scenario, c.Direct)
		} else if c.Direct != nil && (!near(*c.Share, 1 - *c.Direct / *c.Base) || !near(*c.Change, *c.Shift / *c.Share)) {
			t.Errorf("%s of %s: direct %v, base %v, share %v, change %v", c.Metric, c.Scenario, *c.Direct, *c.Base, *c.Share, *c.Change)
		}
	}
	if methods[bench.MethodUnpaired] == 0 || methods[bench.MethodHistory] == 0 || len(methods) != 2 {
		t.Errorf("methods %v", methods)
	}
}

// TestStoredDoubt: on another machine failures are failures, and other requests may
// explain them.
func TestStoredDoubt(t *testing.T) {
	cannot := elsewhere(1, nil)
	cannot.Head.Rounds = summary.NewIndex(slices.DeleteFunc(machine(rand.New(rand.NewPCG(1, 1))), func(r bench.Round) bool { return r.Scenario == "json/c10/100B" }))
	cannot.Unable = []bench.Unmeasured{{Scenario: "json/c10/100B", Arm: bench.Head, Requests: 4, Failed: 4, Class: bench.ErrStatus, Reason: "status 413"}}
	all := map[string]Stored{"failing": elsewhere(1, fails(0.5)), "cannot": cannot}
	for name, e := range all {
		if v := DecideStored(policy, e); v.Outcome != bench.Regression {
			t.Errorf("%s: %s, %s", name, v.Outcome, v.Reason)
		}
		e.Doubt = "another CPU"
		if v := DecideStored(policy, e); v.Outcome != bench.Regression {
			t.Errorf("%s, another CPU: %s, %s", name, v.Outcome, v.Reason)
		}
		e.Unlike = "other requests"
		if v := DecideStored(policy, e); v.Outcome != bench.Inconclusive || !strings.Contains(v.Reason+strings.Join(v.Warnings, "\n"), "other requests") {
			t.Errorf("%s, other requests: %s, %s", name, v.Outcome, v.Reason)
		}
	}
	v := DecideStored(policy, all["cannot"])
	for _, s := range v.Scenarios {
		if want := s.Scenario == "json/c10/100B"; (s.Outcome == bench.Regression) != want || want && !strings.Contains(s.Reason, "head cannot do it and the base can: 4 of 4 requests failed, status 413") {
			t.Errorf("%s: %s, %s", s.Scenario, s.Outcome, s.Reason)
		}
	}
}

// TestStoredCountsProcesses: rounds of one process are one piece of evidence.
func TestStoredCountsProcesses(t *testing.T) {
	for shared, want := range map[int]bench.Outcome{1: bench.Regression, 3: bench.Inconclusive} {
		v := DecideStored(policy, elsewhere(1, func(r *bench.Round) {
			times(2, bench.LatencyTypical)(r)
			r.Process = (r.Round + shared - 1) / shared
		}))
		if v.Outcome != want || shared == 3 && !strings.Contains(v.Reason, "5 processes are too few") {
			t.Errorf("%d rounds of a process: %s, %s", shared, v.Outcome, v.Reason)
		}
	}
}

// TestStoredUnreachable: too few processes for the number of hypotheses are named.
func TestStoredUnreachable(t *testing.T) {
	c := bench.Comparison{Method: bench.MethodUnpaired, Pairs: 8}
	rule := bench.Rule{Level: 0.01, Hypotheses: 100}
	if unreachable(c, rule) { // 1 in C(16, 8) = 12870
		t.Error("8 processes have a p of 0.000078")
	}
	if rule.Hypotheses = 150; !unreachable(c, rule) {
		t.Error("0.000078 is not below 0.01 divided by 150")
	}
	if c.Method = bench.MethodHistory; unreachable(c, rule) {
		t.Error("a history has no smallest p")
	}
}

// TestStoredResolution: what is found in most comparisons is found, and where nothing
// can be there is no figure.
func TestStoredResolution(t *testing.T) {
	first := func(v bench.Verdict) bench.Comparison { return v.Comparisons[0] }
	c := first(DecideStored(policy, elsewhere(1, nil)))
	if c.Resolution == nil || *c.Resolution < *c.Limit || *c.Resolution > 2**c.Limit {
		t.Fatalf("%s of %s: %v, limit %v", c.Metric, c.Scenario, c.Resolution, *c.Limit)
	}
	found, trials := 0, 0
	for trial := range uint64(40) {
		v := DecideStored(policy, elsewhere(trial, times(1+*c.Resolution, c.Metric)))
		if got := first(v); !strings.Contains(got.Reason, "the direct path moved") {
			trials++
			if got.Outcome == bench.Regression {
				found++
			}
		}
	}
	if share := float64(found) / float64(trials); share < 0.6 {
		t.Errorf("%d of %d changes of %.1f %% are found", found, trials, 100**c.Resolution)
	}
	e := elsewhere(1, nil)
	e.Doubt = "another CPU"
	few := elsewhere(1, func(r *bench.Round) { r.Process = (r.Round + 2) / 3 })
	for name, e := range map[string]Stored{"another CPU": e, "five processes": few} {
		if c := first(DecideStored(policy, e)); c.Resolution != nil {
			t.Errorf("%s: %v", name, *c.Resolution)
		}
	}
}

package report_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/verdict"
)

var policy = bench.DefaultPolicy()

var gates = []bench.Arm{bench.Direct, bench.Base, bench.Head}

// decided is a result with what it was decided from.
type decided struct {
	bench.Verdict
	run   bench.Run
	style terminal.Style
}

// trial makes the rounds of a gate whose head is the base, but for a change.
type trial struct {
	rng    *rand.Rand
	change func(*bench.Round)
}

func newTrial(change func(*bench.Round)) trial { return trial{rand.New(rand.NewPCG(3, 4)), change} }

func (t trial) rounds(stage bench.Stage, first, n int, scenarios []bench.Scenario) []bench.Round {
	var all []bench.Round
	for i := range n {
		for _, s := range scenarios {
			for _, arm := range gates {
				all = append(all, t.round(stage, first+i, s, arm))
			}
		}
	}
	return all
}

func (t trial) round(stage bench.Stage, n int, s bench.Scenario, arm bench.Arm) bench.Round {
	as := arm
	if arm == bench.Head {
		as = bench.Base
	}
	r := round(t.rng, n, s, as)
	r.Arm, r.Stage = arm, stage
	if arm == bench.Head && t.change != nil {
		t.change(&r)
	}
	for m := range r.Slices {
		r.Slices[m] = nil
	}
	metrics := []bench.Metric{s.Mode.Primary(), bench.FirstEventTypical, bench.CPUPerRequest}
	for _, m := range metrics {
		if v, ok := r.Metrics[m]; ok {
			for range 10 {
				r.Slices[m] = append(r.Slices[m], v*math.Exp(0.04*t.rng.NormFloat64()))
			}
		}
	}
	return r
}

// gate is a whole one: all of the screening, what that asks for, decision.
func gate(scenarios []bench.Scenario, change func(*bench.Round)) decided {
	run := fixture(scenarios, gates, 0)
	run.Plan.Rounds = verdict.ScreenRounds
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"}
	t := newTrial(change)
	run.Rounds = t.rounds(bench.Screen, 1, verdict.ScreenRounds, scenarios)
	run.Looks = []bench.Look{{Stage: bench.Screen, Pairs: 8}, {Stage: bench.Screen, Pairs: 11}, {Stage: bench.Screen, Pairs: verdict.ScreenRounds}}
	verdict.InSteps(policy, verdict.EvidenceOf(run), verdict.Unlimited, func(step verdict.Step) []bench.Round {
		again := slices.DeleteFunc(slices.Clone(scenarios), func(s bench.Scenario) bool { return !slices.Contains(step.Scenarios, s.ID()) })
		fresh := t.rounds(step.Look.Stage, run.Rounds[len(run.Rounds)-1].Round+1, step.Pairs, again)
		run.Rounds, run.Looks = append(run.Rounds, fresh...), append(run.Looks, step.Look)
		return fresh
	})
	return decided{Verdict: decide(policy, run), run: run}
}

// times multiplies every time of a round's answers, or of some scenarios.
func times(factor float64, scenarios ...string) func(*bench.Round) {
	return func(r *bench.Round) {
		if len(scenarios) > 0 && !slices.Contains(scenarios, r.Scenario) {
			return
		}
		for m, v := range r.Metrics {
			if m.IsClock() {
				r.Metrics[m] = v * factor
			}
		}
	}
}

// decisions are the verdicts that every renderer is tested with, by name; made
// once, so not to be changed in place.
var decisions = sync.OnceValue(func() map[string]decided {
	all := map[string]decided{
		"pass":        gate(defaultSuite(), nil),
		"one":         gate(defaultSuite(), times(1.30, "sse/c10/10KB")),
		"everywhere":  gate(defaultSuite(), times(1.10)),
		"improvement": gate(defaultSuite(), times(0.80, "json/c1/100KB", "json/c10/100KB")),
	}

	listed := gate(small(), nil)
	listed.style.All = true
	all["all"] = listed

	noisy := newTrial(nil).rng
	all["inconclusive"] = gate(defaultSuite(), func(r *bench.Round) {
		times(math.Exp(0.7*noisy.NormFloat64()), "json/c50/100KB", "sse/c50/100KB")(r)
	})

	all["errors"] = gate(small(), func(r *bench.Round) {
		if r.Scenario == "sse/c10/10KB" {
			r.Errors = map[bench.ErrorClass]int{bench.ErrTruncated: 41}
		}
	})

	interrupted := gate(small(), times(1.30, "sse/c10/10KB"))
	interrupted.run.Rounds = interrupted.run.Rounds[:4*len(small())*len(gates)]
	interrupted.run.Validity.Complete = false
	interrupted.run.Validity.Incomplete = "round 5, dropped: interrupted"
	interrupted.run.Validity.Warnings = []string{"few rounds: 4; fewer than 6 do not show how much rounds differ"}
	interrupted.run.Base = &bench.BaseInfo{Source: bench.SourceRebuild, SHA: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", Note: "the baseline's gateway does not start here: libssl.so.1.1 is missing"}
	interrupted.Verdict = decide(policy, interrupted.run)
	all["interrupted"] = interrupted

	all["diagnosed"] = diagnosed()

	alone := fixture(small(), both, 6)
	all["no_baseline"] = decided{Verdict: decide(policy, alone), run: alone}

	all["stored"] = fromStored(times(1.30, "sse/c1/10KB", "sse/c10/10KB"))
	return all
})

// diagnosed is a gate whose head waits for acknowledgements in its streams, whose
// base is never idle, and which both open a connection for each JSON request.
func diagnosed() decided {
	d := gate(small(), func(r *bench.Round) {
		for m := range r.Metrics {
			if strings.HasPrefix(r.Scenario, "sse/") && m.IsClock() && !strings.HasPrefix(string(m), "headers") {
				r.Metrics[m] += 43e-3
			}
		}
	})
	each(&d.run, func(r bench.Round) bool { return r.Arm != bench.Direct }, func(r *bench.Round) {
		if strings.HasPrefix(r.Scenario, "json/") {
			r.Metrics[bench.UpstreamConnections] = 0.98
		}
		if r.Arm == bench.Base {
			r.Metrics[bench.CPUIdle] = 0.21
		}
	})
	d.Verdict = decide(policy, d.run)
	return d
}

// fromStored compares with a run of another job.
func fromStored(change func(*bench.Round)) decided {
	run := fixture(small(), both, 0)
	t := newTrial(change)
	run.Rounds = t.rounds(bench.Screen, 1, verdict.ScreenRounds, small())
	run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", Note: "the baseline carries no gateway"}
	elsewhere := t.rounds(bench.Screen, 1, verdict.ScreenRounds, small())
	return decided{run: run, Verdict: verdict.DecideStored(policy, verdict.Stored{
		Scenarios: small(),
		Base:      compare.NewSide(elsewhere, bench.Base),
		Head:      compare.NewSide(run.Rounds, bench.Head),
	})}
}

// hostileDiagnoses has more than a text shows, and s wherever they hold text.
func hostileDiagnoses(s string) []bench.Diagnosis {
	var all []bench.Diagnosis
	for range 4 {
		for _, course := range []bench.Change{"", bench.ChangeNew, bench.ChangeKept, bench.ChangeGone, bench.Change(s)} {
			all = append(all, bench.Diagnosis{Name: bench.DiagnosisName(s), Arm: bench.Arm(s), Change: course, Scenarios: []string{s}, Seen: s, Look: s})
		}
	}
	return all
}

// hostileVerdict puts s wherever a verdict and its run hold text.
func hostileVerdict(s string) decided { return hostileDecision(decisions()["one"], s) }

func hostileDecision(d decided, s string) decided {
	d.Comparisons, d.Verdict.Scenarios = slices.Clone(d.Comparisons), slices.Clone(d.Verdict.Scenarios)
	d.style.All = true
	d.run.Base = &bench.BaseInfo{Source: bench.BaseSource(s), SHA: s, Note: s}
	d.run.Commit = bench.Commit{SHA: s, Ref: s}
	d.run.Validity = bench.Validity{Incomplete: s, Warnings: []string{s}}
	d.Outcome, d.Reason, d.Warnings = bench.Outcome(s), s, []string{s, s}
	d.Groups = []bench.Group{{Group: s, Outcome: bench.Outcome(s), Reason: s}, {Group: "c" + s, Members: []string{s}}}
	d.Diagnoses, d.Behaviours, d.Work = hostileDiagnoses(s), hostileChanges(s), hostileWorkChanges(s)
	d.Notes = []bench.Note{{Group: s, Text: s}, {Group: "c" + s, Metric: bench.Metric(s), Text: s}}
	d.Errors = []bench.ErrorRate{{Scenario: s, Class: bench.ErrorClass(s), Outcome: bench.Outcome(s), Reason: s}}
	for i := range d.Comparisons {
		c := &d.Comparisons[i]
		c.Reason = s
		if c.Outcome != bench.Regression {
			c.Outcome, c.Metric, c.Of, c.Method = bench.Inconclusive, bench.Metric(s), bench.Of(s), bench.Method(s)
		}
		c.Scenario = s
	}
	for i := range d.Verdict.Scenarios {
		d.Verdict.Scenarios[i] = bench.ScenarioVerdict{Scenario: s, Outcome: bench.Inconclusive, Reason: s}
	}
	return d
}

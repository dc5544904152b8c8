package session

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

const askedTwice = "head asks the backend more than once for one request"

// TestGateByBehaviour: a head that asks the backend twice is a regression, whatever its
// speed, and the saved run says so again. Off, nobody looks.
func TestGateByBehaviour(t *testing.T) {
	r := newRepository(t)
	r.gateway("twice", 0)
	r.commit()
	g := r.gate(BaseSources{Ref: "HEAD~1"}, "measure.rounds", "2", "measure.time_budget", "8s")
	if g.Verdict.Outcome != bench.Regression || !strings.HasPrefix(g.Verdict.Reason, askedTwice) {
		t.Errorf("%s: %s\n%+v", g.Verdict.Outcome, g.Verdict.Reason, g.Verdict.Behaviours)
	}
	for _, c := range g.Verdict.Behaviours {
		if c.Outcome == bench.Regression && c.Behaviour != "asks-twice" {
			t.Errorf("%+v", c)
		}
	}
	if n := processesOf(g.Run.Facts); n < 2 { // the third, if the time has room for it: TestLooksAt
		t.Errorf("new harm was looked at with %d process pairs", n)
	}
	if spent := g.Run.Spent; spent == nil || spent.Behaviours <= 0 || spent.Timing <= 0 || spent.Counting != 0 || spent.Behaviours+spent.Timing > g.Run.Elapsed+1 {
		t.Errorf("spent %+v of %.1f s", spent, g.Run.Elapsed)
	}
	path := r.saveRun(g.Run)
	saved, err := saved.Report(path)
	if err != nil || verdictText(t, saved.Verdict) != verdictText(t, g.Verdict) {
		t.Errorf("decided again: %s: %s, %v", saved.Verdict.Outcome, saved.Verdict.Reason, err)
	}
	off := r.gate(BaseSources{Ref: "HEAD~1"}, "gate.behaviour", "off")
	if off.Run.Spent.Behaviours > 0 || len(off.Run.Facts) > 0 || len(off.Verdict.Behaviours) > 0 || strings.HasPrefix(off.Verdict.Reason, askedTwice) {
		t.Errorf("off: %d facts, %s: %s", len(off.Run.Facts), off.Verdict.Outcome, off.Verdict.Reason)
	}
}

// TestLooksAt: two process pairs, and a third one where new harm would decide.
func TestLooksAt(t *testing.T) {
	made := func(head int) (all []exchange.Exchange) {
		for process := 1; process <= 2; process++ {
			for arm, received := range map[bench.Arm]int{bench.Direct: 1, bench.Base: 1, bench.Head: head} {
				all = append(all, exchange.Exchange{
					Situation: exchange.JSON, API: llmapi.Default, Arm: arm, Process: process,
					Sent: make([]exchange.Sent, 1), Answers: []exchange.Answer{{Status: 200}}, Received: make([]exchange.Received, received),
				})
			}
		}
		return all
	}
	for name, c := range map[string]struct {
		head int
		rule bench.BehaviourRule
		want []bool // pairs 1 to 4
	}{
		"nothing":  {1, bench.BehaviourFails, []bool{true, true, false, false}},
		"harm":     {2, bench.BehaviourFails, []bool{true, true, true, false}},
		"reported": {2, bench.BehaviourReported, []bool{true, true, false, false}},
		"off":      {2, bench.BehaviourOff, []bool{false, false, false, false}},
	} {
		s := &Session{exchanges: made(c.head)}
		s.Config.Gate.Behaviour = c.rule
		for i, want := range c.want {
			if s.looksAt(1+i) != want {
				t.Errorf("%s: looks at process pair %d: %v", name, 1+i, !want)
			}
		}
	}
}

// processesOf counts those of head.
func processesOf(facts []bench.Fact) int {
	seen := map[int]bool{}
	for _, f := range facts {
		if f.Arm == bench.Head && f.Of > 0 {
			seen[f.Process] = true
		}
	}
	return len(seen)
}

func verdictText(t *testing.T, v bench.Verdict) string {
	t.Helper()
	var b bytes.Buffer
	if err := record.WriteVerdict(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// asking is a run in whose exchanges the arms named ask the backend twice.
func asking(run bench.Run, twice ...bench.Arm) bench.Run {
	for process := 1; process <= 2; process++ {
		for _, arm := range run.Plan.Arms[1:] {
			f := bench.Fact{Behaviour: "asks-twice", Case: "json", Arm: arm, Process: process, Of: 3}
			if slices.Contains(twice, arm) {
				f.Seen, f.Detail = 3, "2 requests to the backend for 1 of the client"
			}
			run.Facts = append(run.Facts, f)
		}
	}
	return run
}

// TestSavedFactsDecideAgain byte for byte, by the policy that holds then.
func TestSavedFactsDecideAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	run := asking(recordtest.Run(8, recordtest.SSE10), bench.Head)
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "abc"}
	run.Policy = new(bench.DefaultPolicy())
	v := saved.Decide(run, nil)
	if v.Outcome != bench.Regression || !strings.HasPrefix(v.Reason, askedTwice+" (json): 6 of 6, base 0 of 6") {
		t.Fatalf("%s: %s", v.Outcome, v.Reason)
	}
	if err := saved.RunFiles(run).Save("."); err != nil {
		t.Fatal(err)
	}
	got, err := saved.Report(record.RunFile)
	if err != nil || verdictText(t, got.Verdict) != verdictText(t, v) {
		t.Errorf("decided again: %s: %s, %v", got.Verdict.Outcome, got.Verdict.Reason, err)
	}
	for rule, want := range map[string]int{"fail": 1, "report": 1, "off": 0} {
		if _, err := saved.DecideBy(&got.Run, config.Sources{Saved: run.Policy, Overrides: []config.Override{{Path: "gate.behaviour", Value: rule, Origin: "--behaviour"}}}); err != nil {
			t.Fatal(err)
		}
		v := saved.Decide(got.Run, nil)
		if len(v.Behaviours) != want || (v.Outcome == bench.Regression) != (rule == "fail") {
			t.Errorf("%s: %s: %s, %+v", rule, v.Outcome, v.Reason, v.Behaviours)
		}
	}
}

// TestStoredFacts: the baseline of a gate says what its head did.
func TestStoredFacts(t *testing.T) {
	t.Chdir(t.TempDir())
	var log strings.Builder
	store := func(run bench.Run) *baseline.Baseline {
		f, err := os.Create("base.zip")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := WriteBaseline(f, Result{Run: run}, bench.Recipe{Start: "./gw"}, &Lines{W: &log}); err != nil {
			t.Fatal(err)
		}
		b, err := saved.Rounds("base.zip")
		if err != nil {
			t.Fatal(err)
		}
		return &b
	}
	head := asking(saved.HeadOnly(recordtest.Run(8, recordtest.SSE10)), bench.Head)
	head.Policy = new(bench.DefaultPolicy())
	head.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: "abc"}
	for name, c := range map[string]struct {
		stored bench.Run
		change bench.Change
	}{
		"does not":         {asking(recordtest.Run(8, recordtest.SSE10), bench.Base), bench.ChangeNew},
		"does":             {asking(recordtest.Run(8, recordtest.SSE10), bench.Head), bench.ChangeKept},
		"an older version": {recordtest.Run(8, recordtest.SSE10), bench.ChangeUndecided},
	} {
		v := saved.Decide(head, store(c.stored))
		if len(v.Behaviours) != 1 || v.Behaviours[0].Change != c.change || strings.HasPrefix(v.Reason, askedTwice) != (c.change == bench.ChangeNew) {
			t.Errorf("the base %s: %s: %s, %+v", name, v.Outcome, v.Reason, v.Behaviours)
		}
	}
}

package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// saved reads a run of the engine from testdata/runs.
func saved(name string) bench.Run {
	data, err := os.ReadFile(filepath.Join("testdata", "runs", name+".json.gz"))
	if err != nil {
		panic(err)
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	var run bench.Run
	if err := json.NewDecoder(unzipped).Decode(&run); err != nil {
		panic(err)
	}
	return run
}

// decideSaved decides a saved gate again, by its own policy.
func decideSaved(run bench.Run) report.Report {
	return report.Report{Run: run, Verdict: decide(*run.Policy, run), Context: atGitHub()}
}

// decide is the verdict of a run with its likely causes.
func decide(p bench.Policy, run bench.Run) bench.Verdict {
	v := verdict.Decide(p, verdict.EvidenceOf(run))
	v.Diagnoses = diagnose.Run(run)
	return basis.Judge(v, run.Base)
}

// atGitHub is the context of a pull request.
func atGitHub() report.Context {
	return report.Context{
		Server: "https://github.com", Repository: "org/gateway", PullRequest: 128,
		FailOn: []bench.Outcome{bench.Regression}, AcceptLabel: "accept-regression",
		Config:    ".proxy-bench.yml",
		RunURL:    "https://github.com/org/gateway/actions/runs/9001",
		HTMLURL:   "https://github.com/org/gateway/actions/runs/9001/artifacts/7",
		Reproduce: "proxy-bench gate --base origin/main --seed 8",
	}
}

// reports are what every renderer of a decision is tested with, by name; made
// once, so not to be changed in place.
var reports = sync.OnceValue(func() map[string]report.Report {
	regression := saved("regression")
	all := map[string]report.Report{
		"pass":        decideSaved(saved("pass")),
		"regression":  decideSaved(regression),
		"improvement": decideSaved(saved("improvement")),
		"no_baseline": decideSaved(saved("no_baseline")),
	}

	accepted := all["regression"]
	accepted.Context.Accepted = "accept-regression"
	all["accepted"] = accepted

	only := all["regression"]
	only.Context.FailOn, only.Context.Behind, only.Context.Key = nil, 3, "eu-gateway"
	all["reported_only"] = only

	older := saved("regression")
	behind := *older.Base
	behind.Name, behind.Run, behind.Behind = "main", 4711, 2
	older.Base = &behind
	all["behind"] = decideSaved(older)

	partial := regression
	partial.Rounds = slices.DeleteFunc(slices.Clone(regression.Rounds), func(r bench.Round) bool { return r.Round > 4 })
	partial.Validity.Complete, partial.Validity.Incomplete = false, "round 5, dropped: interrupted"
	all["partial"] = decideSaved(partial)

	all["shard_missing"] = shardMissing()
	all["stored"] = storedReport(regression, "")
	all["other_hardware"] = storedReport(saved("pass"), "the baseline was measured on another CPU model")

	noisy := decisions()["inconclusive"]
	all["inconclusive"] = report.Report{Run: noisy.run, Verdict: noisy.Verdict, Context: atGitHub()}
	failing := decisions()["errors"]
	all["errors"] = report.Report{Run: failing.run, Verdict: failing.Verdict, Context: atGitHub()}
	named := decisions()["diagnosed"]
	all["diagnosed"] = report.Report{Run: named.run, Verdict: named.Verdict, Context: atGitHub()}
	everywhere := decisions()["everywhere"]
	all["everywhere"] = report.Report{Run: everywhere.run, Verdict: everywhere.Verdict, Context: report.Context{}}

	one := decisions()["one"]
	drifted := report.Report{Run: one.run, Verdict: one.Verdict, Context: atGitHub()}
	drifted.Context.History, drifted.Context.ChangePoints = mainHistory(), []history.ChangePoint{
		{Scenario: "sse/c10/10KB", Metric: bench.FirstEventTypical, Change: 0.112, SHA: mainHistory()[4].SHA, Step: 0.094},
	}
	all["history"] = drifted

	maps.Copy(all, workReports())
	all["behaviour"] = behavedDifferently()
	all["behaviour_reported"] = reportedOnly()

	all["failure"] = report.Report{Context: atGitHub()}
	broken := all["failure"]
	broken.Context.Failure = &report.Failure{
		Step:    "building the head",
		Message: "sh -c 'cargo build --locked --release': exit status 101; see the output below, or run it in a clean clone",
		Output:  "   Compiling gateway v0.4.1\nerror[E0432]: unresolved import `crate::routing::Table`\n --> src/main.rs:3:5\n  |\n3 | use crate::routing::Table;\n  |     ^^^^^^^^^^^^^^^^^^^^^ no `Table` in `routing`\n\nerror: could not compile `gateway` (bin \"gateway\") due to 1 previous error\n",
	}
	all["failure"] = broken

	died := decideSaved(partial)
	died.Verdict = bench.Verdict{}
	died.Context.Failure = &report.Failure{Step: "measuring", Message: "head ended by itself in the middle of a slice: signal: killed (137)"}
	all["failure_measuring"] = died
	return all
})

// shardMissing is a gate over two of three machines.
func shardMissing() report.Report {
	var left []shard.Named
	for _, index := range []int{1, 3} {
		run := saved("regression")
		run.Shard = &bench.Shard{Index: index, Of: 3, By: bench.ByPairs, RunID: "9001", Attempt: 1, Suite: run.Scenarios}
		run.Environment.CPUModel = []string{"", "AMD EPYC 7763 64-Core Processor", "", "Intel Xeon Platinum 8370C"}[index]
		left = append(left, shard.Named{Name: fmt.Sprint("shard ", index), Run: run})
	}
	run, _, err := shard.Merge(left, shard.Expect{RunID: "9001"})
	if err != nil {
		panic(err)
	}
	return decideSaved(run)
}

// storedReport compares with the numbers of another job.
func storedReport(run bench.Run, doubt string) report.Report {
	base := saved("no_baseline")
	run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: base.Commit.SHA, Note: "the baseline carries no gateway"}
	run.Rounds = slices.DeleteFunc(slices.Clone(run.Rounds), func(r bench.Round) bool { return r.Arm == bench.Base || r.Stage != bench.Screen })
	run.Plan.Arms = both
	var scenarios []bench.Scenario
	for _, c := range run.Scenarios {
		scenarios = append(scenarios, c.Scenario)
	}
	r := report.Report{Run: run, Context: atGitHub(), Verdict: verdict.DecideStored(*run.Policy, verdict.Stored{
		Scenarios: scenarios, Doubt: doubt,
		Base: compare.NewSide(base.Rounds, bench.Head),
		Head: compare.NewSide(run.Rounds, bench.Head),
	})}
	if doubt != "" {
		r.Context.Notes = []string{"The baseline was measured on another CPU model (Intel Xeon Platinum 8370C; here AMD EPYC): its numbers tell little here."}
	}
	return r
}

// mainHistory is nine runs of main with a step in the fifth.
func mainHistory() []report.HistoryPoint {
	var points []report.HistoryPoint
	for i := range 9 {
		level := 200e-6 + 2e-6*float64(i%3)
		if i >= 4 {
			level *= 1.1
		}
		points = append(points, report.HistoryPoint{
			SHA:     string(bytes.Repeat([]byte{byte('a' + i%6), byte('0' + i)}, 20)),
			Started: time.Date(2026, 3, 1+i, 12, 0, 0, 0, time.UTC), CPUModel: "AMD EPYC 7763 64-Core Processor",
			Overhead: map[string]map[bench.Metric]float64{"sse/c10/10KB": {bench.FirstEventTypical: level, bench.TotalTypical: 1.6 * level}},
		})
	}
	return points
}

// hostileReport puts s wherever a report holds text.
func hostileReport(s string, o bench.Outcome) report.Report {
	d := hostileDecision(decisions()["errors"], s)
	if o != "" {
		d.Outcome = o
		for i := range d.Comparisons {
			d.Comparisons[i].Outcome = o
		}
		d.Groups, d.Errors = slices.Clone(d.Groups), slices.Clone(d.Errors)
		for i := range d.Groups {
			d.Groups[i].Outcome, d.Groups[i].Shift = o, new(0.1)
		}
		for i := range d.Errors {
			d.Errors[i].Outcome = o
		}
		for i := range d.Verdict.Scenarios {
			d.Verdict.Scenarios[i].Outcome = o
		}
	}
	run := d.run
	run.Tool, run.Environment, run.Plan = hostile(s).Tool, hostile(s).Environment, hostile(s).Plan
	run.Plan.Arms = gates
	run.Facts, run.Timelines = hostileFacts(s), hostileTimelines(s)
	run.Work, run.Counting = hostileWork(s), &bench.Counting{Valgrind: s, Tracer: s, Settings: map[string]string{s: s}, Uncounted: s}
	run.Scenarios = slices.Clone(run.Scenarios)
	for i := range run.Scenarios {
		if run.Scenarios[i].Mode == bench.SSE {
			run.Scenarios[i].Mode = bench.Mode(s)
			run.Scenarios[i].ID = run.Scenarios[i].Scenario.ID()
		}
	}
	run.Rounds = slices.Clone(run.Rounds[:6*len(run.Scenarios)*len(gates)])
	for i := range run.Rounds {
		r := &run.Rounds[i]
		if r.Arm == bench.Head && r.Round == 1 {
			r.Omitted, r.Disturbed = map[bench.Metric]string{bench.LatencyP99: s}, s
			r.Errors = map[bench.ErrorClass]int{bench.ErrorClass(s): 1}
			r.Metrics = maps.Clone(r.Metrics)
			r.Metrics[bench.Metric(s)] = 1
		}
	}
	return report.Report{Run: run, Verdict: d.Verdict, Context: report.Context{
		Server: s, Repository: s, PullRequest: 1, Key: s, Accepted: s, AcceptLabel: s, RunURL: s, HTMLURL: "https://example.com/" + s, Behind: 1,
		Notes: []string{s, s, s, s, s, s}, Config: s, Reproduce: s,
		History:      []report.HistoryPoint{{SHA: s, CPUModel: s, Overhead: mainHistory()[0].Overhead}, mainHistory()[1], mainHistory()[2]},
		ChangePoints: []history.ChangePoint{{Scenario: s, Metric: bench.Metric(s), SHA: s}},
	}}
}

package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/spread"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// shardOf is a gate that measures the shard it was opened for, and finds an outcome.
func (j *job) shardOf(outcome string) {
	r := decided(j.t, outcome)
	j.gate = func(_ context.Context, from session.BaseSources) (session.Result, error) {
		run := r.Run
		spec, err := shard.Parse(j.env["INPUT_SHARD"])
		if err != nil {
			j.t.Fatal(err)
		}
		run.Commit.SHA = git(j.t, "rev-parse", "HEAD")
		run.Shard = &bench.Shard{Index: spec.Index, Of: spec.Of, By: bench.ByPairs, RunID: from.RunID, Attempt: from.Attempts.Number, Suite: run.Scenarios}
		run.Environment.CPUModel = fmt.Sprint("CPU ", spec.Index)
		run.Environment.BinarySHA256 = map[bench.Arm]string{bench.Head: strings.Repeat("a", 64)}
		return session.Result{Run: run, Base: r.Base}, nil
	}
}

// shard runs a job that measures one, and is no other's after it.
func (j *job) shard(part string) ended {
	j.t.Helper()
	j.jobs++
	j.env["INPUT_SHARD"], j.env["ACTIONS_RUNTIME_TOKEN"] = part, tokenOf(fmt.Sprint("shard-", j.jobs))
	defer delete(j.env, "INPUT_SHARD")
	defer j.fresh()
	return j.run(j.t.Context())
}

// decides runs the job that decides over the shards.
func (j *job) decides() ended {
	j.t.Helper()
	j.env["INPUT_MERGE"], j.env["ACTIONS_RUNTIME_TOKEN"] = "true", tokenOf("merge")
	defer delete(j.env, "INPUT_MERGE")
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		j.t.Error("the job that merges has measured")
		return session.Result{}, nil
	}
	j.closed = false
	return j.run(j.t.Context())
}

// fresh gives the next job outputs and a summary of its own, and the directory that jobs
// begin in.
func (j *job) fresh() {
	j.t.Helper()
	j.write(j.env["GITHUB_OUTPUT"], "")
	j.write(j.env["GITHUB_STEP_SUMMARY"], "")
	j.t.Chdir(j.env["GITHUB_WORKSPACE"])
}

// names are those of the artifacts in the store.
func (s *store) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.artifacts))
}

// TestShards: three of them answer nothing, the merge answers as a gate does.
func TestShards(t *testing.T) {
	for outcome, code := range map[string]int{"pass": host.ExitOK, "regression": host.ExitRegression} {
		t.Run(outcome, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			j.shardOf(outcome)
			for _, part := range []string{"1/3", "2/3", "3/3"} {
				e := j.shard(part)
				if e.code != host.ExitOK || e.outputs["verdict"] != "" || !strings.Contains(e.summary, "Shard "+part+" has measured") {
					t.Errorf("shard %s: exit status %d, outputs %v, summary %q\n%s", part, e.code, e.outputs, e.summary, e.log)
				}
				if j.comment() != "" || len(j.hub.Checks(j.head)) > 0 {
					t.Error("a shard has answered on the pull request")
				}
			}
			if got := j.store.names(); !slices.Equal(got, []string{"proxy-bench-shard-1-of-3", "proxy-bench-shard-2-of-3", "proxy-bench-shard-3-of-3"}) {
				t.Errorf("the shards have left %q", got)
			}
			e := j.decides()
			e.wants(t, code, outcome)
			if j.comment() == "" || j.lastCheck().Conclusion == "" || e.summary == "" {
				t.Errorf("comment %q, check %+v", j.comment(), j.lastCheck())
			}
			run := j.left()
			if run.Merged == nil || len(run.Merged.Machines) != 3 || len(run.Merged.Problems) > 0 || run.Commit.SHA != j.head {
				t.Errorf("merged: %+v of commit %s", run.Merged, run.Commit.SHA)
			}
			if len(j.store.files(t, baselineArtifact)) > 0 {
				t.Error("a pull request has left a baseline")
			}
		})
	}
}

// TestShardsPassNothingOver: what is wrong with one shard stands in the headline of the
// comment, and the others decide.
func TestShardsPassNothingOver(t *testing.T) {
	broken := &gateway.Error{Step: gateway.StepBuild, Reason: "exited with status 2", Output: []string{"oh no"}}
	for name, c := range map[string]struct {
		second func(j *job) // what becomes of shard 2/3
		kind   bench.ProblemKind
	}{
		"missing": {func(*job) {}, bench.ShardMissing},
		"failed": {func(j *job) {
			gate := j.gate
			j.gate = func(context.Context, session.BaseSources) (session.Result, error) { return session.Result{}, broken }
			if e := j.shard("2/3"); e.code != host.ExitFailed || !strings.Contains(e.summary, "could not be measured") {
				j.t.Errorf("exit status %d, summary %q\n%s", e.code, e.summary, e.log)
			}
			j.gate = gate
		}, bench.ShardFailed},
		"of another commit": {func(j *job) {
			gate := j.gate
			j.gate = func(ctx context.Context, from session.BaseSources) (session.Result, error) {
				r, err := gate(ctx, from)
				r.Run.Commit.SHA = fakegithub.SHA("another")
				return r, err
			}
			// As a push that checks out something else: of a pull request the event says it.
			j.shard("2/3")
			j.gate = gate
		}, bench.ShardCommit},
		"against another base": {func(j *job) {
			gate := j.gate
			j.gate = func(ctx context.Context, from session.BaseSources) (session.Result, error) {
				r, err := gate(ctx, from)
				r.Run.Base = &bench.BaseInfo{Source: bench.SourceRebuild, SHA: fakegithub.SHA("another")}
				return r, err
			}
			j.shard("2/3")
			j.gate = gate
		}, bench.ShardBase},
		"with another build": {func(j *job) {
			gate := j.gate
			j.gate = func(ctx context.Context, from session.BaseSources) (session.Result, error) {
				r, err := gate(ctx, from)
				r.Run.Environment.BinarySHA256 = map[bench.Arm]string{bench.Head: strings.Repeat("b", 64)}
				return r, err
			}
			j.shard("2/3")
			j.gate = gate
		}, bench.ShardProgram},
		"twice": {func(j *job) {
			j.shard("2/3")
			if e := j.shard("2/3"); e.code != host.ExitOK || !strings.Contains(e.log, "another job of this run is shard 2/3, too") {
				j.t.Errorf("exit status %d\n%s", e.code, e.log)
			}
		}, bench.ShardTwice},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			if c.kind == bench.ShardCommit {
				j.pushed("topic")
			} else {
				j.pulled(j.hub.ID)
			}
			j.shardOf("pass")
			j.shard("1/3")
			c.second(j)
			j.shard("3/3")
			e := j.decides()
			e.wants(t, host.ExitOK, "pass")
			run := j.left()
			if p := run.Merged.Problems; len(p) != 1 || p[0].Kind != c.kind || p[0].Shard != 2 {
				t.Fatalf("problems %+v", p)
			}
			if !strings.Contains(strings.ToLower(e.outputs["summary"]), "shard 2/3") {
				t.Errorf("the headline is %q", e.outputs["summary"])
			}
			text := j.comment()
			if open, _, _ := strings.Cut(text, "<details>"); c.kind != bench.ShardCommit && !strings.Contains(strings.ToLower(open), "shard 2/3") {
				t.Errorf("what is seen of the comment does not say it:\n%s", text)
			}
		})
	}
}

// TestShardRunAgain: one that failed is run again alone, and then the merge. One that had
// measured and is run again adds to what is there.
func TestShardRunAgain(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.shardOf("pass")
	works := j.gate
	j.shard("1/2")
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		return session.Result{}, errors.New("a bad moment")
	}
	if e := j.shard("2/2"); e.code != host.ExitFailed {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
	j.decides().wants(t, host.ExitOK, "pass", "a bad moment")
	j.fresh()
	j.env["GITHUB_RUN_ATTEMPT"] = "2"
	j.gate = works
	j.shard("2/2")
	j.decides().wants(t, host.ExitOK, "pass")
	if m := j.left().Merged; len(m.Problems) > 0 || len(m.Machines) != 2 || m.Machines[1].Attempt != 2 {
		t.Errorf("after the second attempt: %+v", m)
	}
	j.fresh()
	j.env["GITHUB_RUN_ATTEMPT"] = "3"
	j.gate = works
	j.shard("2/2")
	j.decides().wants(t, host.ExitOK, "pass")
	if m := j.left().Merged; len(m.Problems) > 0 || len(m.Machines) != 3 {
		t.Errorf("after the third: %+v", m)
	}
}

// TestAllShardsFail is answered as a gate that cannot measure is.
func TestAllShardsFail(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		return session.Result{}, &gateway.Error{Step: gateway.StepBuild, Reason: "exited with status 2", Output: []string{"undefined: x"}}
	}
	j.shard("1/2")
	j.shard("2/2")
	j.decides().wants(t, host.ExitFailed, "failed", "no shard could measure")
	if text := j.comment(); !strings.Contains(text, "undefined: x") || !strings.Contains(text, "shard 1/2") {
		t.Errorf("the comment:\n%s", text)
	}
}

// TestNothingToMerge is answered nowhere: the author of the pull request cannot help it.
func TestNothingToMerge(t *testing.T) {
	lies := func(run bench.Run) []byte {
		content, err := record.Zip(runFile(t, run))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	part := func(index, of int, id string) bench.Run {
		run := measured(t, "pass")
		run.Shard = &bench.Shard{Index: index, Of: of, By: bench.ByPairs, RunID: id, Attempt: 1, Suite: run.Scenarios}
		return run
	}
	for name, c := range map[string]struct {
		artifacts map[string][]byte
		says      string
		code      int
	}{
		"no shards":             {nil, "there is nothing to merge: no job of this run has left an artifact proxy-bench-shard-1-of-N", host.ExitUsage},
		"those of another key":  {map[string][]byte{"proxy-bench-shard-x-1-of-2": nil}, "there is nothing to merge", host.ExitUsage},
		"one that is cut":       {map[string][]byte{"proxy-bench-shard-1-of-2": lies(part(1, 2, "4711"))[:100]}, "artifact proxy-bench-shard-1-of-2: ", host.ExitFailed},
		"one with another name": {map[string][]byte{"proxy-bench-shard-1-of-2": lies(part(2, 2, "4711"))}, "of another shard or attempt than its name says", host.ExitFailed},
		"a whole gate":          {map[string][]byte{"proxy-bench-shard-1-of-2": lies(measured(t, "pass"))}, "of another shard or attempt than its name says", host.ExitFailed},
		"of two runs":           {map[string][]byte{"proxy-bench-shard-1-of-2": lies(part(1, 2, "4711")), "proxy-bench-shard-2-of-2": lies(part(2, 2, "9"))}, "shards of two runs", host.ExitUsage},
		"of two matrices":       {map[string][]byte{"proxy-bench-shard-1-of-2": lies(part(1, 2, "4711")), "proxy-bench-shard-3-of-3": lies(part(3, 3, "4711"))}, "one of 2 shards by pairs", host.ExitUsage},
		"of another commit":     {map[string][]byte{"proxy-bench-shard-1-of-1": lies(part(1, 1, "4711"))}, "but the answer would be given on", host.ExitFailed},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			maps.Copy(j.store.artifacts, c.artifacts)
			e := j.decides()
			if e.code != c.code || !strings.Contains(e.log, "::error") || !strings.Contains(e.log, c.says) {
				t.Errorf("exit status %d, want %d and %q\n%s", e.code, c.code, c.says, e.log)
			}
			if j.comment() != "" || len(j.hub.Checks(j.head)) > 0 || e.outputs["verdict"] != "" {
				t.Errorf("answered %q, %v", j.comment(), e.outputs)
			}
		})
	}
}

// TestMergeLeavesTheBaseline of main, once, with the gateway that a shard has built.
func TestMergeLeavesTheBaseline(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	j.addBaseline(measured(t, "no_baseline"))
	j.shardOf("regression")
	for _, part := range []string{"2/3", "3/3"} { // the first is missing
		if e := j.shard(part); e.code != host.ExitOK {
			t.Fatalf("exit status %d\n%s", e.code, e.log)
		}
	}
	if len(j.store.files(t, baselineArtifact)) > 0 {
		t.Fatal("a shard has left the baseline")
	}
	e := j.decides()
	e.wants(t, host.ExitOK, "regression")
	b, archive, err := baseline.Open(j.store.artifacts[baselineArtifact], baseline.DefaultLimits())
	if err != nil {
		t.Fatalf("%v\n%s", err, e.log)
	}
	if b.Identity == nil || b.Identity.Repository != j.hub.ID || b.Identity.Directory != "." || b.Run.Merged == nil || b.Run.Base != nil || len(b.History) != 2 || b.Gateway.Start != "./gateway" {
		t.Errorf("identity %+v, %d entries, starts %q", b.Identity, len(b.History), b.Gateway.Start)
	}
	dir := t.TempDir()
	if err := archive.Unpack(b, dir); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(dir + "/gateway"); err != nil || string(text) != "#!/bin/sh\n" {
		t.Errorf("the gateway is %q, %v", text, err)
	}
	var out bytes.Buffer
	if err := record.WriteRun(&out, b.Run); err != nil || saved.FailuresOf(b.Run).Sent == 0 {
		t.Errorf("its rounds: %v", err)
	}
}

// TestForkedShards: nothing of a fork's run can be written, the merge leaves its result,
// and publish decides again from it.
func TestForkedShards(t *testing.T) {
	j := newJob(t)
	j.pulled(stranger)
	j.shardOf("regression")
	j.hub.Inject(fakegithub.ReadOnly(""))
	j.shard("1/2")
	j.shard("2/2")
	j.decides().wants(t, host.ExitRegression, "regression")
	j.hub.Mend()
	if j.comment() != "" {
		t.Fatal("a token that may only read has commented")
	}
	id := j.hub.AddRun(fakegithub.Run{SHA: j.head, Event: "pull_request", Branch: "topic", HeadRepository: stranger})
	j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: resultArtifact, Zip: j.store.artifacts[resultArtifact]})
	j.fresh()
	j.finished(id, stranger, "pull_request")
	j.run(t.Context()).wants(t, host.ExitOK, "regression")
	if text := j.comment(); !strings.Contains(text, j.head[:7]) || j.lastCheck().Conclusion != "failure" {
		t.Errorf("check %+v\n%s", j.lastCheck(), text)
	}
}

// prepares has the job that prepares build something in the workspace.
func (j *job) prepares(base bool) {
	j.ready = func(dir string) (prepared.Prepared, error) {
		j.write("built", "#!/bin/sh\n# built by the job that prepares\n")
		run := saved.HeadOnly(measured(j.t, "pass"))
		run.Rounds = nil
		p := prepared.Prepared{Tool: host.Version(), Commit: git(j.t, "rev-parse", "HEAD"), Notes: []string{"a note"}}
		recipe := bench.Recipe{Start: "exec ./built"}
		err := prepared.Hand(dir+"/"+prepared.HeadFile, run, recipe, ".")
		if base {
			p.Base = &bench.BaseInfo{Source: bench.SourceRebuild, SHA: j.base}
			err = errors.Join(err, prepared.Hand(dir+"/"+prepared.BaseFile, run, recipe, "."))
		}
		return p, errors.Join(err, os.Remove("built"))
	}
}

// prepare runs the job that prepares.
func (j *job) prepare() ended {
	j.t.Helper()
	j.env["INPUT_PREPARE"], j.env["ACTIONS_RUNTIME_TOKEN"] = "true", tokenOf("prepare")
	defer delete(j.env, "INPUT_PREPARE")
	defer j.fresh()
	return j.run(j.t.Context())
}

// TestPrepared: a shard measures what was prepared, builds nothing and looks for no other
// base; the baseline of main has the gateway that was prepared.
func TestPrepared(t *testing.T) {
	for _, based := range []bool{true, false} {
		j := newJob(t)
		j.pushed("main")
		j.env["INPUT_BUILD"] = "make built"
		j.env["INPUT_START"] = "exec ./built"
		j.prepares(based)
		if e := j.prepare(); e.code != host.ExitOK || !strings.Contains(e.summary, "The shards of this run measure") || j.asked.Ref == "" && !j.asked.BundleOnly {
			t.Fatalf("exit status %d, asked for %+v\n%s", e.code, j.asked, e.log)
		}
		if _, err := os.Stat("built"); err == nil {
			t.Fatal("the workspace of the other job is not another one")
		}
		j.shardOf("pass")
		e := j.shard("1/1")
		if text, err := os.ReadFile("built"); err != nil || !strings.Contains(string(text), "by the job that prepares") {
			t.Errorf("head in the workspace: %q, %v\n%s", text, err, e.log)
		}
		if e.code != host.ExitOK || j.opened.Config.Gateway.Build != "" || !j.asked.BundleOnly || (j.asked.File != "") != based || !slices.Contains(j.asked.Notes, "a note") {
			t.Errorf("exit status %d, builds %q, asked for %+v\n%s", e.code, j.opened.Config.Gateway.Build, j.asked, e.log)
		}
		j.decides().wants(t, host.ExitOK, "pass")
		b, _, err := baseline.Open(j.store.artifacts[baselineArtifact], baseline.DefaultLimits())
		if err != nil || b.Gateway.Start != "exec ./built" || b.Bundle == nil || b.Bundle.Files[0].Path != "built" {
			t.Errorf("the baseline has %+v, %v", b.Bundle, err)
		}
	}
}

// TestPreparedIsRefused: a shard that finds another thing than was prepared does not build
// its own, which would hide that.
func TestPreparedIsRefused(t *testing.T) {
	good := func(j *job) (p prepared.Prepared, dir string) {
		dir = t.TempDir()
		p, err := j.ready(dir)
		if err != nil {
			t.Fatal(err)
		}
		return p, dir
	}
	for name, c := range map[string]struct {
		artifact func(j *job) []byte
		says     string
	}{
		"another digest": {func(j *job) []byte {
			p, dir := good(j)
			content, err := prepared.Write(p, dir)
			if err != nil {
				t.Fatal(err)
			}
			j.store.artifacts[spread.Prepared] = content
			files := j.store.files(t, spread.Prepared)
			head, err := os.ReadFile(dir + "/" + prepared.BaseFile)
			if err != nil {
				t.Fatal(err)
			}
			other, err := record.Zip(record.File{Name: prepared.ManifestFile, Content: files[prepared.ManifestFile]},
				record.File{Name: prepared.HeadFile, Content: append(head, 'x')}, record.File{Name: prepared.BaseFile, Content: files[prepared.BaseFile]})
			if err != nil {
				t.Fatal(err)
			}
			return other
		}, "head.zip: its sha256 is"},
		"another commit": {func(j *job) []byte {
			p, dir := good(j)
			p.Commit = fakegithub.SHA("another")
			content, err := prepared.Write(p, dir)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}, "and " + "%.12s is checked out here"},
		"another program": {func(j *job) []byte {
			p, dir := good(j)
			p.Tool = "v0.0.1"
			content, err := prepared.Write(p, dir)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}, "proxy-bench v0.0.1 has prepared it"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			j.prepares(true)
			j.store.artifacts[spread.Prepared] = c.artifact(j)
			j.shardOf("pass")
			says := strings.ReplaceAll(c.says, "%.12s", j.head[:12])
			if e := j.shard("1/2"); e.code != host.ExitFailed || !strings.Contains(e.log, says) || !strings.Contains(e.log, "run the job with prepare again") {
				t.Errorf("exit status %d, want %q\n%s", e.code, says, e.log)
			}
			if _, err := os.Stat("built"); err == nil || j.opened.Log != nil {
				t.Error("it was taken, or built, all the same")
			}
		})
	}
}

// TestPrepareFails: the shards do not run then, and the merge says why.
func TestPrepareFails(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.ready = func(string) (prepared.Prepared, error) {
		return prepared.Prepared{}, &gateway.Error{Step: gateway.StepBuild, Reason: "exited with status 2", Output: []string{"undefined: x"}}
	}
	if e := j.prepare(); e.code != host.ExitFailed || j.comment() != "" {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
	j.decides().wants(t, host.ExitFailed, "failed")
	if text := j.comment(); !strings.Contains(text, "undefined: x") {
		t.Errorf("the comment:\n%s", text)
	}
	j = newJob(t)
	j.pulled(j.hub.ID)
	j.ready = func(string) (prepared.Prepared, error) { return prepared.Prepared{}, prepared.ErrNotCarried }
	if e := j.prepare(); e.code != host.ExitOK || !strings.Contains(e.log, "::warning::nothing is prepared") || len(j.store.names()) > 0 {
		t.Errorf("exit status %d, left %q\n%s", e.code, j.store.names(), e.log)
	}
}

// TestWrongParts are mistakes in the workflow.
func TestWrongParts(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		says string
	}{
		"beyond the last":    {map[string]string{"INPUT_SHARD": "4/3"}, nil, `shard: "4/3" is not a shard`},
		"before the first":   {map[string]string{"INPUT_SHARD": "0/3"}, nil, `shard: "0/3" is not a shard`},
		"no shard":           {map[string]string{"INPUT_SHARD": "two"}, nil, `shard: "two" is not a shard`},
		"merge with shard":   {map[string]string{"INPUT_SHARD": "1/3", "INPUT_MERGE": "true"}, nil, "a job does one of the three"},
		"merge with prepare": {map[string]string{"INPUT_PREPARE": "true", "INPUT_MERGE": "true"}, nil, "a job does one of the three"},
		"publish with merge": {map[string]string{"INPUT_MERGE": "true"}, []string{"publish"}, "command publish takes none of them"},
		"by what":            {map[string]string{"INPUT_SHARD": "1/3", "INPUT_SHARD-BY": "luck"}, nil, "input shard-by"},
		"merge what":         {map[string]string{"INPUT_MERGE": "yes"}, nil, `merge: "yes" is not one of true, false`},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			maps.Copy(j.env, c.env)
			if c.args != nil {
				j.args = c.args
			}
			if e := j.run(t.Context()); e.code != host.ExitUsage || !strings.Contains(e.log, c.says) || j.comment() != "" {
				t.Errorf("exit status %d, want %q\n%s", e.code, c.says, e.log)
			}
		})
	}
}

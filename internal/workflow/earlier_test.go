package workflow

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

const jobRun = 4711 // GITHUB_RUN_ID

// again is a job of a pull request whose gate adds the rounds of earlier attempts.
func again(t *testing.T) *job {
	t.Helper()
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.gate = func(_ context.Context, from session.BaseSources) (session.Result, error) {
		r := decided(t, "pass")
		r.Run, r.Notes = from.Attempts.Pool(r.Run)
		if len(r.Run.Earlier) > 0 {
			r.Verdict = saved.Decide(r.Run, nil)
		}
		return r, nil
	}
	return j
}

// next lets the job be run again: what it has left is at GitHub.
func (j *job) next(attempt int) {
	j.store.mu.Lock()
	defer j.store.mu.Unlock()
	j.hub.AddArtifact(fakegithub.Artifact{Run: jobRun, Name: resultArtifact, Zip: j.store.artifacts[resultArtifact]})
	j.env["GITHUB_RUN_ATTEMPT"] = fmt.Sprint(attempt)
}

// left is the run that the job has left.
func (j *job) left() bench.Run {
	j.t.Helper()
	run, err := record.ReadRun(bytes.NewReader(j.store.files(j.t, resultArtifact)[record.RunFile]), record.MaxFile)
	if err != nil {
		j.t.Fatal(err)
	}
	return run
}

// TestRunAgain: the rounds of earlier attempts join, and what is left has all.
func TestRunAgain(t *testing.T) {
	j := again(t)
	j.run(t.Context()).wants(t, host.ExitOK, "pass")
	first := j.left()
	if first.Attempt != 0 || len(first.Earlier) > 0 {
		t.Errorf("the first attempt is %d, after %v", first.Attempt, first.Earlier)
	}
	j.next(2)
	j.run(t.Context()).wants(t, host.ExitOK, "pass")
	second := j.left()
	if second.Attempt != 2 || len(second.Earlier) != 1 || len(second.Rounds) != 2*len(first.Rounds) {
		t.Fatalf("attempt %d has %d rounds after %v, the first has %d", second.Attempt, len(second.Rounds), second.Earlier, len(first.Rounds))
	}
	pairs := second.Earlier[0].Pairs
	if text := j.comment(); !strings.Contains(text, fmt.Sprintf("pooled with %d process pairs of attempt 1", pairs)) {
		t.Errorf("the comment does not say so:\n%s", text)
	}
	j.next(3)
	j.run(t.Context()).wants(t, host.ExitOK, "pass")
	third := j.left()
	if !slices.Equal(third.Earlier, []bench.Attempt{{Attempt: 1, Pairs: pairs}, {Attempt: 2, Pairs: pairs}}) || len(third.Rounds) != 3*len(first.Rounds) {
		t.Errorf("attempt %d has %d rounds after %v", third.Attempt, len(third.Rounds), third.Earlier)
	}
}

// TestRunAgainAlone: what cannot be pooled is said, and the gate goes on.
func TestRunAgainAlone(t *testing.T) {
	attempt := func(t *testing.T, j *job, spoil func(*bench.Run)) bench.Run {
		run := measured(t, "pass")
		run.Commit.SHA = j.head
		run.Base = new(*run.Base)
		spoil(&run)
		return run
	}
	same := func(*bench.Run) {}
	leave := func(t *testing.T, j *job, change func(*fakegithub.Artifact), files ...record.File) {
		content, err := record.Zip(files...)
		if err != nil {
			t.Fatal(err)
		}
		a := fakegithub.Artifact{Run: jobRun, Name: resultArtifact, Zip: content}
		if change != nil {
			change(&a)
		}
		j.hub.AddArtifact(a)
	}
	for name, c := range map[string]struct {
		before func(*testing.T, *job)
		says   string
	}{
		"another commit": {func(t *testing.T, j *job) {
			leave(t, j, nil, runFile(t, attempt(t, j, func(r *bench.Run) { r.Commit.SHA = j.base })))
		}, "it measured commit"},
		"another base": {func(t *testing.T, j *job) {
			leave(t, j, nil, runFile(t, attempt(t, j, func(r *bench.Run) { r.Base.SHA = j.head })))
		}, "it was compared with"},
		"another CPU": {func(t *testing.T, j *job) {
			leave(t, j, nil, runFile(t, attempt(t, j, func(r *bench.Run) { r.Environment.CPUModel = "another" })))
		}, "another kind of"},
		"an attempt that failed": {func(t *testing.T, j *job) {
			leave(t, j, nil, runFile(t, attempt(t, j, same)), record.File{Name: record.ContextFile, Content: []byte(`{"Failure": {"Step": "x", "Message": "y"}}`)})
		}, "it ended with an error"},
		"an attempt that measured nothing": {func(t *testing.T, j *job) {
			leave(t, j, nil, record.File{Name: record.ContextFile, Content: []byte(`{}`)})
		}, record.ErrNoRun.Error()},
		"a broken artifact": {func(t *testing.T, j *job) {
			leave(t, j, func(a *fakegithub.Artifact) { a.Zip = []byte("no zip") })
		}, "not a valid zip file"},
		"a run that is none": {func(t *testing.T, j *job) {
			leave(t, j, nil, record.File{Name: record.RunFile, Content: []byte(`{"schema": "proxy-bench/run/v1", "rounds": 7}`)})
		}, "reading the run"},
		"another digest": {func(t *testing.T, j *job) {
			leave(t, j, func(a *fakegithub.Artifact) { a.Digest = "sha256:" + strings.Repeat("0", 64) }, runFile(t, attempt(t, j, same)))
		}, "do not use it"},
		"an artifact that has expired": {func(t *testing.T, j *job) {
			leave(t, j, func(a *fakegithub.Artifact) { a.Expired = true }, runFile(t, attempt(t, j, same)))
		}, "has expired"},
		"no artifact": {func(*testing.T, *job) {}, "have left no artifact"},
		"no token":    {func(_ *testing.T, j *job) { j.env["INPUT_GITHUB-TOKEN"] = "" }, "there is no token"},
		"a token that may not": {func(_ *testing.T, j *job) {
			j.hub.Inject(fakegithub.Failing("actions/list-workflow-run-artifacts", 403))
		}, "listing the artifacts of run 4711"},
	} {
		t.Run(name, func(t *testing.T) {
			j := again(t)
			c.before(t, j)
			j.env["GITHUB_RUN_ATTEMPT"] = "2"
			e := j.run(t.Context())
			e.wants(t, host.ExitOK, "pass")
			if run := j.left(); run.Attempt != 2 || len(run.Earlier) > 0 {
				t.Errorf("attempt %d after %v", run.Attempt, run.Earlier)
			}
			for place, text := range map[string]string{"log": e.log, "summary": e.summary} {
				if !strings.Contains(text, "do not count here") || place == "log" && !strings.Contains(text, c.says) {
					t.Errorf("the %s lacks %q:\n%s", place, c.says, text)
				}
			}
		})
	}
}

// TestRunAgainBehindAnother: where the newest does not fit, an older one may.
func TestRunAgainBehindAnother(t *testing.T) {
	j := again(t)
	j.run(t.Context())
	j.next(2)
	other := j.left()
	other.Environment.CPUModel = "another"
	content, err := record.Zip(runFile(t, other))
	if err != nil {
		t.Fatal(err)
	}
	j.hub.AddArtifact(fakegithub.Artifact{Run: jobRun, Name: resultArtifact, Zip: content})
	j.run(t.Context()).wants(t, host.ExitOK, "pass")
	if run := j.left(); len(run.Earlier) != 1 || run.Earlier[0].Attempt != 1 {
		t.Errorf("after %v", run.Earlier)
	}
}

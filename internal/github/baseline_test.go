package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v62/github"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

const baselineName = "proxy-bench-baseline"

// history adds commits, each the child of the one before, and returns them.
func history(server *fakegithub.Server, n int) []string {
	var all, parents []string
	for i := range n {
		sha := fakegithub.SHA(fmt.Sprint("commit ", i))
		server.AddCommit(sha, parents...)
		all, parents = append(all, sha), []string{sha}
	}
	return all
}

// ran adds a run that has left an artifact.
func ran(server *fakegithub.Server, r fakegithub.Run, a fakegithub.Artifact) int64 {
	a.Run = server.AddRun(r)
	if a.Name == "" {
		a.Name = baselineName
	}
	server.AddArtifact(a)
	return a.Run
}

func query(commit string) BaselineQuery {
	return BaselineQuery{Workflow: "bench.yml", Branch: "main", Commit: commit, Artifact: baselineName}
}

func TestFindBaseline(t *testing.T) {
	type S = *fakegithub.Server
	zip := fakegithub.Artifact{Zip: []byte("zip")}
	for _, c := range []struct {
		name   string
		set    func(s S, commits []string) (want int64) // 5 commits, the last is asked for
		behind int
		says   string // empty: there is one
	}{
		{name: "of exactly the commit", set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			want := ran(s, fakegithub.Run{SHA: commits[4]}, zip)
			s.AddCommit(fakegithub.SHA("later"), commits[4])
			ran(s, fakegithub.Run{SHA: fakegithub.SHA("later")}, zip)
			return want
		}},
		{name: "of an earlier one", behind: 2, set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[0]}, zip)
			return ran(s, fakegithub.Run{SHA: commits[2]}, zip)
		}},
		{name: "the newest of several for the commit", set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[4]}, zip)
			return ran(s, fakegithub.Run{SHA: commits[4]}, zip)
		}},
		{name: "a run without the artifact is passed over", behind: 1, set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			ran(s, fakegithub.Run{SHA: commits[4]}, fakegithub.Artifact{Name: "logs"})
			ran(s, fakegithub.Run{SHA: commits[4]}, fakegithub.Artifact{Name: baselineName + "-other"})
			return want
		}},
		{name: "what was pushed over leads nowhere", behind: 4, set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[0]}, zip)
			ran(s, fakegithub.Run{SHA: fakegithub.SHA("lost")}, zip)
			s.AddCommit(fakegithub.SHA("aside"), commits[3])
			ran(s, fakegithub.Run{SHA: fakegithub.SHA("aside")}, zip)
			return want
		}},
		{name: "by the clock", set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			return ran(s, fakegithub.Run{SHA: commits[4], Event: "schedule"}, zip)
		}},
		{name: "behind many of a stranger", behind: 4, set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[0]}, zip)
			for range 150 {
				ran(s, fakegithub.Run{SHA: commits[4], HeadRepository: 2000}, zip)
			}
			return want
		}},
		{name: "another job of its run failed", behind: 1, set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[0]}, zip)
			return ran(s, fakegithub.Run{SHA: commits[3], Conclusion: "failure"}, zip)
		}},
		{name: "its run was cancelled afterwards", set: func(s S, commits []string) int64 {
			return ran(s, fakegithub.Run{SHA: commits[4], Conclusion: "cancelled"}, zip)
		}},
		{name: "another job of its run is not over", set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			return ran(s, fakegithub.Run{SHA: commits[4], Status: "in_progress"}, zip)
		}},
		{name: "an older run that started later", behind: 1, set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			ran(s, fakegithub.Run{SHA: commits[1], Event: "workflow_dispatch"}, zip)
			return want
		}},
		{name: "an older run that was repeated", behind: 1, set: func(s S, commits []string) int64 {
			old := ran(s, fakegithub.Run{SHA: commits[2]}, zip)
			want := ran(s, fakegithub.Run{SHA: commits[3]}, zip)
			s.AddArtifact(fakegithub.Artifact{Run: old, Name: baselineName, Zip: []byte("new")})
			return want
		}},
		{name: "of one commit the run that was repeated last", set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[4]}, fakegithub.Artifact{Zip: []byte("old")})
			ran(s, fakegithub.Run{SHA: commits[4], Event: "schedule"}, fakegithub.Artifact{Zip: []byte("old")})
			s.AddArtifact(fakegithub.Artifact{Run: want, Name: baselineName, Zip: []byte("zip")})
			return want
		}},
		{name: "expired, and an older run was repeated", behind: 2, set: func(s S, commits []string) int64 {
			want := ran(s, fakegithub.Run{SHA: commits[2]}, fakegithub.Artifact{Expired: true})
			ran(s, fakegithub.Run{SHA: commits[3]}, fakegithub.Artifact{Expired: true})
			s.AddArtifact(fakegithub.Artifact{Run: want, Name: baselineName, Zip: []byte("zip")})
			return want
		}},
		{name: "first run ever", says: "workflow bench.yml has not run on main yet", set: func(S, []string) int64 { return 0 }},
		{name: "nothing left", says: "none of 1 runs of workflow bench.yml on main", set: func(s S, commits []string) int64 {
			return s.AddRun(fakegithub.Run{SHA: commits[1]})
		}},
		{name: "another branch altogether", says: "of the newest 1 commits", set: func(s S, commits []string) int64 {
			s.AddCommit(fakegithub.SHA("ahead"), commits[4])
			return ran(s, fakegithub.Run{SHA: fakegithub.SHA("ahead")}, zip)
		}},
		{name: "expired", says: "has expired on 4 March 2026", set: func(s S, commits []string) int64 {
			return ran(s, fakegithub.Run{SHA: commits[4]}, fakegithub.Artifact{Expired: true})
		}},
		{name: "an earlier one expired", says: "has expired", set: func(s S, commits []string) int64 {
			return ran(s, fakegithub.Run{SHA: commits[2]}, fakegithub.Artifact{Expired: true})
		}},
		{name: "not too many commits are compared", says: "of the newest 30 commits", set: func(s S, commits []string) int64 {
			ran(s, fakegithub.Run{SHA: commits[0]}, zip)
			for i := range 140 {
				sha := fakegithub.SHA(fmt.Sprint("beside ", i))
				s.AddCommit(sha, commits[0])
				ran(s, fakegithub.Run{SHA: sha}, zip)
			}
			return 0
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client, _ := start(t)
			commits := history(server, 5)
			want := c.set(server, commits)
			got, err := client.FindBaseline(t.Context(), query(commits[4]))
			if c.says != "" {
				if err == nil || !strings.HasPrefix(err.Error(), "no baseline: ") || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err != nil || got.RunID != want || got.Behind != c.behind || got.SHA != commits[4-c.behind] {
				t.Errorf("got %+v, %v; want run %d, %d behind", got, err, want, c.behind)
			}
			if a := got.Artifact; a.Name != baselineName || a.Bytes != 3 || !strings.HasPrefix(a.Digest, "sha256:") {
				t.Errorf("artifact %+v", a)
			}
		})
	}
}

// TestPoisonedBaseline: a stranger can call the branch of a fork main, open a
// pull request from it, and have the run leave an artifact of our name. None of
// what can be done that way is ever chosen, though all of it is newer.
func TestPoisonedBaseline(t *testing.T) {
	poisons := map[string]fakegithub.Run{
		"a fork's pull request":   {HeadRepository: 2000, Event: "pull_request"},
		"said to be a push":       {HeadRepository: 2000, Event: "push"},
		"of a fork that is gone":  {HeadRepository: fakegithub.Gone, Event: "push"},
		"own, but a pull request": {Event: "pull_request"},
		"own, but with its token": {Event: "pull_request_target"},
		"another branch":          {Branch: "mian"},
		"another workflow":        {Workflow: "evil.yml", WorkflowID: 66},
	}
	server, client, _ := start(t)
	commits := history(server, 2)
	good := ran(server, fakegithub.Run{SHA: commits[0]}, fakegithub.Artifact{Zip: []byte("good")})
	for name, poison := range poisons {
		poison.SHA = commits[1]
		ran(server, poison, fakegithub.Artifact{Zip: []byte(name)})
	}
	got, err := client.FindBaseline(t.Context(), query(commits[1]))
	if err != nil || got.RunID != good || got.Behind != 1 {
		t.Errorf("got %+v, %v; want run %d", got, err, good)
	}
}

// unfiltered forgets every filter of a list on the way.
type unfiltered struct{}

func (unfiltered) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	q := r.URL.Query()
	for _, filter := range []string{"event", "branch", "status", "head_sha", "name"} {
		q.Del(filter)
	}
	r.URL.RawQuery = q.Encode()
	return http.DefaultTransport.RoundTrip(r)
}

// TestTrustNeedsNoFilter: GitHub's filters may fail or be misunderstood; the rule
// holds on what comes back.
func TestTrustNeedsNoFilter(t *testing.T) {
	server, client, _ := start(t, func(o *Options) { o.Transport = unfiltered{} })
	commits := history(server, 2)
	for _, poison := range []fakegithub.Run{
		{HeadRepository: 2000}, {HeadRepository: fakegithub.Gone}, {Event: "pull_request"}, {Branch: "mian"},
	} {
		poison.SHA = commits[1]
		ran(server, poison, fakegithub.Artifact{})
	}
	got, err := client.FindBaseline(t.Context(), query(commits[1]))
	if err == nil || !strings.Contains(err.Error(), "has not run on main yet") {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := len(server.Requests("actions/list-workflow-run-artifacts")); n != 0 {
		t.Errorf("%d runs were looked at", n)
	}
}

// TestNoRepository: two repositories that are both gone are not the same.
func TestNoRepository(t *testing.T) {
	r := &github.WorkflowRun{Event: new("push"), HeadBranch: new("main"), HeadSHA: new(shaA)}
	if trusted(r, Push, "main") {
		t.Error("a run of no repository is trusted")
	}
	r.Repository, r.HeadRepository = &github.Repository{ID: new(int64(1))}, &github.Repository{ID: new(int64(1))}
	if !trusted(r, Push, "main") {
		t.Error("one of ours is not")
	}
}

// TestSearchBounded: years of runs do not make a search of years.
func TestSearchBounded(t *testing.T) {
	server, client, _ := start(t)
	commits := history(server, 240)
	for _, sha := range commits[:120] {
		server.AddRun(fakegithub.Run{SHA: sha})
	}
	for _, sha := range commits[121:] {
		server.AddRun(fakegithub.Run{SHA: sha})
	}
	for _, c := range []struct {
		commit                     int
		says                       string
		listed, compared, lookedAt int
	}{
		{239, "none of 20 runs", 6, 19, 20}, // 1 exact, 19 earlier
		{130, "none of 1 runs", 6, 30, 1},   // 109 runs are later
		{120, "none is an ancestor", 6, 30, 0},
	} {
		before := server.Requests()
		_, err := client.FindBaseline(t.Context(), query(commits[c.commit]))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Fatalf("commit %d: got %v", c.commit, err)
		}
		count := map[string]int{}
		for _, r := range server.Requests()[len(before):] {
			count[r.Op]++
		}
		got := [3]int{count["actions/list-workflow-runs"], count["repos/compare-commits-with-basehead"], count["actions/list-workflow-run-artifacts"]}
		if got != [3]int{c.listed, c.compared, c.lookedAt} {
			t.Errorf("commit %d: %v requests, %v", c.commit, got, err)
		}
	}
}

func TestFindBaselineMistakes(t *testing.T) {
	server, client, _ := start(t)
	good := query(shaA)
	for want, change := range map[string]func(*BaselineQuery){
		"not the full name": func(q *BaselineQuery) { q.Commit = "main" },
		"file name or id":   func(q *BaselineQuery) { q.Workflow = ".github/workflows/bench.yml" },
		`branch ""`:         func(q *BaselineQuery) { q.Branch = "" },
		`artifact ""`:       func(q *BaselineQuery) { q.Artifact = "" },
	} {
		bad := good
		change(&bad)
		if _, err := client.FindBaseline(t.Context(), bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	server.Inject(fakegithub.ReadOnly(""))
	for _, op := range []string{"actions/list-workflow-runs", "repos/compare-commits-with-basehead", "actions/list-workflow-run-artifacts"} {
		server.Mend()
		server.Inject(fakegithub.Fault{Op: op, Status: 403, Message: "Resource not accessible by integration"})
		commits := history(server, 2)
		ran(server, fakegithub.Run{SHA: commits[0]}, fakegithub.Artifact{})
		if _, err := client.FindBaseline(t.Context(), query(commits[1])); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: got %v", op, err)
		}
	}
}

// TestOwnRun: a run on main that is repeated is not compared with its earlier attempt.
func TestOwnRun(t *testing.T) {
	server, client, _ := start(t)
	commits := history(server, 2)
	want := ran(server, fakegithub.Run{SHA: commits[0]}, fakegithub.Artifact{})
	q := query(commits[1])
	q.Run = ran(server, fakegithub.Run{SHA: commits[1], Event: "schedule"}, fakegithub.Artifact{})
	if got, err := client.FindBaseline(t.Context(), q); err != nil || got.RunID != want {
		t.Errorf("got %+v, %v; want run %d", got, err, want)
	}
}

// TestNever tells what has never been from what is no more.
func TestNever(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(*fakegithub.Server, []string)
		never bool
		says  string
	}{
		"no run":      {func(*fakegithub.Server, []string) {}, true, "on: push: branches: [main]"},
		"no artifact": {func(s *fakegithub.Server, commits []string) { s.AddRun(fakegithub.Run{ID: 4812, SHA: commits[0]}) }, true, "the log of the newest, run 4812,"},
		"no such file": {func(s *fakegithub.Server, _ []string) {
			s.Inject(fakegithub.Failing("actions/list-workflow-runs", 404))
		}, true, "the input baseline-workflow takes the name of the file"},
		"expired": {func(s *fakegithub.Server, commits []string) {
			ran(s, fakegithub.Run{SHA: commits[0]}, fakegithub.Artifact{Expired: true})
		}, false, "run the workflow on main again"},
		"of no ancestor": {func(s *fakegithub.Server, _ []string) { ran(s, fakegithub.Run{SHA: shaA}, fakegithub.Artifact{}) }, false, "bring the branch up to date"},
	} {
		t.Run(name, func(t *testing.T) {
			server, client, _ := start(t)
			commits := history(server, 2)
			c.set(server, commits)
			_, err := client.FindBaseline(t.Context(), query(commits[1]))
			none, ok := errors.AsType[*NoBaselineError](err)
			if !ok || none.Never != c.never || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestPullRequestRuns counts by one request, however many there are.
func TestPullRequestRuns(t *testing.T) {
	server, client, _ := start(t)
	for range 130 {
		server.AddRun(fakegithub.Run{SHA: shaA, Event: "pull_request", Branch: "topic"})
	}
	server.AddRun(fakegithub.Run{SHA: shaA})
	server.AddRun(fakegithub.Run{SHA: shaA, Event: "pull_request", Workflow: "other.yml", WorkflowID: 78})
	if n, err := client.PullRequestRuns(t.Context(), "bench.yml"); n != 130 || err != nil || len(server.Requests()) != 1 {
		t.Errorf("%d runs, %v, by %d requests", n, err, len(server.Requests()))
	}
	server.Inject(fakegithub.Failing("actions/list-workflow-runs", 404))
	if _, err := client.PullRequestRuns(t.Context(), "bench.yml"); err == nil {
		t.Error("no error")
	}
}

// TestByWorkflowID: a workflow can be named by its id as well.
func TestByWorkflowID(t *testing.T) {
	server, client, _ := start(t)
	commits := history(server, 1)
	want := ran(server, fakegithub.Run{SHA: commits[0], WorkflowID: 4711}, fakegithub.Artifact{})
	q := query(commits[0])
	q.Workflow = "4711"
	if got, err := client.FindBaseline(t.Context(), q); err != nil || got.RunID != want {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWorkflowFile(t *testing.T) {
	for ref, want := range map[string]string{
		"octo/shop/.github/workflows/ci.yml@refs/heads/main":          "ci.yml",
		"octo/shop/.github/workflows/ci.v2.yaml@refs/pull/1/merge":    "ci.v2.yaml",
		"octo/shop/.github/workflows/ci.yml@refs/heads/a@b/workflows": "ci.yml",
		"": "", "octo/shop/ci.yml@x": "", "octo/shop/.github/workflows/a/b.yml@x": "", "o/r/.github/workflows/ci@x": "",
		"octo/shop/dynamic/pages/build@refs/heads/.github/workflows/x.yml": "",
	} {
		got, err := WorkflowFile(ref)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v", ref, got, err)
		}
	}
}

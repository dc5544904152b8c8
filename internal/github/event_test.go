package github

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const (
	shaA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	shaB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	none = "0000000000000000000000000000000000000000"
)

// inShop adds what every event of the repository octo/shop has.
func inShop(fields string) string {
	return `{"repository": ` + shop + `, "sender": {"login": "ann"}` + fields + `}`
}

const shop = `{"id": 1000, "name": "shop", "owner": {"login": "octo"}, "default_branch": "main"}`

// pullJSON is a pull request whose head lies in the given repository.
func pullJSON(headRepo string) string {
	return fmt.Sprintf(`, "action": "opened", "pull_request": {"number": 7, "title": "x", "user": {"login": "ann"}, "labels": [{"name": "slow", "color": "fff"}, {"name": "a b"}],
		"head": {"ref": "faster", "sha": %q, "repo": %s}, "base": {"ref": "main", "sha": %q, "repo": %s}}`, shaA, headRepo, shaB, shop)
}

const (
	fork     = `{"id": 2000, "name": "shop", "owner": {"login": "eve"}, "default_branch": "main"}`
	pushJSON = `, "ref": "refs/heads/main", "before": "` + shaA + `", "after": "` + shaB + `", "deleted": false, "commits": []`
	runJSON  = `, "workflow_run": {"id": 5, "run_number": 3, "run_attempt": 2, "workflow_id": 77, "path": ".github/workflows/bench.yml", "event": "pull_request",
		"conclusion": "failure", "head_sha": "` + shaA + `", "head_branch": "main", "actor": {"login": "eve"}, "head_repository": ` + fork + `, "pull_requests": []}`
	groupJSON = `, "merge_group": {"base_sha": "` + shaA + `", "head_sha": "` + shaB + `", "base_ref": "refs/heads/main", "head_ref": "refs/heads/gh-readonly-queue/main/pr-7"}`
)

func TestParseEvent(t *testing.T) {
	repo := Repository{1000, Owner{"octo"}, "shop", "main"}
	pull := PullRequest{Number: 7, Head: Side{"faster", shaA, &repo}, Base: Side{"main", shaB, &repo}, Labels: []Label{{"slow"}, {"a b"}}, User: Owner{"ann"}}
	eves := Repository{2000, Owner{"eve"}, "shop", "main"}
	forked, gone := pull, pull
	forked.Head.Repo, gone.Head.Repo = &eves, nil
	if pull.Fork() || !forked.Fork() || !gone.Fork() {
		t.Error("forks are not told from branches")
	}
	run := FinishedRun{5, 2, 77, "pull_request", shaA, "main", &eves, Owner{"eve"}}
	orphan := run
	orphan.HeadRepository = nil

	for _, c := range []struct {
		name, event, file string
		want              Event
	}{
		{"own branch", "pull_request", inShop(pullJSON(shop)), Event{Kind: PullRequested, Action: "opened", Repository: repo, PullRequest: &pull}},
		{"fork", "pull_request", inShop(pullJSON(fork)), Event{Kind: PullRequested, Action: "opened", Repository: repo, PullRequest: &forked}},
		{"deleted fork", "pull_request", inShop(pullJSON("null")), Event{Kind: PullRequested, Action: "opened", Repository: repo, PullRequest: &gone}},
		{"push", "push", inShop(pushJSON), Event{Kind: Push, Repository: repo, Pushed: Pushed{Ref: "refs/heads/main", Before: shaA, After: shaB}}},
		{"new branch", "push", inShop(strings.Replace(pushJSON, shaA, none, 1)), Event{Kind: Push, Repository: repo, Pushed: Pushed{Ref: "refs/heads/main", After: shaB}}},
		{
			"deleted branch", "push", inShop(strings.Replace(strings.Replace(pushJSON, shaB, none, 1), "false", "true", 1)),
			Event{Kind: Push, Repository: repo, Pushed: Pushed{Ref: "refs/heads/main", Before: shaA, Deleted: true}},
		},
		{
			"annotated tag", "push", inShop(strings.Replace(pushJSON, "heads/main", "tags/v1", 1) + `, "head_commit": {"id": "` + shaA + `"}`),
			Event{Kind: Push, Repository: repo, Pushed: tagged(shaA)},
		},
		{"merge queue", "merge_group", inShop(groupJSON), Event{Kind: MergeQueued, Repository: repo, MergeGroup: &MergeGroup{shaA, shaB, "refs/heads/main"}}},
		{"by hand", "workflow_dispatch", inShop(`, "inputs": {"a": "b"}, "ref": "refs/heads/main"`), Event{Kind: WorkflowDispatch, Repository: repo}},
		{"by the clock", "schedule", inShop(`, "schedule": "0 0 * * *"`), Event{Kind: Schedule, Repository: repo}},
		{"by the clock, bare", "schedule", `{"schedule": "0 0 * * *"}`, Event{Kind: Schedule}},
		{"finished run", "workflow_run", inShop(runJSON), Event{Kind: WorkflowFinished, Repository: repo, Run: &run}},
		{"finished run of a deleted fork", "workflow_run", inShop(strings.Replace(runJSON, fork, "null", 1)), Event{Kind: WorkflowFinished, Repository: repo, Run: &orphan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseEvent(c.event, []byte(c.file))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

// tagged is a push of a tag whose commit the event names.
func tagged(sha string) Pushed {
	p := Pushed{Ref: "refs/tags/v1", Before: shaA, After: sha}
	p.HeadCommit.ID = sha
	return p
}

// TestReadOnlyRuns: those of forks and of Dependabot, whatever its branches are called.
func TestReadOnlyRuns(t *testing.T) {
	ours, eves := Repository{ID: 1}, Repository{ID: 2}
	bot, ann := Owner{DependabotLogin}, Owner{"ann"}
	for name, c := range map[string]struct {
		from         *Repository
		actor, opens Owner
		want         bool
	}{
		"own branch":                         {&ours, ann, ann, false},
		"fork":                               {&eves, ann, ann, true},
		"deleted fork":                       {nil, ann, ann, true},
		"Dependabot":                         {&ours, bot, bot, true},
		"somebody pushes to its branch":      {&ours, ann, bot, true}, // both may answer, which does no harm
		"it pushes to somebody's":            {&ours, bot, ann, true},
		"an event that does not say who did": {&ours, Owner{}, bot, true},
	} {
		p := PullRequest{Head: Side{Repo: c.from}, Base: Side{Repo: &ours}, User: c.opens}
		if got := (&FinishedRun{Actor: c.actor}).ReadOnly(p); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestParseEventMistakes(t *testing.T) {
	pull := inShop(pullJSON(shop))
	for _, c := range []struct{ name, event, file, want string }{
		{"no JSON", "push", `{"repository": `, "unexpected end"},
		{"empty", "push", `{}`, "repository is not there"},
		{"nothing to judge", "pull_request", inShop(""), "pull_request is not there"},
		{"no queue", "merge_group", inShop(""), "merge_group is not there"},
		{"no run", "workflow_run", inShop(""), "workflow_run is not there"},
		{"no commit", "pull_request", strings.Replace(pull, shaA, "HEAD", 1), `pull_request.head.sha is "HEAD"`},
		{"an option for a commit", "pull_request", strings.Replace(pull, shaB, "--upload-pack=x", 1), `pull_request.base.sha is "--upload-pack=x"`},
		{"zeros where a commit must be", "push", inShop(strings.Replace(pushJSON, shaB, none, 1)), `after is ""`},
		{"no number", "pull_request", strings.Replace(pull, `"number": 7`, `"number": 0`, 1), "pull_request.number is 0"},
		{"no ref", "push", inShop(strings.Replace(pushJSON, "refs/heads/main", "main", 1)), `ref is "main"`},
		{"a tag in the queue", "merge_group", inShop(strings.Replace(groupJSON, "refs/heads/main", "refs/tags/main", 1)), "no branch"},
		{"a path for a name", "push", strings.Replace(inShop(pushJSON), `"name": "shop"`, `"name": "../../user"`, 1), "no repository can be"},
		{"dots for a name", "push", strings.Replace(inShop(pushJSON), `"name": "shop"`, `"name": ".."`, 1), "no repository can be"},
		{"an id missing", "push", strings.Replace(inShop(pushJSON), `"id": 1000`, `"id": 0`, 1), "repository.id is 0"},
		{"run without id", "workflow_run", strings.Replace(inShop(runJSON), `"id": 5`, `"id": -5`, 1), "id -5"},
		{"too long", "push", strings.Repeat(" ", EventLimit) + "{}", "at most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseEvent(c.event, []byte(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "the file of event "+c.event) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestRefusedEvents(t *testing.T) {
	for name, instead := range map[string]string{
		"pull_request_target": "pull_request, and for forks", "issue_comment": "pull_request, or workflow_dispatch", "release": "push, pull_request", "": "push",
	} {
		_, err := ParseEvent(name, []byte(inShop(pullJSON(shop))))
		if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("event %q: ", name)) || !strings.Contains(err.Error(), "use "+instead) {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func TestBranch(t *testing.T) {
	for ref, want := range map[string]string{"refs/heads/main": "main", "refs/heads/a/b": "a/b", "refs/tags/v1": ""} {
		if got := (&Pushed{Ref: ref}).Branch(); got != want {
			t.Errorf("%s: got %q", ref, got)
		}
	}
}

// FuzzParseEvent: whatever the file holds, an event that is accepted names
// commits, repositories and numbers that can go into a request or to git.
func FuzzParseEvent(f *testing.F) {
	for _, fields := range []string{pullJSON(shop), pullJSON(fork), pullJSON("null"), pushJSON, groupJSON, runJSON, ""} {
		for _, kind := range supported {
			f.Add(string(kind), []byte(inShop(fields)))
		}
	}
	files, err := filepath.Glob("../../testdata/github/events/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d payloads, %v", len(files), err)
	}
	for _, path := range files {
		payload, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, kind := range supported {
			if strings.HasPrefix(filepath.Base(path), string(kind)) {
				f.Add(string(kind), payload)
			}
		}
	}
	f.Fuzz(func(t *testing.T, name string, file []byte) {
		e, err := ParseEvent(name, file)
		if err != nil {
			return
		}
		if e.Kind != Schedule && (e.Repository.ID <= 0 || !validName(e.Repository.Owner.Login) || !validName(e.Repository.Name)) {
			t.Errorf("repository %+v", e.Repository)
		}
		var commits []string
		set := 0
		if p := e.PullRequest; p != nil {
			set++
			commits = append(commits, p.Head.SHA, p.Base.SHA)
			if p.Number <= 0 || p.Base.Ref == "" || !p.Fork() && p.Head.Repo.ID == 0 {
				t.Errorf("pull request %+v", p)
			}
		}
		if g := e.MergeGroup; g != nil {
			set++
			commits = append(commits, g.BaseSHA, g.HeadSHA)
			if g.BaseBranch() == "" {
				t.Errorf("merge group %+v", g)
			}
		}
		if p := e.Pushed; p != (Pushed{}) {
			set++
			if !p.Deleted {
				commits = append(commits, p.After)
			}
		}
		if r := e.Run; r != nil {
			set++
			commits = append(commits, r.HeadSHA)
		}
		for _, sha := range commits {
			if !isSHA(sha) {
				t.Errorf("commit %q", sha)
			}
		}
		if want := map[Kind]int{Schedule: 0, WorkflowDispatch: 0}; set != 1 && set != want[e.Kind] || set > 1 {
			t.Errorf("%d parts are set for %s", set, e.Kind)
		}
	})
}

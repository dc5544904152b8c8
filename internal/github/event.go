package github

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// EventLimit is the most bytes that an event file may have. "Payloads are
// capped at 25 MB", https://docs.github.com/webhooks/webhook-events-and-payloads.
const EventLimit = 25 << 20

// Kind is the name of an event, as GITHUB_EVENT_NAME has it.
type Kind string

// The events that a run can be started by.
const (
	Push             Kind = "push"
	PullRequested    Kind = "pull_request"
	MergeQueued      Kind = "merge_group"
	WorkflowDispatch Kind = "workflow_dispatch"
	Schedule         Kind = "schedule"
	WorkflowFinished Kind = "workflow_run"
)

// Event is what started the run: the part of its file that we read. Fields that are
// not here cannot break a run when GitHub changes them, which is why these are not
// go-github's types. Only the part that belongs to Kind is set; workflow_dispatch and
// schedule have none.
type Event struct {
	Kind Kind `json:"-"`
	// Action is what happened to a pull request: opened, synchronize, labeled, closed.
	Action string `json:"action"`
	// Repository is where the workflow runs. The event of a schedule may lack it.
	Repository  Repository   `json:"repository"`
	PullRequest *PullRequest `json:"pull_request"`
	MergeGroup  *MergeGroup  `json:"merge_group"`
	Run         *FinishedRun `json:"workflow_run"`
	Pushed
}

// Repository names a repository. ID stays when it is renamed.
type Repository struct {
	ID            int64  `json:"id"`
	Owner         Owner  `json:"owner"`
	Name          string `json:"name"`
	DefaultBranch string `json:"default_branch"`
}

// Owner is a user or an organisation.
type Owner struct {
	Login string `json:"login"`
}

// PullRequest is a pull request as it was when it was read: its labels and its
// head may have changed since.
type PullRequest struct {
	Number int     `json:"number"`
	Head   Side    `json:"head"` // the author's commit, not the merge commit that is checked out
	Base   Side    `json:"base"`
	Labels []Label `json:"labels"`
	User   Owner   `json:"user"` // who opened it
}

// Side is the head or the base of a pull request. Repo is nil when it is gone.
type Side struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo *Repository `json:"repo"`
}

// Label is a label of a pull request.
type Label struct {
	Name string `json:"name"`
}

// Fork says that the head lies in another repository, or in one that is gone: the
// run's token can only read.
func (p *PullRequest) Fork() bool { return p.Head.Repo == nil || p.Head.Repo.ID != p.Base.Repo.ID }

// MergeGroup is what a merge queue wants to have checked.
type MergeGroup struct {
	BaseSHA string `json:"base_sha"`
	HeadSHA string `json:"head_sha"`
	BaseRef string `json:"base_ref"`
}

// BaseBranch is the branch that the group is to be merged into.
func (g *MergeGroup) BaseBranch() string { return branch(g.BaseRef) }

// Pushed is a branch or tag that has moved.
type Pushed struct {
	Ref string `json:"ref"` // in full, refs/heads/main
	// Before and After are commits. Before is empty when the ref is new, After
	// when Deleted.
	Before  string `json:"before"`
	After   string `json:"after"`
	Deleted bool   `json:"deleted"`
	// HeadCommit is the commit that After leads to. An annotated tag is an object of its
	// own, which After names.
	HeadCommit struct {
		ID string `json:"id"`
	} `json:"head_commit"`
}

// Tag says that a tag moved.
func (p *Pushed) Tag() bool { return strings.HasPrefix(p.Ref, "refs/tags/") }

// Branch is the branch that moved, or empty for a tag.
func (p *Pushed) Branch() string { return branch(p.Ref) }

// FinishedRun is the run that a workflow_run event reports. All of it comes
// from GitHub, but what it names may be a stranger's: HeadBranch of a fork can
// be called main.
type FinishedRun struct {
	ID         int64  `json:"id"`
	Attempt    int64  `json:"run_attempt"`
	WorkflowID int64  `json:"workflow_id"`
	Event      string `json:"event"` // what started it
	HeadSHA    string `json:"head_sha"`
	HeadBranch string `json:"head_branch"`
	// HeadRepository is nil when it is gone.
	HeadRepository *Repository `json:"head_repository"`
	Actor          Owner       `json:"actor"` // who started it
}

// DependabotLogin is who opens the pull requests of Dependabot and starts their runs,
// whose token can only read. The names of its branches can be configured.
const DependabotLogin = "dependabot[bot]"

// ReadOnly says that the run of a pull request had a token that can only read.
func (r *FinishedRun) ReadOnly(p PullRequest) bool {
	return p.Fork() || r.Actor.Login == DependabotLogin || p.User.Login == DependabotLogin
}

var supported = []Kind{Push, PullRequested, MergeQueued, WorkflowDispatch, Schedule, WorkflowFinished}

// refused are the events that would run a stranger's code with a token that can
// write, or that have no commit of their own to judge.
var refused = map[string]string{
	"pull_request_target": "it would build a stranger's code with a token that may write; use pull_request, and for forks a second workflow on workflow_run that only publishes",
	"issue_comment":       "anyone who can comment could start it, and it belongs to no commit; use pull_request, or workflow_dispatch to start a run by hand",
}

// ParseEvent reads the event's file, whose name is GITHUB_EVENT_PATH, under the
// event's name, GITHUB_EVENT_NAME. The error for an event that must not start a run
// says what to use instead.
func ParseEvent(name string, file []byte) (Event, error) {
	reason := refused[name]
	if reason == "" && !slices.Contains(supported, Kind(name)) {
		reason = "it is not supported; use push, pull_request, merge_group, workflow_dispatch, schedule or workflow_run"
	}
	if reason != "" {
		return Event{}, fmt.Errorf("event %q: %s", name, reason)
	}
	event, err := read(Kind(name), file)
	if err != nil {
		return Event{}, fmt.Errorf("the file of event %s: %w", name, err)
	}
	return event, nil
}

// read takes from the file what belongs to the kind of event, and checks it.
func read(kind Kind, file []byte) (Event, error) {
	if len(file) > EventLimit {
		return Event{}, fmt.Errorf("it has %d bytes, GitHub sends at most %d", len(file), EventLimit)
	}
	var all Event
	if err := json.Unmarshal(file, &all); err != nil {
		return Event{}, err
	}
	event := Event{Kind: kind, Repository: all.Repository}
	if kind != Schedule || all.Repository != (Repository{}) {
		if err := event.Repository.check("repository"); err != nil {
			return Event{}, err
		}
	}
	switch kind {
	case Push:
		event.Pushed = all.Pushed
		return event, event.Pushed.check()
	case PullRequested:
		event.Action, event.PullRequest = all.Action, all.PullRequest
		return event, event.PullRequest.check("pull_request")
	case MergeQueued:
		event.MergeGroup = all.MergeGroup
		return event, event.MergeGroup.check()
	case WorkflowFinished:
		event.Run = all.Run
		return event, event.Run.check()
	}
	return event, nil
}

package github

import (
	"encoding/json"
	"fmt"
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

// Event is what started the run. Of the pointers only the one that belongs to
// Kind is set; workflow_dispatch and schedule have none.
type Event struct {
	Kind Kind
	// Repository is where the workflow runs. The event of a schedule may lack it.
	Repository  Repository
	PullRequest *PullRequest
	MergeGroup  *MergeGroup
	Pushed      *Pushed
	Run         *FinishedRun
}

// Repository names a repository. ID stays when it is renamed.
type Repository struct {
	ID            int64
	Owner, Name   string
	DefaultBranch string
}

// PullRequest is a pull request as it was when it was read: its labels and its
// head may have changed since.
type PullRequest struct {
	Number     int
	HeadSHA    string // the author's commit, not the merge commit that is checked out
	BaseSHA    string
	BaseBranch string
	// HeadRepositoryID is 0 when the repository of the head is gone.
	HeadRepositoryID int64
	// Fork says that the head lies in another repository, or in one that is
	// gone: the run's token can only read.
	Fork   bool
	Labels []string
}

// MergeGroup is what a merge queue wants to have checked.
type MergeGroup struct {
	BaseSHA, HeadSHA string
	BaseBranch       string
}

// Pushed is a branch or tag that has moved.
type Pushed struct {
	Ref string // in full, refs/heads/main
	// Before and After are commits. Before is empty when the ref is new, After
	// when Deleted.
	Before, After string
	Deleted       bool
}

// Branch is the branch that moved, or empty for a tag.
func (p Pushed) Branch() string { return branch(p.Ref) }

// FinishedRun is the run that a workflow_run event reports. All of it comes
// from GitHub, but what it names may be a stranger's: HeadBranch of a fork can
// be called main.
type FinishedRun struct {
	ID         int64
	Number     int64 // counts the runs of this workflow
	Attempt    int64
	WorkflowID int64
	Path       string // .github/workflows/NAME.yml
	Event      string // what started it
	Conclusion string // success, failure, cancelled, ...
	HeadSHA    string
	HeadBranch string
	// HeadRepository is zero when it is gone.
	HeadRepository Repository
}

// EventError says that a run by this event is refused.
type EventError struct {
	Name    string // of the event
	Reason  string
	Instead string // what to do
}

func (e *EventError) Error() string {
	return fmt.Sprintf("event %q: %s; %s", e.Name, e.Reason, e.Instead)
}

// supported has the function that reads the payload of each event.
var supported = map[Kind]func(payload, *Event) error{
	Push:             payload.push,
	PullRequested:    payload.pullRequest,
	MergeQueued:      payload.mergeGroup,
	WorkflowDispatch: payload.nothing,
	Schedule:         payload.nothing,
	WorkflowFinished: payload.finishedRun,
}

// refused are the events that would run a stranger's code with a token that can
// write, or that have no commit of their own to judge.
var refused = map[string]EventError{
	"pull_request_target": {
		Reason:  "it would build a stranger's code with a token that may write",
		Instead: "use pull_request, and for forks a second workflow on workflow_run that only publishes",
	},
	"issue_comment": {
		Reason:  "anyone who can comment could start it, and it belongs to no commit",
		Instead: "use pull_request, or workflow_dispatch to start a run by hand",
	},
}

// ParseEvent reads the event's file, whose name is GITHUB_EVENT_PATH, under the
// event's name, GITHUB_EVENT_NAME. An event that must not start a run is an
// [*EventError].
func ParseEvent(name string, file []byte) (Event, error) {
	if r, ok := refused[name]; ok {
		r.Name = name
		return Event{}, &r
	}
	read, ok := supported[Kind(name)]
	if !ok {
		return Event{}, &EventError{name, "it is not supported", "use push, pull_request, merge_group, workflow_dispatch, schedule or workflow_run"}
	}
	event := Event{Kind: Kind(name)}
	if err := event.fill(file, read); err != nil {
		return Event{}, fmt.Errorf("the file of event %s: %w", name, err)
	}
	return event, nil
}

func (e *Event) fill(file []byte, read func(payload, *Event) error) error {
	if len(file) > EventLimit {
		return fmt.Errorf("it has %d bytes, GitHub sends at most %d", len(file), EventLimit)
	}
	var p payload
	if err := json.Unmarshal(file, &p); err != nil {
		return err
	}
	if p.Repository != nil || e.Kind != Schedule {
		var err error
		if e.Repository, err = p.Repository.checked("repository"); err != nil {
			return err
		}
	}
	return read(p, e)
}

package github

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// payload is the part of an event's file that we read. Fields that are not here
// cannot break a run when GitHub changes them, which is why these are not
// go-github's types.
type payload struct {
	Repository  *repository  `json:"repository"`
	PullRequest *pullRequest `json:"pull_request"`
	MergeGroup  *struct {
		BaseSHA string `json:"base_sha"`
		HeadSHA string `json:"head_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	Ref         string       `json:"ref"`
	Before      string       `json:"before"`
	After       string       `json:"after"`
	Deleted     bool         `json:"deleted"`
	WorkflowRun *finishedRun `json:"workflow_run"`
}

type repository struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Owner struct {
		Login string `json:"login"`
	} `json:"owner"`
	DefaultBranch string `json:"default_branch"`
}

type pullRequest struct {
	Number int  `json:"number"`
	Head   side `json:"head"`
	Base   side `json:"base"`
	Labels []struct {
		Name string `json:"name"`
	} `json:"labels"`
}

type side struct {
	Ref  string      `json:"ref"`
	SHA  string      `json:"sha"`
	Repo *repository `json:"repo"`
}

type finishedRun struct {
	ID             int64       `json:"id"`
	RunNumber      int64       `json:"run_number"`
	RunAttempt     int64       `json:"run_attempt"`
	WorkflowID     int64       `json:"workflow_id"`
	Path           string      `json:"path"`
	Event          string      `json:"event"`
	Conclusion     string      `json:"conclusion"`
	HeadSHA        string      `json:"head_sha"`
	HeadBranch     string      `json:"head_branch"`
	HeadRepository *repository `json:"head_repository"`
}

func (payload) nothing(*Event) error { return nil }

func (p payload) push(e *Event) error {
	pushed := Pushed{Ref: p.Ref, Before: p.Before, After: p.After, Deleted: p.Deleted}
	if !strings.HasPrefix(p.Ref, "refs/") {
		return fmt.Errorf("ref is %q, which is no full name of a branch or tag", p.Ref)
	}
	for _, sha := range []*string{&pushed.Before, &pushed.After} {
		if strings.Trim(*sha, "0") == "" {
			*sha = "" // GitHub writes zeros for "no commit"
		}
	}
	e.Pushed = &pushed
	return shas{{"before", pushed.Before, true}, {"after", pushed.After, p.Deleted}}.check()
}

func (p payload) pullRequest(e *Event) error {
	if p.PullRequest == nil {
		return errors.New("pull_request is not there")
	}
	pr, err := p.PullRequest.plain("pull_request")
	e.PullRequest = &pr
	return err
}

func (p payload) mergeGroup(e *Event) error {
	g := p.MergeGroup
	if g == nil {
		return errors.New("merge_group is not there")
	}
	e.MergeGroup = &MergeGroup{BaseSHA: g.BaseSHA, HeadSHA: g.HeadSHA, BaseBranch: branch(g.BaseRef)}
	if e.MergeGroup.BaseBranch == "" {
		return fmt.Errorf("merge_group.base_ref is %q, which is no branch", g.BaseRef)
	}
	return shas{{"merge_group.base_sha", g.BaseSHA, false}, {"merge_group.head_sha", g.HeadSHA, false}}.check()
}

func (p payload) finishedRun(e *Event) error {
	r := p.WorkflowRun
	if r == nil {
		return errors.New("workflow_run is not there")
	}
	e.Run = &FinishedRun{
		ID: r.ID, Number: r.RunNumber, Attempt: r.RunAttempt, WorkflowID: r.WorkflowID, Path: r.Path,
		Event: r.Event, Conclusion: r.Conclusion, HeadSHA: r.HeadSHA, HeadBranch: r.HeadBranch,
	}
	if r.ID <= 0 || r.WorkflowID <= 0 {
		return fmt.Errorf("workflow_run has id %d of workflow %d, expected numbers above 0", r.ID, r.WorkflowID)
	}
	if r.HeadRepository != nil {
		var err error
		if e.Run.HeadRepository, err = r.HeadRepository.checked("workflow_run.head_repository"); err != nil {
			return err
		}
	}
	return shas{{"workflow_run.head_sha", r.HeadSHA, false}}.check()
}

// plain checks a pull request and applies the rule for forks.
func (p *pullRequest) plain(field string) (PullRequest, error) {
	pr := PullRequest{Number: p.Number, HeadSHA: p.Head.SHA, BaseSHA: p.Base.SHA, BaseBranch: p.Base.Ref}
	if p.Number <= 0 {
		return pr, fmt.Errorf("%s.number is %d, expected one above 0", field, p.Number)
	}
	if p.Base.Ref == "" {
		return pr, fmt.Errorf("%s.base.ref is empty", field)
	}
	base, err := p.Base.Repo.checked(field + ".base.repo")
	if err != nil {
		return pr, err
	}
	if p.Head.Repo != nil {
		pr.HeadRepositoryID = p.Head.Repo.ID
	}
	pr.Fork = pr.HeadRepositoryID != base.ID
	for _, l := range p.Labels {
		pr.Labels = append(pr.Labels, l.Name)
	}
	return pr, shas{{field + ".head.sha", pr.HeadSHA, false}, {field + ".base.sha", pr.BaseSHA, false}}.check()
}

// named are the characters that GitHub allows for owners and repositories; they
// go into the path of requests.
var named = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func validName(s string) bool { return named.MatchString(s) && strings.Trim(s, ".") != "" }

func (r *repository) checked(field string) (Repository, error) {
	switch {
	case r == nil:
		return Repository{}, fmt.Errorf("%s is not there", field)
	case r.ID <= 0:
		return Repository{}, fmt.Errorf("%s.id is %d, expected a number above 0", field, r.ID)
	case !validName(r.Owner.Login) || !validName(r.Name):
		return Repository{}, fmt.Errorf("%s is owned by %q and named %q, which no repository can be", field, r.Owner.Login, r.Name)
	}
	return Repository{ID: r.ID, Owner: r.Owner.Login, Name: r.Name, DefaultBranch: r.DefaultBranch}, nil
}

// shas are fields that have to hold a commit.
type shas []struct {
	field, sha string
	optional   bool
}

func (s shas) check() error {
	for _, f := range s {
		if !isSHA(f.sha) && !(f.optional && f.sha == "") {
			return fmt.Errorf("%s is %q, expected the 40 hexadecimal digits of a commit", f.field, f.sha)
		}
	}
	return nil
}

// isSHA takes SHA-1 and SHA-256, in lower case as git prints them.
func isSHA(s string) bool {
	return slices.Contains([]int{40, 64}, len(s)) && strings.Trim(s, "0123456789abcdef") == ""
}

// branch is the branch of a full ref name, or empty.
func branch(ref string) string {
	name, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok {
		return ""
	}
	return name
}

package github

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// check also empties the zeros that GitHub writes for "no commit", and has After name a
// commit where the event knows it.
func (p *Pushed) check() error {
	if !strings.HasPrefix(p.Ref, "refs/") {
		return fmt.Errorf("ref is %q, which is no full name of a branch or tag", p.Ref)
	}
	for _, sha := range []*string{&p.Before, &p.After} {
		if strings.Trim(*sha, "0") == "" {
			*sha = ""
		}
	}
	if p.Tag() && p.HeadCommit.ID != "" {
		p.After = p.HeadCommit.ID
	}
	return shas{{"before", p.Before, true}, {"after", p.After, p.Deleted}}.check()
}

func (p *PullRequest) check(field string) error {
	switch {
	case p == nil:
		return fmt.Errorf("%s is not there", field)
	case p.Number <= 0:
		return fmt.Errorf("%s.number is %d, expected one above 0", field, p.Number)
	case p.Base.Ref == "":
		return fmt.Errorf("%s.base.ref is empty", field)
	}
	if err := p.Base.Repo.check(field + ".base.repo"); err != nil {
		return err
	}
	return shas{{field + ".head.sha", p.Head.SHA, false}, {field + ".base.sha", p.Base.SHA, false}}.check()
}

func (g *MergeGroup) check() error {
	if g == nil {
		return errors.New("merge_group is not there")
	}
	if g.BaseBranch() == "" {
		return fmt.Errorf("merge_group.base_ref is %q, which is no branch", g.BaseRef)
	}
	return shas{{"merge_group.base_sha", g.BaseSHA, false}, {"merge_group.head_sha", g.HeadSHA, false}}.check()
}

func (r *FinishedRun) check() error {
	if r == nil {
		return errors.New("workflow_run is not there")
	}
	if r.ID <= 0 || r.WorkflowID <= 0 {
		return fmt.Errorf("workflow_run has id %d of workflow %d, expected numbers above 0", r.ID, r.WorkflowID)
	}
	if r.HeadRepository != nil {
		if err := r.HeadRepository.check("workflow_run.head_repository"); err != nil {
			return err
		}
	}
	return shas{{"workflow_run.head_sha", r.HeadSHA, false}}.check()
}

// named are the characters that GitHub allows for owners and repositories; they
// go into the path of requests.
var named = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

func validName(s string) bool { return named.MatchString(s) && strings.Trim(s, ".") != "" }

func (r *Repository) check(field string) error {
	switch {
	case r == nil || *r == (Repository{}):
		return fmt.Errorf("%s is not there", field)
	case r.ID <= 0:
		return fmt.Errorf("%s.id is %d, expected a number above 0", field, r.ID)
	case !validName(r.Owner.Login) || !validName(r.Name):
		return fmt.Errorf("%s is owned by %q and named %q, which no repository can be", field, r.Owner.Login, r.Name)
	}
	return nil
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

package github

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/go-github/v62/github"
)

// StatusLimit is the most characters of a status's description. GitHub refuses
// more with "description is too long (maximum is 140 characters)".
const StatusLimit = 140

// Status is a commit status. It knows no neutral: what is not to stop a merge is
// a success whose description says the rest.
type Status struct {
	SHA         string // the author's commit
	Context     string // its name; a later status of the same name replaces it
	Failed      bool
	Description string // plain text
	URL         string // of the details; may be empty
}

// CreateStatus sets the status of a commit.
func (c *Client) CreateStatus(ctx context.Context, s Status) error {
	doing := fmt.Sprintf("setting status %s of commit %.12s", oneLine(s.Context), s.SHA)
	if err := s.check(); err != nil {
		return &Error{Doing: doing, Err: err}
	}
	status := &github.RepoStatus{State: new("success"), Context: &s.Context, Description: &s.Description}
	if s.Failed {
		status.State = new("failure")
	}
	if s.URL != "" {
		status.TargetURL = &s.URL
	}
	_, _, err := c.api.Repositories.CreateStatus(repeating(ctx), c.owner, c.repo, s.SHA, status)
	return failed(doing, err)
}

func (s Status) check() error {
	if s.Context == "" {
		return fmt.Errorf("it needs a context")
	}
	if n := utf8.RuneCountInString(s.Description); n > StatusLimit {
		return fmt.Errorf("%w: its description has %d characters, the limit is %d", ErrTooLarge, n, StatusLimit)
	}
	return shas{{"its commit", s.SHA, false}}.check()
}

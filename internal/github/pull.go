package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Labels are those that a pull request has now.
func (c *Client) Labels(ctx context.Context, pull int) ([]Label, error) {
	doing := fmt.Sprintf("reading the labels of pull request %d", pull)
	var answer PullRequest
	if _, err := c.get(ctx, "pulls/"+strconv.Itoa(pull), nil, &answer); err != nil {
		return nil, failed(doing, err)
	}
	return answer.Labels, failed(doing, answer.check("the answer"))
}

// RemoveLabel takes a label off a pull request. One that is gone already is no error.
func (c *Client) RemoveLabel(ctx context.Context, pull int, name string) error {
	doing := fmt.Sprintf("removing the label %s of pull request %d", oneLine(name), pull)
	// The name goes into the path, so it is escaped here and not by go-github.
	req, err := c.api.NewRequest(http.MethodDelete, fmt.Sprintf("repos/%s/%s/issues/%d/labels/%s", c.owner, c.repo, pull, url.PathEscape(name)), nil)
	if err != nil {
		return &Error{Doing: doing, Err: err}
	}
	if _, err = c.api.Do(ctx, req, nil); errors.Is(failed(doing, err), ErrNotFound) {
		return nil
	}
	return failed(doing, err)
}

// pullPages bounds the open pull requests from one branch of one owner.
const pullPages = 5

// PullRequestsForHead finds the open pull requests that a finished run can have been
// for. A run for a fork names none, and nothing that the run itself has written may
// say it: so they are those whose head is the run's commit, in the run's repository.
// None is an [ErrNotFound]; there are several where one branch is to go into
// different ones.
func (c *Client) PullRequestsForHead(ctx context.Context, run FinishedRun) ([]PullRequest, error) {
	doing := fmt.Sprintf("looking for the pull request of run %d", run.ID)
	if run.HeadRepository == nil || run.HeadBranch == "" {
		return nil, &Error{Doing: doing, Err: fmt.Errorf("%w: the repository or branch of its head is gone", ErrNotFound)}
	}
	query := url.Values{"state": {"open"}, "head": {run.HeadRepository.Owner.Login + ":" + run.HeadBranch}, "per_page": {strconv.Itoa(pageSize)}}
	var found []PullRequest
	err := eachPage(pullPages, func(page int) (int, error) {
		query.Set("page", strconv.Itoa(page))
		var list []PullRequest
		next, err := c.get(ctx, "pulls", query, &list)
		for _, pr := range list {
			if err := pr.check("the answer"); err != nil {
				return 0, err
			}
			if pr.Head.SHA == run.HeadSHA && pr.Head.Repo != nil && pr.Head.Repo.ID == run.HeadRepository.ID {
				found = append(found, pr)
			}
		}
		return next, err
	})
	switch {
	case err != nil:
		return nil, failed(doing, err)
	case len(found) == 0:
		return nil, &Error{Doing: doing, Err: fmt.Errorf("%w: no open pull request has commit %.12s of %s:%s as its head; it may have been closed, or pushed to since", ErrNotFound, run.HeadSHA, run.HeadRepository.Owner.Login, oneLine(run.HeadBranch))}
	}
	return found, nil
}

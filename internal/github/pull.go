package github

import (
	"context"
	"fmt"
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

// pullPages bounds the open pull requests from one branch of one owner.
const pullPages = 5

// PullRequestForHead finds the open pull request that a finished run was for. A
// run for a fork names none, and nothing that the run itself has written may
// say it: so it is the one whose head is the run's commit, in the run's
// repository. None is an [ErrNotFound]; several, from one branch into different
// ones, are an error, too.
func (c *Client) PullRequestForHead(ctx context.Context, run FinishedRun) (PullRequest, error) {
	doing := fmt.Sprintf("looking for the pull request of run %d", run.ID)
	if run.HeadRepository == nil || run.HeadBranch == "" {
		return PullRequest{}, &Error{Doing: doing, Err: fmt.Errorf("%w: the repository or branch of its head is gone", ErrNotFound)}
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
		return PullRequest{}, failed(doing, err)
	case len(found) == 0:
		return PullRequest{}, &Error{Doing: doing, Err: fmt.Errorf("%w: no open pull request has commit %.12s of %s:%s as its head; it may have been closed, or pushed to since", ErrNotFound, run.HeadSHA, run.HeadRepository.Owner.Login, oneLine(run.HeadBranch))}
	case len(found) > 1:
		return PullRequest{}, &Error{Doing: doing, Err: fmt.Errorf("it may be for %d or for %d, which have the same head; close one of them", found[0].Number, found[1].Number)}
	}
	return found[0], nil
}

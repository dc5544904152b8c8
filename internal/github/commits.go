package github

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-github/v62/github"
)

// MergeBase is the newest commit that a branch or commit and a head both have. Histories
// that have none in common, and what is not there, are an [ErrNotFound].
func (c *Client) MergeBase(ctx context.Context, base, head string) (string, error) {
	got, doing, err := c.compare(ctx, base, head)
	if err != nil {
		return "", err
	}
	return commitIn(doing, "merge_base_commit", got.GetMergeBaseCommit())
}

// CommitOf is the commit that a branch, a tag or the name of a commit stands for; an
// [ErrNotFound] for none.
func (c *Client) CommitOf(ctx context.Context, name string) (string, error) {
	// Compared with itself, whatever it is has nothing that would have to be listed.
	got, doing, err := c.compare(ctx, name, name)
	if err != nil {
		return "", err
	}
	return commitIn(doing, "base_commit", got.GetBaseCommit())
}

// LatestRelease is the tag of the newest release that is neither a draft nor a
// prerelease; an [ErrNotFound] where there is none.
func (c *Client) LatestRelease(ctx context.Context) (tag string, err error) {
	const doing = "looking for the latest release"
	var answer struct {
		Tag string `json:"tag_name"`
	}
	if _, err := c.get(ctx, "releases/latest", nil, &answer); err != nil {
		return "", failed(doing, err)
	}
	if answer.Tag == "" {
		return "", &Error{Doing: doing, Err: errors.New("the answer lacks tag_name")}
	}
	return answer.Tag, nil
}

// compare asks for no more than one of the commits between.
func (c *Client) compare(ctx context.Context, base, head string) (got *github.CommitsComparison, doing string, err error) {
	doing = fmt.Sprintf("comparing %s and %s", oneLine(base), oneLine(head))
	if base == head {
		doing = "looking for " + oneLine(base)
	}
	for _, name := range []string{base, head} {
		if !nameable(name) {
			return nil, doing, &Error{Doing: doing, Err: fmt.Errorf("%w: %q is no name of a branch, a tag or a commit", ErrNotFound, name)}
		}
	}
	got, _, err = c.api.Repositories.CompareCommits(ctx, c.owner, c.repo, base, head, &github.ListOptions{PerPage: 1})
	return got, doing, failed(doing, err)
}

// nameable says whether a name can be that of a branch, a tag or a commit of the
// repository: with a colon GitHub would look into another one.
func nameable(name string) bool {
	return name != "" && len(name) <= 250 && !strings.Contains(name, "..") && !strings.ContainsAny(name, " ~^:?*[\\\x7f") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}

func commitIn(doing, field string, c *github.RepositoryCommit) (string, error) {
	if sha := c.GetSHA(); isSHA(sha) {
		return sha, nil
	}
	return "", &Error{Doing: doing, Err: fmt.Errorf("the answer lacks %s", field)}
}

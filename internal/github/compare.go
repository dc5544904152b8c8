package github

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-github/v62/github"
)

// Comparison compares a commit with a base: Ahead commits are in it and not in the
// base, Behind commits in the base and not in it. MergeBase is the newest commit
// of both.
type Comparison struct {
	Ahead, Behind int
	MergeBase     string
}

// Descends says that the base is an ancestor of the commit, or is the commit.
func (c Comparison) Descends() bool { return c.Behind == 0 }

// Compare compares two commits, which may lie in forks. A commit that GitHub no
// longer has is an [ErrNotFound].
func (c *Client) Compare(ctx context.Context, base, commit string) (Comparison, error) {
	doing := fmt.Sprintf("comparing commits %.12s and %.12s", base, commit)
	if err := (shas{{"the base", base, false}, {"the commit", commit, false}}).check(); err != nil {
		return Comparison{}, &Error{Doing: doing, Err: err}
	}
	// The commits themselves are not needed, so no more than one is asked for.
	got, _, err := c.api.Repositories.CompareCommits(ctx, c.owner, c.repo, base, commit, &github.ListOptions{PerPage: 1})
	if err != nil {
		return Comparison{}, failed(doing, err)
	}
	if got.AheadBy == nil || got.BehindBy == nil {
		return Comparison{}, &Error{Doing: doing, Err: errors.New("the answer lacks ahead_by or behind_by")}
	}
	return Comparison{*got.AheadBy, *got.BehindBy, got.GetMergeBaseCommit().GetSHA()}, nil
}

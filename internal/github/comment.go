package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"
	"github.com/org/proxy-bench-action/internal/retry"
)

// CommentLimit is the most bytes of a comment, its mark included. GitHub refuses
// more with "body is too long (maximum is 65536 characters)"; what it counts as
// a character is not written down.
const CommentLimit = 60_000

// ActionsBot is who comments with the token that a job is given.
const ActionsBot = "github-actions[bot]"

// Comment is the one comment of a pull request that is kept up to date.
type Comment struct {
	Pull int
	Mark Mark
	Text string // Markdown
}

// Posted is what became of a comment.
type Posted struct {
	URL string
	// Newer says that the comment reports a later run. It was not changed, and URL
	// points to it.
	Newer bool
}

// commentPages bounds the list: an issue has at most 2,500 comments.
const commentPages = 30

// UpsertComment writes the comment, or edits the one that is there. Further ones
// of ours, which two jobs at once can leave, are deleted.
//
// A comment is ours if it starts with our mark and its author is the one whose
// token we have. The mark alone proves nothing: anyone can write it, and we
// would edit a stranger's words, or let them speak for us. GET /user, which would
// tell who we are, is refused for a job's token, whose author is always ActionsBot.
// With another token the first comment that is made shows who we are; it is deleted
// again if that author has an older one.
func (c *Client) UpsertComment(ctx context.Context, comment Comment) (Posted, error) {
	doing := fmt.Sprintf("commenting on pull request %d", comment.Pull)
	if err := comment.check(); err != nil {
		return Posted{}, &Error{Doing: doing, Err: err}
	}
	// Sending the request again could post the comment twice. Each attempt reads the
	// list first, which shows whether it was made.
	var posted Posted
	err := c.clock.Do(ctx, 0, func(ctx context.Context) (err error) {
		posted, err = c.upsert(ctx, comment)
		return err
	})
	return posted, failed(doing, err)
}

// Reported is what our comment on a pull request reports, false without one. Only one
// with a job's own token is known to be ours.
func (c *Client) Reported(ctx context.Context, pull int, key string) (Mark, bool, error) {
	marked, err := c.markedComments(ctx, Comment{Pull: pull, Mark: Mark{Key: key}})
	if err != nil {
		return Mark{}, false, failed(fmt.Sprintf("reading the comments of pull request %d", pull), err)
	}
	ours := by(ActionsBot, marked)
	if len(ours) == 0 {
		return Mark{}, false, nil
	}
	mark, ok := readMark(ours[0].GetBody())
	return mark, ok, nil
}

func (m Comment) check() error {
	if n := len(m.body()); n > CommentLimit {
		return fmt.Errorf("%w: it has %d bytes, the limit is %d", ErrTooLarge, n, CommentLimit)
	}
	return m.Mark.check()
}

func (m Comment) body() string { return m.Mark.String() + "\n" + m.Text }

func (c *Client) upsert(ctx context.Context, comment Comment) (Posted, error) {
	marked, err := c.markedComments(ctx, comment)
	if err != nil {
		return Posted{}, err
	}
	if ours := by(ActionsBot, marked); len(ours) > 0 {
		return c.edit(ctx, comment, ours)
	}
	made, err := c.make(ctx, comment)
	if err != nil {
		return Posted{}, err
	}
	if ours := by(made.GetUser().GetLogin(), marked); len(ours) > 0 {
		return c.edit(ctx, comment, append(ours, made))
	}
	return Posted{URL: made.GetHTMLURL()}, nil
}

// markedComments lists those that carry our mark, whoever wrote them, the oldest
// first.
func (c *Client) markedComments(ctx context.Context, comment Comment) ([]*github.IssueComment, error) {
	var marked []*github.IssueComment
	err := eachPage(commentPages, func(page int) (int, error) {
		list, resp, err := c.api.Issues.ListComments(ctx, c.owner, c.repo, comment.Pull, &github.IssueListCommentsOptions{
			ListOptions: github.ListOptions{Page: page, PerPage: pageSize},
		})
		if err != nil {
			return 0, err
		}
		for _, one := range list {
			if mark, ok := readMark(one.GetBody()); ok && mark.Key == comment.Mark.Key {
				marked = append(marked, one)
			}
		}
		return resp.NextPage, nil
	})
	slices.SortFunc(marked, func(a, b *github.IssueComment) int { return cmp.Compare(a.GetID(), b.GetID()) })
	return marked, err
}

// by keeps the comments of an author. A login that ends in [bot] belongs to an app, and
// no person can have one.
func by(login string, comments []*github.IssueComment) []*github.IssueComment {
	var of []*github.IssueComment
	for _, one := range comments {
		if login != "" && strings.EqualFold(one.GetUser().GetLogin(), login) {
			of = append(of, one)
		}
	}
	return of
}

// make writes a new comment.
func (c *Client) make(ctx context.Context, comment Comment) (*github.IssueComment, error) {
	made, _, err := c.api.Issues.CreateComment(ctx, c.owner, c.repo, comment.Pull, &github.IssueComment{Body: new(comment.body())})
	if unsure(failed("", err)) { // it may have been made, or not
		err = &retry.Temporary{Err: err}
	}
	return made, err
}

// edit brings the oldest comment of ours up to date, so that its place and URL
// stay, and deletes the others. It leaves the newest one if that is newer than
// what we have to say.
func (c *Client) edit(ctx context.Context, comment Comment, ours []*github.IssueComment) (Posted, error) {
	kept, newest := ours[0], comment.Mark
	for _, one := range ours {
		if mark, _ := readMark(one.GetBody()); mark.newer(newest) {
			kept, newest = one, mark
		}
	}
	posted := Posted{URL: kept.GetHTMLURL()}
	if newest != comment.Mark {
		posted.Newer = true
	} else if _, _, err := c.api.Issues.EditComment(repeating(ctx), c.owner, c.repo, kept.GetID(), &github.IssueComment{Body: new(comment.body())}); err != nil {
		return Posted{}, err
	}
	for _, one := range ours {
		if one == kept {
			continue
		}
		if _, err := c.api.Issues.DeleteComment(ctx, c.owner, c.repo, one.GetID()); err != nil && !errors.Is(failed("", err), ErrNotFound) {
			return posted, err
		}
	}
	return posted, nil
}

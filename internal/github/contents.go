package github

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
)

// File is a file of a commit, of at most 1 MB: "Between 1-100 MB: … the content field
// will be an empty string", https://docs.github.com/rest/repos/contents. The commit may
// be one of a fork, as the head of a pull request is.
func (c *Client) File(ctx context.Context, commit, path string) ([]byte, error) {
	doing := fmt.Sprintf("reading %s of commit %.12s", oneLine(path), commit)
	if err := (shas{{"the commit", commit, false}}).check(); err != nil {
		return nil, &Error{Doing: doing, Err: err}
	}
	var answer struct {
		Type, Encoding, Content string
		Size                    int
	}
	// A slash in the path is escaped, as GitHub's own clients do.
	if _, err := c.get(ctx, "contents/"+url.PathEscape(path), url.Values{"ref": {commit}}, &answer); err != nil {
		return nil, failed(doing, err)
	}
	if answer.Type != "file" || answer.Encoding != "base64" {
		return nil, &Error{Doing: doing, Err: fmt.Errorf("it is a %s with encoding %q, expected a file in base64", oneLine(answer.Type), oneLine(answer.Encoding))}
	}
	content, err := base64.StdEncoding.DecodeString(answer.Content) // which skips line ends
	if err == nil && len(content) != answer.Size {
		err = errors.New("the answer is not the whole file")
	}
	if err != nil {
		return nil, &Error{Doing: doing, Err: err}
	}
	return content, nil
}

// DefaultBranch is that of the repository.
func (c *Client) DefaultBranch(ctx context.Context) (string, error) {
	const doing = "asking for the default branch"
	answer, _, err := c.api.Repositories.Get(ctx, c.owner, c.repo)
	if err == nil && answer.GetDefaultBranch() == "" {
		err = errors.New("the answer names none")
	}
	return answer.GetDefaultBranch(), failed(doing, err)
}

// maxTags is how many tags may point to one another.
const maxTags = 5

// Commit is the commit that an annotated tag points to; any other object is taken for
// the commit itself.
func (c *Client) Commit(ctx context.Context, sha string) (string, error) {
	doing := fmt.Sprintf("asking what %.12s points to", sha)
	for range maxTags {
		var tag struct {
			Object struct{ SHA, Type string }
		}
		_, err := c.get(ctx, "git/tags/"+sha, nil, &tag)
		if err = failed(doing, err); errors.Is(err, ErrNotFound) {
			return sha, nil
		}
		if err == nil {
			err = shas{{"the answer's object", tag.Object.SHA, false}}.check()
		}
		if err != nil || tag.Object.Type == "commit" {
			return tag.Object.SHA, err
		}
		sha = tag.Object.SHA
	}
	return "", &Error{Doing: doing, Err: fmt.Errorf("more than %d tags point to one another", maxTags)}
}

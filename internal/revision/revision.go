// Package revision says what names of commits stand for in a clone. It asks git by a
// function, and knows neither where that runs nor as whom.
package revision

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Git runs git in the clone and returns what it prints.
type Git = func(ctx context.Context, args ...string) (string, error)

// LatestRelease is the word for the last release, where a commit is asked for.
const LatestRelease = "latest-release"

// version is a tag of a release, not of a candidate, nor one that moves from release to
// release, such as v1.
var version = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)+$`)

// NewestVersion is the tag of the newest version before the commit that is checked out,
// by the tags of the clone.
func NewestVersion(ctx context.Context, git Git) (string, error) {
	out, err := git(ctx, "tag", "--list", "--sort=-version:refname", "--no-contains", "HEAD")
	if err != nil {
		return "", inNone(err)
	}
	for tag := range strings.Lines(out) {
		if tag = strings.TrimSpace(tag); version.MatchString(tag) {
			return tag, nil
		}
	}
	return "", errors.New("no tag here names a version before this commit, such as v1.2.0; fetch the tags (git fetch --tags; actions/checkout: fetch-tags: true)")
}

// Commit is the commit that a name stands for.
func Commit(ctx context.Context, git Git, name string) (sha string, err error) {
	if _, err := Prefix(ctx, git); err != nil {
		return "", err
	}
	sha, err = git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if err != nil || sha == "" {
		return "", fmt.Errorf("there is no commit %q here%s; fetch it (git fetch --unshallow, or git fetch origin NAME; actions/checkout: fetch-depth: 0)", name, branches(ctx, git))
	}
	return sha, nil
}

// branches names some of the clone's, for who has mistyped one.
func branches(ctx context.Context, git Git) string {
	const most = 5
	out, err := git(ctx, "for-each-ref", "--sort=-committerdate", fmt.Sprintf("--count=%d", most), "--format=%(refname:short)", "refs/heads", "refs/remotes")
	if names := strings.Fields(out); err == nil && len(names) > 0 {
		return ", but " + strings.Join(names, ", ")
	}
	return ""
}

// Prefix is the working directory, as seen from the top of the clone.
func Prefix(ctx context.Context, git Git) (string, error) {
	prefix, err := git(ctx, "rev-parse", "--show-prefix")
	return prefix, inNone(err)
}

// inNone replaces what git says outside of any repository.
func inNone(err error) error {
	if err != nil && strings.Contains(err.Error(), "not a git repository") {
		return errors.New("this directory is in no git repository: go to the gateway's, or compare with a file that gate --save-baseline has written")
	}
	return err
}

// CheckedOut is what the work tree has checked out; nothing outside a repository.
func CheckedOut(ctx context.Context, git Git) (c bench.Commit) {
	sha, err := git(ctx, "rev-parse", "HEAD")
	if err != nil {
		return c
	}
	c.SHA = sha
	c.Ref, _ = git(ctx, "rev-parse", "--abbrev-ref", "HEAD") // a name for people; the commit is known
	changes, err := git(ctx, "status", "--porcelain", "--untracked-files=no")
	c.Dirty = err != nil || changes != ""
	return c
}

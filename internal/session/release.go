package session

import (
	"context"
	"errors"
	"regexp"
	"strings"
)

// LatestRelease is the word for the last release, where a commit is asked for.
const LatestRelease = "latest-release"

// version is a tag of a release, not of a candidate, nor one that moves from release to
// release, such as v1.
var version = regexp.MustCompile(`^v?[0-9]+(\.[0-9]+)+$`)

// NewestVersion is the tag of the newest version before the commit that is checked out,
// by the tags of the clone.
func NewestVersion(ctx context.Context, git func(ctx context.Context, args ...string) (string, error)) (string, error) {
	out, err := git(ctx, "tag", "--list", "--sort=-version:refname", "--no-contains", "HEAD")
	if err != nil {
		return "", err
	}
	for tag := range strings.Lines(out) {
		if tag = strings.TrimSpace(tag); version.MatchString(tag) {
			return tag, nil
		}
	}
	return "", errors.New("no tag here names a version before this commit, such as v1.2.0; fetch the tags (git fetch --tags; actions/checkout: fetch-tags: true)")
}

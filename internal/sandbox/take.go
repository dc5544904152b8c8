package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// packLine packs a commit with its files, and the history and tags that git describe asks
// for, without the files of those.
const packLine = `{ git rev-list "$COMMIT" && git rev-parse "$COMMIT^{tree}" &&
	git ls-tree -r -t --full-tree "$COMMIT" | sed -nE 's/^[0-7]+ (blob|tree) ([0-9a-f]+)\t.*/\2/p'
	git for-each-ref --merged="$COMMIT" --format='%(objectname)' refs/tags; } | git pack-objects -q --stdout`

var (
	objectLine = regexp.MustCompile(`^[0-9a-f]{40,64}$`)
	tagLine    = regexp.MustCompile(`^[0-9a-f]{40,64} refs/tags/[\w./+-]+$`)
)

// Take copies a commit of the workspace's repository into one of ours, and returns where
// that is. In the workspace, head's build or an earlier step could have planted filters
// that change what is checked out, or another commit in the place of this one
// (git-replace(1)). What arrives here was hashed again, so that it is what the commit's
// name stands for.
func (s *Sandbox) Take(ctx context.Context, commit string) (repository string, err error) {
	if !objectLine.MatchString(commit) {
		return "", fmt.Errorf("%q is no commit's name", commit)
	}
	if repository, err = s.ours("taken-"); err != nil {
		return "", err
	}
	if _, err := s.ownGit(ctx, nil, "init", "--quiet", "--bare", repository); err != nil {
		return "", err
	}
	err = s.asUser(ctx, "pack-objects", packLine, map[string]string{"COMMIT": commit}, func(pack *os.File) error {
		_, err := s.ownGitReading(ctx, pack, nil, "--git-dir="+repository, "index-pack", "--stdin")
		return err
	})
	if err != nil {
		return "", err
	}
	for file, c := range map[string]struct {
		line *regexp.Regexp
		ask  []string
	}{
		"packed-refs": {tagLine, []string{"for-each-ref", "--merged=" + commit, "--format=%(objectname) %(refname)", "refs/tags"}},
		// Where the clone is shallow, the parents of these are not there.
		"shallow": {objectLine, []string{"rev-list", "--max-parents=0", commit}},
	} {
		said, err := s.Git(ctx, c.ask...)
		if err != nil {
			return "", err
		}
		var text strings.Builder
		for line := range strings.Lines(said) {
			if line = strings.TrimSpace(line); c.line.MatchString(line) {
				text.WriteString(line + "\n")
			}
		}
		if err := os.WriteFile(filepath.Join(repository, file), []byte(text.String()), 0o644); err != nil {
			return "", err
		}
	}
	return repository, nil
}

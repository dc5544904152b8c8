package revision

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// clone runs git in a new directory.
func clone(t *testing.T) Git {
	t.Helper()
	dir := t.TempDir()
	return func(ctx context.Context, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		cmd.Env = append(cmd.Environ(), "GIT_CEILING_DIRECTORIES="+dir, "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("git %v: %w: %s", args, err, out)
		}
		return strings.TrimSpace(string(out)), err
	}
}

// all runs lines of git.
func all(t *testing.T, git Git, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if _, err := git(t.Context(), strings.Fields(line)...); err != nil {
			t.Fatal(err)
		}
	}
}

const commit = "commit --quiet --allow-empty --message=x"

// TestNewestVersion: of the tags before what is checked out.
func TestNewestVersion(t *testing.T) {
	git := clone(t)
	all(t, git, "init --quiet", commit)
	_, err := NewestVersion(t.Context(), git)
	testenv.WantError(t, err, "no tag here names a version")
	all(t, git, "tag v1.9.0", "tag v1.10.0", "tag v2", "tag v1.11.0-rc.1", "tag nightly", commit, "tag --annotate --message=x v1.11.0")
	if tag, err := NewestVersion(t.Context(), git); tag != "v1.10.0" || err != nil {
		t.Errorf("%q, %v", tag, err)
	}
	all(t, git, commit)
	if tag, err := NewestVersion(t.Context(), git); tag != "v1.11.0" || err != nil {
		t.Errorf("%q, %v", tag, err)
	}
}

// TestCommit: branches and tags, annotated ones too, stand for their commits; of what is
// no commit it is said what is missing.
func TestCommit(t *testing.T) {
	git := clone(t)
	_, err := Commit(t.Context(), git, "HEAD")
	testenv.WantError(t, err, "this directory is in no git repository")
	_, err = NewestVersion(t.Context(), git)
	testenv.WantError(t, err, "this directory is in no git repository")
	all(t, git, "init --quiet --initial-branch=main", commit, "tag --annotate --message=x v1.0.0")
	head, err := git(t.Context(), "rev-parse", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HEAD", "main", "v1.0.0", head[:9]} {
		if sha, err := Commit(t.Context(), git, name); sha != head || err != nil {
			t.Errorf("%s: %q, %v", name, sha, err)
		}
	}
	for _, name := range []string{"nosuch", "--all", "HEAD^{tree}", ""} {
		_, err := Commit(t.Context(), git, name)
		testenv.WantError(t, err, fmt.Sprintf("there is no commit %q here, but main; fetch it", name))
	}
}

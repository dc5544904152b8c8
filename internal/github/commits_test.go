package github

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// TestMergeBase: of a branch that has moved on and a head that was brought up to date
// with it in between.
func TestMergeBase(t *testing.T) {
	server, c, _ := start(t)
	main := history(server, 3)
	own, updated := fakegithub.SHA("own"), fakegithub.SHA("updated")
	server.AddCommit(own, main[0])
	server.AddCommit(updated, own, main[1])
	server.AddCommit(fakegithub.SHA("alone"))
	server.SetRef("main", main[2])
	server.SetRef("release/v1", main[0])
	for _, one := range []struct{ base, head, want string }{
		{"main", own, main[0]},
		{"main", updated, main[1]},
		{main[0], updated, main[0]},
		{"release/v1", updated, main[0]},
		{"main", main[2], main[2]},
		{"main", fakegithub.SHA("alone"), ""},
		{"gone", own, ""},
		{"eve:main", own, ""},
		{"", own, ""},
	} {
		got, err := c.MergeBase(t.Context(), one.base, one.head)
		if got != one.want || (err != nil) != (one.want == "") || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s and %.7s: %q, %v; want %q", one.base, one.head, got, err, one.want)
		}
	}
	server.Replace("repos/compare-commits-with-basehead", http.StatusOK, map[string]any{"merge_base_commit": map[string]any{"sha": "x"}})
	if _, err := c.MergeBase(t.Context(), "main", own); err == nil || !strings.Contains(err.Error(), "lacks merge_base_commit") {
		t.Error(err)
	}
}

// TestCommitOf: of a branch, a tag and a commit.
func TestCommitOf(t *testing.T) {
	server, c, _ := start(t)
	main := history(server, 2)
	server.SetRef("v1.2.0", main[0])
	for name, want := range map[string]string{"v1.2.0": main[0], main[1]: main[1], "v9": "", "a b": "", "a...b": "", "-\n": ""} {
		got, err := c.CommitOf(t.Context(), name)
		if got != want || (err != nil) != (want == "") || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %q, %v; want %q", name, got, err, want)
		}
	}
}

func TestLatestRelease(t *testing.T) {
	server, c, _ := start(t)
	if tag, err := c.LatestRelease(t.Context()); tag != "" || !errors.Is(err, ErrNotFound) {
		t.Errorf("%q, %v", tag, err)
	}
	server.Release("v1.2.0")
	if tag, err := c.LatestRelease(t.Context()); tag != "v1.2.0" || err != nil {
		t.Errorf("%q, %v", tag, err)
	}
}

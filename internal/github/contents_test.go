package github

import (
	"errors"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

func TestFile(t *testing.T) {
	server, client, _ := start(t)
	long := strings.Repeat("gate: {threshold: 5%}\n", 50)
	server.AddFile(shaA, "cmd/a b/gw.yml", long)
	server.AddFile(shaB, "empty", "")
	if got, err := client.File(t.Context(), shaA, "cmd/a b/gw.yml"); err != nil || string(got) != long {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := client.File(t.Context(), shaB, "empty"); err != nil || len(got) != 0 {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := client.File(t.Context(), shaB, "cmd/a b/gw.yml"); !errors.Is(err, ErrNotFound) {
		t.Errorf("of another commit: %v", err)
	}
	if _, err := client.File(t.Context(), "main", "empty"); err == nil {
		t.Error("a branch is taken for a commit")
	}
}

// TestFileIsNone: what is no whole file is an error, never an empty one.
func TestFileIsNone(t *testing.T) {
	links := map[string]any{"self": "https://x.example/", "git": nil, "html": nil}
	entry := func(more map[string]any) map[string]any {
		o := map[string]any{"name": "x", "path": "x", "sha": "s", "size": 3, "url": "https://x.example/", "git_url": nil, "html_url": nil, "download_url": nil, "_links": links}
		for name, value := range more {
			o[name] = value
		}
		return o
	}
	for name, body := range map[string]map[string]any{
		"link":      entry(map[string]any{"type": "symlink", "target": "/etc/passwd"}),
		"submodule": entry(map[string]any{"type": "submodule", "submodule_git_url": "https://x.example/"}),
		"over 1 MB": entry(map[string]any{"type": "file", "encoding": "none", "content": ""}),
		"cut off":   entry(map[string]any{"type": "file", "encoding": "base64", "content": "eA=="}),
		"no base64": entry(map[string]any{"type": "file", "encoding": "base64", "content": "?"}),
	} {
		server, client, _ := start(t)
		server.Replace("repos/get-content", 200, body)
		if got, err := client.File(t.Context(), shaA, "x"); err == nil || !strings.Contains(err.Error(), "reading x of commit aaaa") {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestDefaultBranch(t *testing.T) {
	server, client, _ := start(t)
	if got, err := client.DefaultBranch(t.Context()); err != nil || got != "main" {
		t.Errorf("got %q, %v", got, err)
	}
	server.Inject(fakegithub.Failing("repos/get", 404))
	if _, err := client.DefaultBranch(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestCommit: an annotated tag is followed to its commit, and a commit is one already.
func TestCommit(t *testing.T) {
	server, client, _ := start(t)
	tag, outer := fakegithub.SHA("tag"), fakegithub.SHA("tag of a tag")
	server.AddTag(tag, shaA)
	server.AddTag(outer, tag)
	server.AddTag(shaB, shaB)
	for _, sha := range []string{tag, outer, shaA} {
		if got, err := client.Commit(t.Context(), sha); err != nil || got != shaA {
			t.Errorf("%s: got %q, %v", sha, got, err)
		}
	}
	if got, err := client.Commit(t.Context(), shaB); err == nil {
		t.Errorf("of a tag that points to itself: %q", got)
	}
}

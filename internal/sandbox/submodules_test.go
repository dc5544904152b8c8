package sandbox

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSubmoduleAddress: a token goes to the server that it is for, and nowhere else.
func TestSubmoduleAddress(t *testing.T) {
	of := Remote{URL: "https://github.com/octo/shop", Token: "SECRET"}
	const elsewhere = "not on github.com"
	for address, want := range map[string]string{
		"https://github.com/octo/lib.git":       "https://github.com/octo/lib.git",
		"../lib.git":                            "https://github.com/octo/lib.git",
		"../../other/lib":                       "https://github.com/other/lib",
		"../../../../../lib":                    "https://github.com/lib",
		"./inner":                               "https://github.com/octo/shop/inner",
		"git@github.com:octo/lib.git":           "https://github.com/octo/lib.git",
		"ssh://git@github.com/octo/lib.git":     "https://github.com/octo/lib.git",
		"https://gitlab.com/octo/lib.git":       elsewhere,
		"git@gitlab.com:octo/lib.git":           elsewhere,
		"http://github.com/octo/lib.git":        elsewhere,
		"https://github.com.example.com/x":      elsewhere,
		"https://github.com:8443/x":             elsewhere,
		"https://user:word@github.com/octo/lib": elsewhere,
		"https://github.com@example.com/x":      elsewhere,
		"file:///etc":                           elsewhere,
		"/etc":                                  elsewhere,
		"ext::sh -c touch% /tmp/x":              elsewhere,
		"--upload-pack=touch /tmp/x":            elsewhere,
		"":                                      "no address",
	} {
		got, err := beside(of, address)
		switch {
		case err != nil && (strings.HasPrefix(want, "https:") || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %s", address, err, want)
		case err == nil && (got.URL != want || got.Token != of.Token):
			t.Errorf("%q: %+v, want %s", address, got, want)
		}
	}
}

// served are repositories of a server, for a base commit with submodules and large files.
type served struct {
	t   *testing.T
	dir string
}

func (s served) git(repository string, args ...string) string {
	s.t.Helper()
	dir := filepath.Join(s.dir, repository)
	args = append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "safe.directory=*", "-c", "protocol.file.allow=always"}, args...)
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit makes a repository if need be, and a commit of all that is in it.
func (s served) commit(repository string, files map[string]string) (sha string) {
	s.t.Helper()
	for name, text := range files {
		path := filepath.Join(s.dir, repository, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.git(repository, "init", "--quiet")
	s.git(repository, "add", ".")
	s.git(repository, "commit", "--quiet", "--allow-empty", "--message=one")
	return s.git(repository, "rev-parse", "HEAD")
}

// checkedOut isolates a workspace with these files and checks out a commit of the server.
func checkedOut(t *testing.T, from served, repo, sha string, workspace map[string]string) (s *Sandbox, tree string, lacks []string) {
	t.Helper()
	root, w := runnerFiles(t, 1001)
	dir := filepath.Join(root, "workspace")
	repository(t, dir)
	for name, text := range workspace {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := chownAll(dir, 1001, 1001); err != nil {
		t.Fatal(err)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	fetched, err := s.Fetch(t.Context(), Remote{URL: "file://" + filepath.Join(from.dir, repo)}, sha)
	if err != nil {
		t.Fatal(err)
	}
	tree = filepath.Join(s.Scratch(), "tree")
	if lacks, err = s.CheckOut(t.Context(), fetched, sha, tree); err != nil {
		t.Fatal(err)
	}
	return s, tree, lacks
}

// TestSubmodules: those of the base commit and theirs are there, as its commits name them,
// if head has any; one from elsewhere is told.
func TestSubmodules(t *testing.T) {
	from := served{t, t.TempDir()}
	from.commit("inner", map[string]string{"inner.txt": "inner"})
	from.commit("lib", map[string]string{"lib.txt": "old"})
	from.git("lib", "submodule", "--quiet", "add", "file://"+from.dir+"/inner", "deep/inner")
	from.commit("lib", nil)
	from.commit("shop", map[string]string{"gw.sh": "#!/bin/sh\n"})
	from.git("shop", "submodule", "--quiet", "add", "../lib", "vendor/lib")
	from.git("shop", "submodule", "--quiet", "add", "--name", "other", "../lib", "vendor/other")
	from.git("shop", "config", "--file", ".gitmodules", "submodule.other.url", "https://example.com/lib")
	sha := from.commit("shop", nil)
	from.commit("lib", map[string]string{"lib.txt": "new"})

	s, tree, lacks := checkedOut(t, from, "shop", sha, map[string]string{"vendor/lib/lib.txt": "head's"})
	if out := as(t, s, "cd "+tree+"/vendor/lib && cat lib.txt deep/inner/inner.txt && git status --porcelain && cd ../.. && git submodule status"); !strings.HasPrefix(out, "oldinner") {
		t.Errorf("the user sees\n%s", out)
	}
	if len(lacks) != 1 || !strings.HasPrefix(lacks[0], "submodule vendor/other: it is not on ") {
		t.Errorf("lacks %q", lacks)
	}

	_, tree, lacks = checkedOut(t, from, "shop", sha, nil)
	if entries, err := os.ReadDir(filepath.Join(tree, "vendor/lib")); err != nil || len(entries) != 0 || lacks != nil {
		t.Errorf("without submodules in the workspace: %d entries, error %v, lacks %q", len(entries), err, lacks)
	}
}

// TestLargeFiles: a pointer of Git LFS becomes the file that the workspace has by its hash,
// and nothing else does.
func TestLargeFiles(t *testing.T) {
	file := func(text string) (pointer, oid string) {
		oid = fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		return fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", oid, len(text)), oid
	}
	stored := func(oid string) string { return ".git/lfs/objects/" + oid[:2] + "/" + oid[2:4] + "/" + oid }
	a, oidA := file("model a")
	b, _ := file("model b")
	c, oidC := file("model c")
	from := served{t, t.TempDir()}
	sha := from.commit("shop", map[string]string{
		".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n", "models/a.bin": a, "models/b.bin": b, "models/c.bin": c,
		"notes.txt": "oid sha256:" + oidA + "\n",
	})
	s, tree, lacks := checkedOut(t, from, "shop", sha, map[string]string{stored(oidA): "model a", stored(oidC): "forged!"})
	if out := as(t, s, "cd "+tree+" && cat models/a.bin && ls -A && wc -c <notes.txt"); !strings.HasPrefix(out, "model a.git\n") || strings.Contains(out, ".proxy-bench-lfs") {
		t.Errorf("the user sees\n%s", out)
	}
	for name, want := range map[string]string{"models/b.bin": b, "models/c.bin": c} {
		if text, err := os.ReadFile(filepath.Join(tree, name)); err != nil || string(text) != want {
			t.Errorf("%s: %q, error %v", name, text, err)
		}
	}
	if len(lacks) != 1 || !strings.HasPrefix(lacks[0], "2 files of Git LFS, such as models/b.bin") {
		t.Errorf("lacks %q", lacks)
	}
}

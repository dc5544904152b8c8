package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
)

// repository makes an empty one the working directory, which names a program for
// git to run: who prints who that is.
func repository(t *testing.T, dir string) {
	t.Helper()
	t.Chdir(dir)
	for _, args := range [][]string{{"init", "--quiet"}, {"config", "alias.who", "!id -u"}} {
		if out, err := exec.Command("git", append([]string{"-c", "safe.directory=*"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}

// TestGit: outside the action git runs as who we are, and an error says what git
// has said.
func TestGit(t *testing.T) {
	s, err := Open(host.World{Environ: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	repository(t, t.TempDir())
	for name, git := range map[string]func(...string) (string, error){
		"as the sandbox": func(args ...string) (string, error) { return s.Git(t.Context(), args...) },
		"trusted":        func(args ...string) (string, error) { return TrustedGit(t.Context(), args...) },
	} {
		if out, err := git("who"); err != nil || out != strconv.Itoa(os.Geteuid()) {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		if _, err := git("rev-parse", "--verify", "missing"); err == nil || !strings.Contains(err.Error(), "git rev-parse: fatal") {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Setenv("PATH", "")
	if _, err := TrustedGit(t.Context(), "who"); err == nil || !strings.Contains(err.Error(), "git who: ") {
		t.Errorf("without git: %v", err)
	}
}

// TestGitAsTheUser: what the repository of a pull request has git run is run as
// the gateway's user, and sees no credentials.
func TestGitAsTheUser(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	workspace := filepath.Join(root, "workspace")
	repository(t, workspace)
	if err := chownAll(workspace, 1001, 1001); err != nil {
		t.Fatal(err)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if *s.User() != (gateway.User{UID: 1001, GID: benchGID}) {
		t.Errorf("the user is %+v", *s.User())
	}
	if out, err := s.Git(t.Context(), "who"); err != nil || out != "1001" {
		t.Errorf("git ran as %q, %v", out, err)
	}
	if out, err := TrustedGit(t.Context(), "who"); err != nil || out != "0" {
		t.Errorf("trusted git ran as %q, %v", out, err)
	}
	if out, err := s.Git(t.Context(), "config", "--list"); err != nil || strings.Contains(out, "SECRET") || !strings.Contains(out, "remote.origin.fetch") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestTrustedGitRunsNoHooks: a hook that an earlier step has left would get the
// credentials of the checkout.
func TestTrustedGitRunsNoHooks(t *testing.T) {
	repository(t, t.TempDir())
	if err := errors.Join(os.MkdirAll(".git/hooks", 0o755), os.WriteFile(".git/hooks/pre-commit", []byte("#!/bin/sh\ntouch hooked\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	commit := []string{"-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "--allow-empty", "--message=x"}
	if _, err := TrustedGit(t.Context(), commit...); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("hooked"); err == nil {
		t.Error("the hook was run")
	}
	if out, err := exec.Command("git", commit...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if _, err := os.Stat("hooked"); err != nil {
		t.Errorf("nothing runs this hook, so this test shows nothing: %v", err)
	}
}

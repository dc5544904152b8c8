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
	if out, err := s.Git(t.Context(), "who"); err != nil || out != strconv.Itoa(os.Geteuid()) {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := s.Git(t.Context(), "rev-parse", "--verify", "missing"); err == nil || !strings.Contains(err.Error(), "git rev-parse: fatal") {
		t.Error(err)
	}
	t.Setenv("PATH", "")
	if _, err := s.Git(t.Context(), "who"); err == nil || !strings.Contains(err.Error(), "git who: ") {
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
	if _, err := s.Git(t.Context(), "rev-parse", "--verify", "it's $missing"); err == nil || !strings.Contains(err.Error(), "git rev-parse: fatal") {
		t.Error(err)
	}
	if out, err := s.Git(t.Context(), "config", "--list"); err != nil || strings.Contains(out, "SECRET") || !strings.Contains(out, "remote.origin.fetch") {
		t.Errorf("%v\n%s", err, out)
	}
}

// configured isolates a workspace whose repository has these settings.
func configured(t *testing.T, settings map[string]string) (s *Sandbox, root string) {
	t.Helper()
	root, w := runnerFiles(t, 1001)
	workspace := filepath.Join(root, "workspace")
	repository(t, workspace)
	for key, value := range settings {
		if out, err := exec.Command("git", "-c", "safe.directory=*", "config", key, value).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := chownAll(workspace, 1001, 1001); err != nil {
		t.Fatal(err)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, root
}

// TestGitLeavesNobodyBehind: what a repository has git run is over when git is, also
// where it has left its session.
func TestGitLeavesNobodyBehind(t *testing.T) {
	s, root := configured(t, map[string]string{"alias.stay": "!setsid sleep 1000 >/dev/null 2>&1 </dev/null & echo $!"})
	if pid := strings.TrimSpace(as(t, s, "cd "+root+"/workspace && git stay")); !alive(pid) {
		t.Fatalf("process %q does not stay without a supervisor, so this test shows nothing", pid)
	}
	if pid, err := s.Git(t.Context(), "stay"); err != nil || pid == "" || alive(pid) {
		t.Errorf("process %q stays, %v", pid, err)
	}
}

// alive reports whether there is a process that has not ended.
func alive(pid string) bool {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	return err == nil && !strings.Contains(string(status), "State:\tZ")
}

// TestGitsAnswerIsNoLink: what git prints is read from a file that belongs to the user,
// who can put anything in its place.
func TestGitsAnswerIsNoLink(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("SECRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	replacing := func(line string) string {
		return `!sh -c 'sleep 0.05; rm "$GIT_OUT"; ` + line + ` "$GIT_OUT"' >/dev/null`
	}
	s, _ := configured(t, map[string]string{
		"alias.link": replacing("ln -s " + secret), "alias.pipe": replacing("mkfifo"), "alias.directory": replacing("mkdir"),
	})
	for _, name := range []string{"link", "pipe", "directory"} {
		if out, err := s.Git(t.Context(), name); err == nil || strings.Contains(out, "SECRET") {
			t.Errorf("%s: %q, %v", name, out, err)
		}
	}
}

// TestFetch fetches from a server into a repository that only we have written to:
// nothing that an earlier step has put into the workspace's is read.
func TestFetch(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	server := filepath.Join(root, "server")
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", server, "-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "safe.directory=*"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.Mkdir(server, 0o755); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet")
	if err := errors.Join(os.WriteFile(server+"/gw.sh", []byte("#!/bin/sh\n"), 0o755), os.WriteFile(server+"/.gitattributes", []byte("* filter=evil\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "--quiet", "--message=one")
	sha := git("rev-parse", "HEAD")

	workspace := filepath.Join(root, "workspace")
	ran := filepath.Join(root, "ran")
	repository(t, workspace)
	for key, value := range map[string]string{
		"url.ext::touch% " + ran + " .insteadOf": "file://", "core.sshCommand": "touch " + ran, "credential.helper": "!touch " + ran,
		"filter.evil.smudge": "touch " + ran, "core.hooksPath": workspace + "/hooks", "core.fsmonitor": "touch " + ran,
	} {
		if out, err := exec.Command("git", "-c", "safe.directory=*", "config", key, value).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := errors.Join(os.MkdirAll("hooks", 0o755), os.WriteFile("hooks/post-checkout", []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o755), chownAll(workspace, 1001, 1001)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("git", "-c", "safe.directory=*", "status").CombinedOutput(); err != nil || os.Remove(ran) != nil {
		t.Fatalf("the workspace's settings run nothing, so this test shows nothing: %v\n%s", err, out)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	repo, err := s.Fetch(t.Context(), Remote{URL: "file://" + server, Token: "SECRET"}, sha)
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(s.Scratch(), "tree")
	if err := s.CheckOut(t.Context(), repo, sha, tree); err != nil {
		t.Fatal(err)
	}
	if out := as(t, s, "cd "+tree+" && cat gw.sh && git rev-parse HEAD && grep -r SECRET "+repo); out != "#!/bin/sh\n"+sha+"\n" {
		t.Errorf("the user sees\n%s", out)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a setting of the workspace's was run")
	}
	if _, err := s.Fetch(t.Context(), Remote{URL: "file:///nowhere"}, sha); err == nil || !strings.Contains(err.Error(), "git fetch: fatal") {
		t.Error(err)
	}
}

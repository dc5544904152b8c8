package sandbox

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
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
	if *s.User("") != (gateway.User{UID: 1001, GID: benchGID}) {
		t.Errorf("the user is %+v", *s.User(""))
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
	// A git that a build could have left, on the path that the workflow has set.
	if err := errors.Join(os.WriteFile("git", []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o755), os.Chown("git", 1001, 1001)); err != nil {
		t.Fatal(err)
	}
	for i, pair := range w.Environ {
		if path, ok := strings.CutPrefix(pair, "PATH="); ok {
			w.Environ[i] = "PATH=" + workspace + ":" + path
			t.Setenv("PATH", workspace+":"+path)
		}
	}
	if out, err := exec.Command("/usr/bin/git", "-c", "safe.directory=*", "status").CombinedOutput(); err != nil || os.Remove(ran) != nil {
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
	if lacks, err := s.CheckOut(t.Context(), repo, sha, tree); err != nil || len(lacks) > 0 {
		t.Fatal(lacks, err)
	}
	if out := asArm(t, s, bench.Base, "cd "+tree+" && cat gw.sh && /usr/bin/git rev-parse HEAD && grep -r SECRET "+repo); out != "#!/bin/sh\n"+sha+"\n" {
		t.Errorf("the user sees\n%s", out)
	}
	if owner, err := ownerOf(repo); err != nil || owner.Uid != 0 {
		t.Errorf("the repository that we go on using belongs to %d, %v", owner.Uid, err)
	}
	// Once more, after the user has had its copy.
	if out := asArm(t, s, bench.Base, "cd "+tree+" && /usr/bin/git config core.fsmonitor 'touch "+ran+"' && echo ok"); out != "ok\n" {
		t.Error(out)
	}
	if again, err := s.Fetch(t.Context(), Remote{URL: "file://" + server}, sha); err != nil || again == repo {
		t.Errorf("fetched into %s again, %v", again, err)
	}
	if _, err := s.CheckOut(t.Context(), repo, sha, tree+"-2"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a setting of the workspace's was run")
	}
	if _, err := s.Fetch(t.Context(), Remote{URL: "file:///nowhere"}, sha); err == nil || !strings.Contains(err.Error(), "git fetch: fatal") {
		t.Error(err)
	}
}

// checkouts are the configurations that versions of actions/checkout leave, beside files
// in the runner's temporary directory, which stands for T; W is the workspace.
var checkouts = map[string]string{
	"v4":                   "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic SECRET\n",
	"v6":                   "[includeIf \"gitdir:W/.git\"]\n\tpath = T/git-credentials-1.config\n[includeIf \"gitdir:W/.git/worktrees/*\"]\n\tpath = T/git-credentials-1.config\n",
	"v6, the file renamed": "[include]\n\tpath = T/other.config\n",
	"by SSH": "[core]\n\tsshCommand = \"/usr/bin/ssh\" -i \"T/key\" -o StrictHostKeyChecking=yes -o \"UserKnownHostsFile=T/known_hosts\"\n" +
		"[url \"ssh://git@github.com/\"]\n\tinsteadOf = https://github.com/\n",
	"a token for other repositories": "[url \"https://x-access-token:SECRET@github.com/\"]\n\tinsteadOf = https://github.com/\n",
	"LFS": "[filter \"lfs\"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n" +
		"[lfs \"https://x:SECRET@github.com/o/r.git/info/lfs\"]\n\taccess = basic\n",
	"git's store": "[credential]\n\thelper = store --file=W/.git/credentials\n",
}

// TestGitAfterEveryCheckout: whatever version of actions/checkout was there, the user finds
// no credentials, and git works, in the repository and in its submodule.
func TestGitAfterEveryCheckout(t *testing.T) {
	for name, config := range checkouts {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, 1001)
			workspace, temporary := filepath.Join(root, "workspace"), filepath.Join(root, "runner_temp")
			w.Environ = append([]string{"RUNNER_TEMP=" + temporary}, w.Environ...)
			config = strings.NewReplacer("W/", workspace+"/", "T/", temporary+"/").Replace(config)
			if err := errors.Join(os.RemoveAll(workspace), os.MkdirAll(workspace, 0o755), os.Mkdir(temporary, 0o755)); err != nil {
				t.Fatal(err)
			}
			repository(t, workspace)
			if err := os.Mkdir(".git/modules", 0o755); err != nil {
				t.Fatal(err)
			}
			git := exec.Command("git", "init", "--quiet", "--separate-git-dir="+workspace+"/.git/modules/refs", workspace+"/sub")
			if out, err := git.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, file := range []string{".git/config", ".git/modules/refs/config"} {
				text, err := os.ReadFile(file)
				if err := errors.Join(err, os.WriteFile(file, []byte(string(text)+config), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range []string{
				temporary + "/git-credentials-1.config", temporary + "/other.config", temporary + "/key", temporary + "/known_hosts",
				root + "/home/.git-credentials", root + "/home/.netrc", workspace + "/.netrc", workspace + "/.git/credentials", workspace + "/gha-creds-1.json",
			} {
				if err := os.WriteFile(file, []byte("[http]\n\textraheader = SECRET\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := chownAll(root, 1001, 1001); err != nil {
				t.Fatal(err)
			}
			before := state(t, root)
			s, err := Isolate(w, "")
			if err != nil {
				t.Fatal(err)
			}
			if out := as(t, s, "grep -rs SECRET "+root+"; true"); out != "" {
				t.Errorf("the user can read\n%s", out)
			}
			for _, dir := range []string{workspace, workspace + "/sub"} {
				out := as(t, s, "cd "+dir+" && git config --list && git status --porcelain --ignore-submodules && git rev-parse --show-toplevel")
				if strings.Contains(out, "SECRET") || strings.Contains(out, "fatal") || !strings.HasSuffix(out, dir+"\n") {
					t.Errorf("git in %s\n%s", dir, out)
				}
			}
			t.Chdir(workspace)
			if top, err := s.Git(t.Context(), "rev-parse", "--show-toplevel"); err != nil || top != workspace {
				t.Errorf("%q, %v", top, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if after := state(t, root); strings.Join(after, "\n") != strings.Join(before, "\n") {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

// TestGitEndsAtAnIncludeItMayNotRead is why such includes are withheld.
func TestGitEndsAtAnIncludeItMayNotRead(t *testing.T) {
	s, root := configured(t, nil)
	if out := as(t, s, "cd "+root+"/workspace && git -c include.path="+root+"/home/x.config status"); !strings.Contains(out, "fatal") {
		t.Errorf("git works:\n%s", out)
	}
}

// TestWhatTheUserLeavesIsTheOwners, its group, too.
func TestWhatTheUserLeavesIsTheOwners(t *testing.T) {
	s, root := configured(t, nil)
	workspace := root + "/workspace"
	out := as(t, s, "cd "+workspace+" && git -c user.name=a -c user.email=a@b commit --quiet --allow-empty --message=one && touch built && echo ok")
	if out != "ok\n" {
		t.Fatal(out)
	}
	if err := giveBack(s.journal.all, &s.journal.room); err != nil {
		t.Error(err)
	}
	err := filepath.WalkDir(workspace, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if owner, err := ownerOf(path); err != nil || owner.Uid != 1001 || owner.Gid != 1001 {
			t.Errorf("%s belongs to %d:%d, %v", path, owner.Uid, owner.Gid, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestCheckOutWhereSomebodyElseCouldPutALink is refused.
func TestCheckOutWhereSomebodyElseCouldPutALink(t *testing.T) {
	s, root := configured(t, nil)
	if _, err := s.CheckOut(t.Context(), s.Scratch(), "x", root+"/workspace/tree"); err == nil || !strings.Contains(err.Error(), "is not ours") {
		t.Error(err)
	}
}

// TestGitOfOursLooksForNoRepositoryAbove: the user can make one in the directory for
// temporary files.
func TestGitOfOursLooksForNoRepositoryAbove(t *testing.T) {
	s, _ := configured(t, nil)
	above := filepath.Dir(s.Scratch())
	if out, err := exec.Command("git", "init", "--quiet", above).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer os.RemoveAll(filepath.Join(above, ".git"))
	if out, err := s.ownGit(t.Context(), nil, "rev-parse", "--show-toplevel"); err == nil {
		t.Errorf("it has found %s", out)
	}
}

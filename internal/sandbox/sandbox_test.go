package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// groupVariable tells a helper the group of its test.
const groupVariable = "TEST_GROUP"

// The test binary is also the supervisor of git, and what other tests run.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == gateway.SuperviseCommand {
		os.Exit(gateway.Supervise(os.Args[2:]))
	}
	if text := os.Getenv(groupVariable); text != "" {
		benchGID, _ = strconv.Atoi(text)
	} else {
		benchGID = 100_000 + os.Getpid()
	}
	baseGID = benchGID + 10_000_000
	if len(os.Args) > 1 {
		if helper, ok := helpers[os.Args[1]]; ok {
			os.Exit(helper())
		}
	}
	os.Exit(m.Run())
}

const checkoutConfig = `[core]
	bare = false
[remote "origin"]
	url = https://x-access-token:SECRET@github.com/o/r
	fetch = +refs/heads/*:refs/remotes/origin/*
[http "https://github.com/"]
	extraheader = AUTHORIZATION: basic SECRET
[includeIf "gitdir:/github/workspace/.git"]
	path = /github/runner_temp/git-credentials-SECRET.config
`

// runnerFiles are what a runner mounts, for a workspace of this owner.
func runnerFiles(t *testing.T, owner int) (root string, w host.World) {
	t.Helper()
	testenv.NeedsRoot(t)
	root, err := os.MkdirTemp("/tmp", "proxy-bench-test-") // a test's own directory lets nobody else in
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	return root, runnerFilesIn(t, root, owner)
}

// runnerFilesIn makes them in a directory.
func runnerFilesIn(t *testing.T, root string, owner int) host.World {
	t.Helper()
	for path, content := range map[string]string{
		"workspace/.git/config": checkoutConfig, "workspace/.git/HEAD": "ref: refs/heads/main\n",
		"workspace/.git/modules/sub/config": checkoutConfig, "workspace/main.go": "package main\n",
		// A checkout with a path of its own, and submodules with names of git's own.
		"workspace/src/.git/config": checkoutConfig, "workspace/src/.git/HEAD": "ref: refs/heads/main\n",
		"workspace/src/.git/modules/refs/config": checkoutConfig, "workspace/.git/modules/objects/config": checkoutConfig,
		"workspace/.git/worktrees/x/config.worktree": checkoutConfig,
		"file_commands/output":                       "", "workflow/event.json": "{}", "home/.gitconfig": "",
	} {
		path = filepath.Join(root, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(root, 0o755), chownAll(root, owner, owner)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", root) // for the scratch directory
	return host.World{Environ: []string{
		"GITHUB_ACTIONS=true", "INPUT_START=x", "GITHUB_WORKSPACE=" + root + "/workspace",
		"GITHUB_OUTPUT=" + root + "/file_commands/output", "GITHUB_EVENT_PATH=" + root + "/workflow/event.json",
		"HOME=" + root + "/home", "RUNNER_TEMP=/tmp", "PATH=" + os.Getenv("PATH"), "ACTIONS_RUNTIME_TOKEN=SECRET",
		"AWS_SECRET_ACCESS_KEY=SECRET", "LANG=C", "GOROOT=/opt/go", "GOPROXY=https://me:SECRET@proxy.example", "GOTOOLCHAIN=local", "RUSTFLAGS=-C opt-level=1", "CARGO_TARGET_DIR=/opt/target",
	}}
}

// command prepares a program to run as an arm's user, without a supervisor.
func (s *Sandbox) command(arm bench.Arm, cmd *exec.Cmd) {
	cmd.Env = s.Environment(string(arm), nil)
	user := s.User(arm)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(user.UID), Gid: uint32(user.GID)}}
}

// as runs a shell line as git's user and returns what it prints.
func as(t *testing.T, s *Sandbox, line string) string {
	t.Helper()
	return asArm(t, s, "", line)
}

// asArm runs a shell line as an arm's user and returns what it prints.
func asArm(t *testing.T, s *Sandbox, arm bench.Arm, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	s.command(arm, cmd)
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return string(out)
}

// state is everything about the files below root that has to be as before.
func state(t *testing.T, root string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			content, err = os.ReadFile(path)
		}
		s := info.Sys().(*syscall.Stat_t)
		all = append(all, strings.Join([]string{path, info.Mode().String(), string(rune(s.Uid)), string(rune(s.Gid)), string(content)}, " "))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestIsolation(t *testing.T) {
	for name, tc := range map[string]struct{ owner, runsAs int }{
		"workspace of the runner": {1001, 1001},
		"workspace of root":       {0, benchUID},
	} {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, tc.owner)
			before := state(t, root)
			i, err := Isolate(w, "")
			if err != nil {
				t.Fatal(err)
			}
			if *i.user != (gateway.User{UID: tc.runsAs, GID: benchGID}) {
				t.Errorf("the user is %+v", *i.user)
			}
			for _, dir := range []string{"file_commands", "workflow", "home"} {
				line := "ls " + root + "/" + dir + "; echo >>" + root + "/" + dir + "/output; chmod 777 " + root + "/" + dir
				if out := as(t, i, line); strings.Count(out, "ermission denied")+strings.Count(out, "not permitted") != 3 {
					t.Errorf("%s:\n%s", dir, out)
				}
			}
			if out := as(t, i, "grep -r SECRET "+root); strings.Contains(out, "extraheader") || strings.Contains(out, "x-access-token") {
				t.Errorf("what can be read:\n%s", out)
			}
			if out := as(t, i, "cd "+root+"/workspace && cat .git/config .git/modules/sub/config && echo >built && echo >$HOME/x && git rev-parse --show-toplevel"); strings.Contains(out, "SECRET") ||
				strings.Count(out, "fetch = +refs") != 2 || strings.Contains(out, "denied") {
				t.Errorf("in the workspace:\n%s", out)
			}
			as(t, i, "cd "+root+"/workspace && rm built && rm -rf .git/config && ln -s "+root+"/home/.gitconfig .git/config; rm .git/modules/sub/config; mkfifo .git/modules/sub/config; echo '[core] fsmonitor = ./evil' >>src/.git/config")
			if err := i.Close(); err != nil {
				t.Error(err)
			}
			if after := state(t, root); !slices.Equal(after, before) {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

func TestIsolatedEnvironment(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	i, err := Isolate(w, "cached")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	}()
	env := i.Environment("head", map[string]string{"OPENAI_API_KEY": "mock", "LANG": "de"})
	slices.Sort(env)
	home, cache := i.Scratch()+"/home-head", root+"/workspace/cached"
	want := []string{
		"CARGO_HOME=" + cache + "/cargo", "CARGO_INSTALL_ROOT=" + home + "/cargo", "CARGO_TARGET_DIR=/opt/target",
		"GOCACHE=" + cache + "/go-build", "GOFLAGS=-modcacherw", "GOMODCACHE=" + cache + "/go-mod",
		"GOPATH=" + home + "/go", "GOTOOLCHAIN=auto", "HOME=" + home, "LANG=de", "OPENAI_API_KEY=mock",
		"PATH=" + home + "/cargo/bin:" + home + "/go/bin:" + os.Getenv("PATH"), "RUSTFLAGS=-C opt-level=1",
		"RUSTUP_AUTO_INSTALL=1", "RUSTUP_HOME=/usr/local/rustup", "XDG_CACHE_HOME=" + cache, "npm_config_cache=" + cache + "/npm",
	}
	if !slices.Equal(env, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(env, "\n"), strings.Join(want, "\n"))
	}
}

// TestBaseHasPlacesOfItsOwn: what base's build writes must not be head's.
func TestBaseHasPlacesOfItsOwn(t *testing.T) {
	_, w := runnerFiles(t, 1001)
	isolated, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer isolated.Close()
	plain, err := Open(host.World{Environ: []string{"HOME=/h", "CARGO_TARGET_DIR=/opt/target", "GOBIN=/opt/bin"}})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	for _, s := range []*Sandbox{isolated, plain} {
		values := map[string]string{}
		for _, pair := range s.Environment("head", nil) {
			name, value, _ := strings.Cut(pair, "=")
			values[name] = value
		}
		for _, pair := range s.Environment("base", nil) {
			name, value, _ := strings.Cut(pair, "=")
			own := slices.Contains(single, name) || s == isolated && slices.Contains([]string{"HOME", "GOPATH", "PATH", "XDG_CACHE_HOME", "CARGO_HOME", "GOCACHE", "GOMODCACHE", "npm_config_cache", "RUSTUP_HOME"}, name)
			if own == (value == values[name]) {
				t.Errorf("%s is %s for base and %s for head", name, value, values[name])
			}
		}
	}
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		if out := asArm(t, isolated, arm, "touch $HOME/x && echo ok"); out != "ok\n" {
			t.Errorf("%s: %s", arm, out)
		}
	}
}

// Outside the action the environment is inherited, but for what is the runner's.
func TestPlainEnvironment(t *testing.T) {
	i, err := Open(host.World{Environ: []string{"GITHUB_ACTIONS=true", "PATH=/bin", "GITHUB_TOKEN=x", "ACTIONS_RUNTIME_TOKEN=x", "GITHUB_ENV=/x", "LANG=C", "HOME=/h"}})
	if err != nil || i.User(bench.Head) != nil {
		t.Fatal(i, err)
	}
	got := i.Environment("head", map[string]string{"LANG": "de", "OPENAI_API_KEY": "mock"})
	slices.Sort(got)
	if want := []string{"HOME=/h", "LANG=de", "OPENAI_API_KEY=mock", "PATH=/bin"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if err := i.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(i.Scratch()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the scratch directory is left: %v", err)
	}
}

func TestSocketIsClosed(t *testing.T) {
	testenv.NeedsRoot(t)
	i := &Sandbox{user: &gateway.User{UID: 1001, GID: benchGID}}
	for name, tc := range map[string]struct {
		mode     fs.FileMode
		uid, gid int
		open     bool
	}{
		"as Docker makes it":      {0o660, 0, 112, false},
		"anyone's":                {0o666, 0, 112, true},
		"its group's":             {0o660, 0, benchGID, true},
		"the workspace's owner's": {0o600, 1001, 112, true},
	} {
		path := filepath.Join(t.TempDir(), "docker.sock")
		if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, tc.mode), os.Chown(path, tc.uid, tc.gid)); err != nil {
			t.Fatal(err)
		}
		if err := i.socketIsClosed(path); (err != nil) != tc.open {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := i.socketIsClosed(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}

// TestIsolateRefuses what it cannot protect, and leaves all as it was.
func TestIsolateRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(root string) error
		says  string
	}{
		"no workspace":             {func(root string) error { return os.RemoveAll(root + "/workspace") }, "GITHUB_WORKSPACE"},
		"an endless configuration": {func(root string) error { return os.Truncate(root+"/workspace/.git/config", gitConfigLimit+1) }, "more than"},
		"a workspace that is a file": {func(root string) error {
			return errors.Join(os.RemoveAll(root+"/workspace"), os.WriteFile(root+"/workspace", nil, 0o644))
		}, "workspace"},
	} {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, 1001)
			if err := c.spoil(root); err != nil {
				t.Fatal(err)
			}
			before := state(t, root)
			if _, err := Isolate(w, ""); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one with %q", err, c.says)
			}
			if after := state(t, root); !slices.Equal(after, before) {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

// TestWithoutARepository there are no credentials to withhold.
func TestWithoutARepository(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	if err := os.RemoveAll(root + "/workspace/.git"); err != nil {
		t.Fatal(err)
	}
	s, err := Isolate(w, "/cache")
	if err != nil {
		t.Fatal(err)
	}
	if env := s.Environment("head", nil); !slices.Contains(env, "CARGO_HOME=/cache/cargo") {
		t.Errorf("environment %v", env)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestGive: in an isolated sandbox a directory becomes the user's, with all in it
// and without following links; outside the action nothing changes.
func TestGive(t *testing.T) {
	_, w := runnerFiles(t, 1001)
	isolated, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Open(w)
	if err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for uid, s := range map[uint32]*Sandbox{1001: isolated, 0: plain} {
		dir := filepath.Join(s.Scratch(), "given")
		if err := errors.Join(os.MkdirAll(dir+"/in", 0o755), os.WriteFile(dir+"/in/file", nil, 0o600), os.Symlink(outside, dir+"/link")); err != nil {
			t.Fatal(err)
		}
		if err := s.Give(bench.Head, dir); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]uint32{dir: uid, dir + "/in/file": uid, outside: 0} {
			if owner, err := ownerOf(path); err != nil || owner.Uid != want {
				t.Errorf("%s belongs to %d, %v; want %d", path, owner.Uid, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := isolated.Give(bench.Base, filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a directory that is not there was given")
	}
}

// TestNothingIsGivenBackBeforeAllHaveEnded: a process that no supervisor has seen waits
// for the token to come back.
func TestNothingIsGivenBackBeforeAllHaveEnded(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	i, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	config, stolen := root+"/workspace/.git/config", root+"/workspace/stolen"
	thief := "until grep -q SECRET " + config + "; do :; done; cat " + config + " >" + stolen
	pids := strings.Fields(as(t, i, "for n in 1 2 3 4; do setsid sh -c '"+thief+"' >/dev/null 2>&1 </dev/null & echo $!; done"))
	if len(pids) != 4 || !alive(pids[3]) {
		t.Fatalf("no thief waits, so this test shows nothing: %v", pids)
	}
	if err := i.Close(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(config); err != nil || !strings.Contains(string(text), "SECRET") {
		t.Errorf("the token was not given back: %v", err)
	}
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("process %s is left", pid)
		}
	}
	if _, err := os.Stat(stolen); err == nil {
		t.Error("the token was read")
	}
}

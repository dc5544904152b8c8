package sandbox

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/attacks"
)

// serving is a process of base that listens on a port, which another of the same user
// could share, and prints it.
const serving = `exec python3 -c '
import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1], flush=True)
time.sleep(1000)'`

// against are shell lines of head's. $PID is a process of base, $PORT what it listens on,
// $TREE where it was checked out; with BASE_ begin the variables of base's environment.
var against = map[string]string{
	"stop base":      `kill -STOP $PID`,
	"end base":       `kill -9 $PID`,
	"slow base":      `renice -n 19 -p $PID`,
	"limit base":     `prlimit --pid $PID --nofile=3:3`,
	"look into base": `grep -q HOME /proc/$PID/environ`,
	"take base's port": `python3 -c '
import os, socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(("127.0.0.1", int(os.environ["PORT"])))
s.listen()'`,
	"change base's program":        `echo more >>$TREE/gw.sh`,
	"replace base's directory":     `mv $TREE $TREE.base && mkdir $TREE`,
	"change base's settings":       `echo 'registry=http://evil.example' >$BASE_HOME/.npmrc`,
	"poison base's compiler cache": `mkdir -p $BASE_GOCACHE && echo >$BASE_GOCACHE/x`,
	"poison base's sources":        `mkdir -p $BASE_CARGO_HOME/registry && echo >$BASE_CARGO_HOME/registry/x`,
	"change base's compilers":      `mkdir -p $BASE_RUSTUP_HOME/toolchains/stable`,
}

// TestHeadAgainstBase: what head does to the base beside it fails. As base's own user, as
// which it would run if both were one, it succeeds.
func TestHeadAgainstBase(t *testing.T) {
	lines := attacks.Family{Title: attacks.Base.Title}
	for _, a := range attacks.Base.Attacks {
		if _, changes := rewrites[a.Name]; !changes {
			lines.Attacks = append(lines.Attacks, a)
		}
	}
	attacks.Each(t, lines, against, func(t *testing.T, _ string, line string) {
		for as, fails := range map[bench.Arm]bool{bench.Head: true, bench.Base: false} {
			_, w := runnerFiles(t, 1001)
			s, err := Isolate(w, "")
			if err != nil {
				t.Fatal(err)
			}
			out, err := attack(t, s, as, line)
			if (err != nil) != fails {
				t.Errorf("as %s's user: %v\n%s", as, err, out)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// attack runs a shell line as an arm's user beside a base that runs.
func attack(t *testing.T, s *Sandbox, as bench.Arm, line string) (string, error) {
	t.Helper()
	trees := filepath.Join(s.Scratch(), "base")
	tree := filepath.Join(trees, "tree")
	if err := errors.Join(os.MkdirAll(tree, 0o755), os.WriteFile(tree+"/gw.sh", nil, 0o755), s.Give(bench.Base, tree)); err != nil {
		t.Fatal(err)
	}
	if as == bench.Base { // who would have been given all of it
		if err := s.Give(bench.Base, trees); err != nil {
			t.Fatal(err)
		}
	}
	base := exec.Command("sh", "-c", serving)
	s.command(bench.Base, base)
	printed, err := base.StdoutPipe()
	if err == nil {
		err = base.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = base.Process.Kill(); _ = base.Wait() }()
	port, err := bufio.NewReader(printed).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", strings.NewReplacer("$PID", strconv.Itoa(base.Process.Pid), "$TREE", tree).Replace(line))
	s.command(as, cmd)
	for _, pair := range s.Environment(string(bench.Base), nil) {
		cmd.Env = append(cmd.Env, "BASE_"+pair)
	}
	cmd.Env = append(cmd.Env, "PORT="+strings.TrimSpace(port))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// rewrites are changes of the workspace's repository, before the commit $BASE is checked
// out as base's. $EVIL is a program that prints another file.
var rewrites = map[string]string{
	"change what is checked out":         `git config filter.x.smudge 'echo evil; cat >/dev/null'; echo '* filter=x' >.git/info/attributes`,
	"put another commit in base's place": `echo evil >gw.sh; git commit --quiet --all --message=evil; git replace $BASE HEAD; git reset --quiet --hard $BASE^{commit}`,
	"change a file of base's in the repository": `good=$(git rev-parse $BASE:gw.sh); evil=$(echo evil | git hash-object -w --stdin)
		at() { echo .git/objects/$(echo $1 | cut -c-2)/$(echo $1 | cut -c3-); }
		rm -f $(at $good); cp $(at $evil) $(at $good)`,
}

// TestBaseIsItsCommit: whatever was done to the workspace's repository, what is checked out
// as base's is the commit's, or nothing. Without protection it is not.
func TestBaseIsItsCommit(t *testing.T) {
	lines := attacks.Family{Title: attacks.Base.Title}
	for _, a := range attacks.Base.Attacks {
		if _, other := against[a.Name]; !other {
			lines.Attacks = append(lines.Attacks, a)
		}
	}
	attacks.Each(t, lines, rewrites, func(t *testing.T, _ string, line string) {
		w, _, noted := plant(t, planted{line: `BASE=$(git rev-parse HEAD); ` + line + `; echo $BASE >base`})
		root := filepath.Dir(filepath.Dir(noted))
		id, err := os.ReadFile("base")
		if err != nil {
			t.Fatal(err)
		}
		commit := strings.TrimSpace(string(id))
		git(t, "", filepath.Dir(noted), "git worktree add --quiet --detach "+root+"/plain "+commit)
		if text, err := os.ReadFile(root + "/plain/gw.sh"); err != nil || string(text) != "evil\n" {
			t.Errorf("without protection the file is %q, %v, so this test shows nothing", text, err)
		}
		if err := chownAll("../workspace", 1001, 1001); err != nil {
			t.Fatal(err)
		}
		s, err := Isolate(w, "")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		tree := filepath.Join(s.Scratch(), "tree")
		repository, err := s.Take(t.Context(), commit)
		if err == nil {
			_, err = s.CheckOut(t.Context(), repository, commit, tree)
		}
		t.Logf("%v", err)
		if text, readErr := os.ReadFile(tree + "/gw.sh"); err == nil && string(text) != "one\n" || err != nil && readErr == nil && string(text) != "one\n" {
			t.Errorf("the file is %q, %v", text, err)
		}
	})
}

// TestTake: what base's build can ask git of a commit that was copied, as its own user.
func TestTake(t *testing.T) {
	w, _, _ := plant(t, planted{line: `git tag --annotate --message=x v1.2; mkdir cmd; echo deep >cmd/deep; git add .; git commit --quiet --message=two; echo later >gw.sh; git commit --quiet --all --message=three; git rev-parse HEAD~1 >base`})
	id, err := os.ReadFile("base")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir("cmd"); err != nil { // a working directory below the repository's
		t.Fatal(err)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit := strings.TrimSpace(string(id))
	repository, err := s.Take(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(s.Scratch(), "tree")
	if _, err := s.CheckOut(t.Context(), repository, commit, tree); err != nil {
		t.Fatal(err)
	}
	out := asArm(t, s, bench.Base, "cd "+tree+" && cat gw.sh cmd/deep && git status --porcelain && git rev-parse HEAD && git describe --tags --dirty && touch $HOME/x && echo mine >gw.sh && echo ok")
	if want := "one\ndeep\n" + commit + "\nv1.2-1-g" + commit[:7] + "\nok\n"; out != want {
		t.Errorf("base sees\n%s\nwant\n%s", out, want)
	}
	if _, err := s.Take(t.Context(), "HEAD"); err == nil {
		t.Error("what is no commit's name was taken")
	}
	if _, err := s.Take(t.Context(), strings.Repeat("d", 40)); err == nil {
		t.Error("a commit that is not there was taken")
	}
}

// TestTakeOfAShallowClone: the parents of what a clone ends at are not there.
func TestTakeOfAShallowClone(t *testing.T) {
	w, _, _ := plant(t, planted{line: `for n in two three four; do echo $n >gw.sh; git commit --quiet --all --message=$n; done
		git clone --quiet --depth=2 "file://$PWD" clone; rm -rf .git; mv clone/.git .git; rm -rf clone; git rev-parse HEAD~1 >base`})
	id, err := os.ReadFile("base")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit, tree := strings.TrimSpace(string(id)), filepath.Join(s.Scratch(), "tree")
	repository, err := s.Take(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckOut(t.Context(), repository, commit, tree); err != nil {
		t.Fatal(err)
	}
	if out, want := asArm(t, s, bench.Base, "cd "+tree+" && cat gw.sh && git log --format=%H && git status --porcelain"), "three\n"+commit+"\n"; out != want {
		t.Errorf("base sees %q, want %q", out, want)
	}
}

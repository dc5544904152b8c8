//go:build platform

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// thief is a build that waits to be left alone with the token.
const thief = `echo >building; setsid sh -c 'until grep -q extraheader .git/config; do :; done; cp .git/config stolen' & `

// keeperJob has a repository with a token in the workspace, and this build.
func keeperJob(t *testing.T, owner int, build string) *job {
	j := gatewayJob(t, owner, "sh build.sh", "")
	j.write("workspace/build.sh", build)
	git := exec.Command("git", "init", "--quiet", filepath.Join(j.dir, "workspace"))
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	j.write("workspace/.git/config", j.read("workspace/.git/config")+checkedOut)
	return j
}

// TestPlatformKilled: when our process is killed in the middle of a build, the runner
// has its directories and git its token again, and the build has not seen it.
func TestPlatformKilled(t *testing.T) {
	for name, owner := range map[string]int{"workspace of the runner": runnerUID, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			j := keeperJob(t, owner, thief+"sleep 1000")
			config := j.read("workspace/.git/config")
			killed := make(chan error, 1)
			go func() { killed <- killWhen(t.Context(), filepath.Join(j.dir, "workspace/building")) }()
			r := j.run(t.Context())
			if err := <-killed; err != nil {
				t.Fatalf("%v\n%s", err, r.log)
			}
			if r.exit != 3 || !strings.Contains(r.log, "killed") || !strings.Contains(r.log, "were given back") {
				t.Errorf("exit status %d\n%s", r.exit, r.log)
			}
			j.wantGivenBack(config)
		})
	}
}

// killWhen kills the process that builds, once a file shows that it does. It is the one
// that the keeper has started: the child of a container's first process.
func killWhen(ctx context.Context, file string) error {
	for ; ctx.Err() == nil; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		}
	}
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return err
	}
	for _, path := range statuses {
		status, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		// Tests that run beside this one have containers of their own.
		if err != nil || !bytes.Equal(line, []byte("/usr/local/bin/proxy-bench\x00gate\x00")) || !bytes.Contains(status, []byte("NSpid:")) {
			continue
		}
		_, ids, _ := strings.Cut(string(status), "NSpid:")
		ids, _, _ = strings.Cut(ids, "\n")
		there, err := os.Stat(filepath.Join(filepath.Dir(path), "root/github/workspace"))
		here, failed := os.Stat(filepath.Dir(file))
		if err != nil || failed != nil || !os.SameFile(there, here) {
			continue
		}
		if inside := strings.Fields(ids); inside[len(inside)-1] != "1" {
			var pid int
			if _, err := fmt.Sscan(inside[0], &pid); err != nil {
				return err
			}
			return unix.Kill(pid, unix.SIGKILL)
		}
	}
	return fmt.Errorf("no process of ours was found in the container")
}

// TestPlatformOutOfMemory: a build that takes all memory ends, and is what is blamed.
func TestPlatformOutOfMemory(t *testing.T) {
	j := keeperJob(t, runnerUID, thief+`exec python3 -c 'b = []
while True: b.append(bytearray(b"x" * (1 << 24)))'`)
	j.docker = []string{"--memory", "400m", "--memory-swap", "400m"}
	config := j.read("workspace/.git/config")
	r := j.run(t.Context())
	if r.exit != 3 || !strings.Contains(r.log, "SIGKILL") && !strings.Contains(r.log, "killed") {
		t.Errorf("exit status %d\n%s", r.exit, r.log)
	}
	if strings.Contains(r.log, "this step was killed") {
		t.Errorf("the step was killed, and not the build\n%s", r.log)
	}
	j.wantGivenBack(config)
}

// wantGivenBack: directories, owners and token are as before, and nobody has read it.
func (j *job) wantGivenBack(config string) {
	j.t.Helper()
	for _, dir := range []string{"workspace", "file_commands", "home", "workflow", "runner_temp"} {
		info, err := os.Stat(filepath.Join(j.dir, dir))
		j.must(err)
		if info.Mode().Perm() != 0o755 {
			j.t.Errorf("%s has mode %o", dir, info.Mode().Perm())
		}
	}
	j.wantOwner()
	if got := j.read("workspace/.git/config"); got != config {
		j.t.Errorf("git's configuration is not as before:\n%s", got)
	}
	if j.read("workspace/stolen") != "" {
		j.t.Error("the token was stolen")
	}
}

// wantOwner: every file is still the owner's.
func (j *job) wantOwner() {
	j.t.Helper()
	group := ownerGroup(j.t, j.owner)
	j.must(filepath.WalkDir(j.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == j.dir {
			return err
		}
		var stat unix.Stat_t
		if err := unix.Lstat(path, &stat); err != nil {
			return err
		}
		if int(stat.Uid) != j.owner || int(stat.Gid) != group {
			j.t.Errorf("%s belongs to %d:%d, want %d:%d", path, stat.Uid, stat.Gid, j.owner, group)
		}
		return nil
	}))
}

// startOverhead bounds the time between the container's start and the first line of a
// build.
const startOverhead = time.Second

// TestPlatformBuildsSoon: what keeping and withholding take is not noticed. On a busy
// machine the best of three counts.
func TestPlatformBuildsSoon(t *testing.T) {
	for attempt := 1; ; attempt++ {
		took := untilBuild(t)
		if took <= startOverhead {
			return
		}
		if attempt == 3 {
			t.Fatalf("more than %v", startOverhead)
		}
	}
}

// untilBuild is the time from a container's first process to the first line of its build.
func untilBuild(t *testing.T) time.Duration {
	j := keeperJob(t, runnerUID, "date +%s.%N >begun; cut -d' ' -f22 /proc/1/stat >container; getconf CLK_TCK >ticks; cut -d' ' -f1 /proc/uptime >uptime; date +%s.%N >then; exit 1")
	r := j.run(t.Context())
	var begun, then, uptime, container, ticks float64
	for file, to := range map[string]*float64{"begun": &begun, "then": &then, "uptime": &uptime, "container": &container, "ticks": &ticks} {
		if _, err := fmt.Sscan(j.read("workspace/"+file), to); err != nil {
			t.Fatalf("%s: %v\n%s", file, err, r.log)
		}
	}
	took := time.Duration((begun - (then - uptime + container/ticks)) * 1e9).Round(time.Millisecond)
	t.Logf("from the container's first process to the build's first line: %v; from docker run: %v", took,
		time.Duration(begun*1e9-float64(r.begun.UnixNano())).Round(time.Millisecond))
	return took
}

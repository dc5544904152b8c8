//go:build platform

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/attacks"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// exhaustion is an attack by using up something.
type exhaustion struct {
	build, habit string // of the hostile program
	// careless is what a step without precautions does, as a shell line, and lost whether
	// that has cost it something.
	careless string
	lost     func(j *job) bool
	codes    []int // with which the step may end
	says     string
	docker   []string
	kill     bool // the action, in the middle of the build
}

// givesBack is a step that takes the token out of git's configuration, runs something, and
// then writes the configuration and an output.
func givesBack(line string) string {
	return `config=$(cat .git/config); : >.git/config; ` + line + `; { printf '%s\n' "$config" >.git/config; echo verdict=failed >>/github/file_commands/set_output_1; } 2>/dev/null; exit 0`
}

func notGivenBack(j *job) bool {
	return !strings.Contains(j.read("workspace/.git/config"), secretToken) || j.read("file_commands/set_output_1") == ""
}

// printedMuch reads what a careless step has kept of an output.
func printedMuch(j *job) bool {
	var size int
	_, err := fmt.Sscan(j.read("workspace/size"), &size)
	return err == nil && size > 100<<20
}

// fewFiles is more than a step needs, and less than a gateway can take of the mock.
var fewFiles = []string{"--ulimit", "nofile=300:300"}

var exhausting = map[string]exhaustion{
	"fill the disk and fail": {
		build: "full", codes: []int{host.ExitFailed}, says: "a disk is full",
		careless: givesBack("sh build.sh full"), lost: notGivenBack,
	},
	"fill the disk and go on": {
		build: "disk", codes: []int{host.ExitOK, host.ExitFailed},
		careless: givesBack("sh build.sh disk"), lost: notGivenBack,
	},
	"fill the disk as a gateway": {
		build: "peaceful", habit: "disk", codes: []int{host.ExitOK, host.ExitFailed},
		careless: givesBack("PORT=0 timeout 5 ./hostile gateway disk"), lost: notGivenBack,
	},
	"take all files of the disk": {
		build: "files", codes: []int{host.ExitFailed}, says: "a disk is full",
		careless: givesBack("sh build.sh files"), lost: notGivenBack,
	},
	"fill the disk when the action dies": {
		build: "hoard", codes: []int{host.ExitFailed}, says: "were given back", kill: true,
		careless: givesBack("timeout 5 sh build.sh hoard"), lost: notGivenBack,
	},
	"fill the directory for temporary files": {
		build: "temporary", codes: []int{host.ExitFailed}, says: "no space left on device",
		docker:   []string{"--tmpfs", "/tmp:size=48m,mode=1777"},
		careless: "sh build.sh temporary; { date >/tmp/started; cp /tmp/started started; } 2>/dev/null; exit 0",
		lost:     func(j *job) bool { return j.read("workspace/started") == "" },
	},
	"print without end in a build": {
		build: "flood", codes: []int{host.ExitOK}, careless: "sh build.sh flood >/tmp/log; wc -c </tmp/log >size", lost: printedMuch,
	},
	"print without end as a gateway": {
		build: "peaceful", habit: "flood", codes: []int{host.ExitOK, host.ExitFailed},
		careless: "PORT=0 timeout 5 ./hostile gateway flood >/tmp/log; wc -c </tmp/log >size", lost: printedMuch,
	},
	"hold all descriptors": {
		build: "peaceful", habit: "hold", codes: []int{host.ExitFailed}, docker: fewFiles,
		careless: `python3 -c '
import socket, subprocess, os
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(1000)
port = s.getsockname()[1]
child = subprocess.Popen(["./hostile", "gateway", "hold"], env=dict(os.environ, PORT="0", UPSTREAM_URL="http://127.0.0.1:%d" % port))
accepted = []
try:
    while True: accepted.append(s.accept())
except OSError as e: accepted.clear(); open("starved", "w").write(str(e))
child.kill()'`,
		lost: func(j *job) bool { return strings.Contains(j.read("workspace/starved"), "Too many open files") },
	},
}

// exhaustJob has the hostile pull request on a disk of 64 MB and 3000 files, with all that
// the runner gives to a step, as on the runner's own disk.
func exhaustJob(t *testing.T, x exhaustion) *job {
	j := hostileJob(t, runnerUID, x.build)
	habit := x.habit
	if habit == "" {
		habit = "none"
	}
	config := j.read("workspace/.proxy-bench.yml")
	before, after, _ := strings.Cut(config, "  start: ")
	_, after, _ = strings.Cut(after, "\n")
	j.write("workspace/.proxy-bench.yml", before+"  start: exec ./hostile gateway "+habit+"\n"+after)
	small := t.TempDir()
	if err := unix.Mount("tmpfs", small, "tmpfs", 0, "size=64m,nr_inodes=3000,mode=755"); err != nil {
		testenv.Lacks(t, fmt.Sprintf("a file system cannot be mounted: %v", err), "run as root with CAP_SYS_ADMIN")
	}
	t.Cleanup(func() {
		if err := unix.Unmount(small, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	if out, err := exec.Command("cp", "--archive", j.dir+"/.", small).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	j.dir, j.docker = small, x.docker
	return j
}

// TestPlatformExhaustionIsReal: a step without precautions loses by each attack.
func TestPlatformExhaustionIsReal(t *testing.T) {
	attacks.Each(t, attacks.Exhaustion, exhausting, func(t *testing.T, _ string, x exhaustion) {
		j := exhaustJob(t, x)
		j.entry, j.args = "/bin/sh", []string{"-c", x.careless}
		if r := j.run(t.Context()); !x.lost(j) {
			t.Errorf("nothing is lost, so this attack shows nothing: exit status %d\n%.5000s", r.exit, r.log)
		}
	})
}

// TestPlatformExhaustion: the action ends with a reason, tells what has become of it, and
// the runner has everything as it was.
func TestPlatformExhaustion(t *testing.T) {
	attacks.Each(t, attacks.Exhaustion, exhausting, func(t *testing.T, _ string, x exhaustion) {
		j := exhaustJob(t, x)
		config := j.read("workspace/.git/config")
		killed := make(chan error, 1)
		if x.kill {
			go func() { killed <- killWhen(t.Context(), filepath.Join(j.dir, "workspace/building")) }()
		} else {
			killed <- nil
		}
		r := j.run(t.Context())
		if err := <-killed; err != nil {
			t.Fatalf("%v\n%s", err, r.log)
		}
		if !slices.Contains(x.codes, r.exit) || !strings.Contains(strings.Join(strings.Fields(r.log), " "), x.says) {
			t.Errorf("exit status %d, want one of %v and %q\n%.20000s", r.exit, x.codes, x.says, r.log)
		}
		t.Logf("exit status %d, a log of %d KB, %d MB written by the container: %s", r.exit, len(r.log)>>10, r.peak>>20, reason(r.log))
		if x.habit != "" && j.read("workspace/habit-"+x.habit) == "" && x.habit != "disk" {
			t.Errorf("it did not come to that\n%.20000s", r.log)
		}
		if r.peak > 100<<20 && x.docker == nil || len(r.log) > 8<<20 {
			t.Error("that is too much")
		}
		j.wantGivenBack(config)
		j.wantNothingLeft(r)
		if output := j.read("file_commands/set_output_1"); !x.kill && (!strings.Contains(output, "verdict<<") && !strings.Contains(output, "verdict=") || j.read("file_commands/step_summary_1") == "") {
			t.Errorf("it does not say what became of it: %q\n%.20000s", output, r.log)
		}
		if err := os.WriteFile(filepath.Join(j.dir, "file_commands/of-the-next-step"), []byte("x"), 0o644); err != nil {
			t.Errorf("the next step: %v", err)
		}
	})
}

// reason is why a log says that there is no verdict.
func reason(log string) string {
	_, why, _ := strings.Cut(strings.Join(strings.Fields(log), " "), "NO VERDICT: ")
	why, _, _ = strings.Cut(why, " Note ")
	return why
}

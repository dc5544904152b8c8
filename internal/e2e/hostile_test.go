//go:build platform

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/testdata/attacks"
)

// checkedOut is what actions/checkout leaves in git's configuration.
const checkedOut = `[http "https://github.com/"]
	extraheader = AUTHORIZATION: basic ` + secretToken + `
`

// hostileJob has the hostile pull request in its workspace, with this build.
func hostileJob(t *testing.T, owner int, build string) *job {
	j := newJob(t, owner)
	source := "../../testdata/hostile"
	binary := exec.Command("go", "build", "-o", filepath.Join(j.dir, "workspace/hostile"), "./testdata/hostile")
	binary.Dir, binary.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := binary.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script, err := os.ReadFile(source + "/build.sh")
	j.must(err)
	j.write("workspace/build.sh", string(script))
	config, err := os.ReadFile(source + "/proxy-bench.yml")
	j.must(err)
	j.write("workspace/.proxy-bench.yml", strings.Replace(string(config), "build.sh all", "build.sh "+build, 1))
	for _, args := range [][]string{
		{"init", "--quiet"},
		{"add", "build.sh"},
		{"-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "one"},
	} {
		git := exec.Command("git", append([]string{"-C", filepath.Join(j.dir, "workspace")}, args...)...)
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	j.write("workspace/.git/config", j.read("workspace/.git/config")+checkedOut)
	j.write("runner_temp/git-credentials.config", checkedOut)
	return j
}

// outcomes reads a report of the hostile program: attack by attack, what it got
// or why it got nothing.
func (j *job) outcomes(path string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(j.read(path)) {
		name, outcome, _ := strings.Cut(strings.TrimSpace(line), ": ")
		all[name] = outcome
	}
	return all
}

// wantOutcomes: a report has every attack of the table and no other, and each has come to
// this.
func (j *job) wantOutcomes(report, want string, r ran) {
	j.t.Helper()
	got := j.outcomes("workspace/" + report)
	for _, a := range attacks.Runner.Attacks {
		outcome, tried := got[a.Name]
		j.t.Logf("%s: %s: %s", report, a.Name, outcome)
		if !tried || !strings.HasPrefix(outcome, want) {
			j.t.Errorf("%s: %s: %q, want %s", report, a.Name, outcome, want)
		}
	}
	if len(got) != len(attacks.Runner.Attacks) {
		j.t.Errorf("%s has %d attacks, and %d are rows of the table\n%s", report, len(got), len(attacks.Runner.Attacks), r.log)
	}
}

// TestPlatformAttacksAreReal: without protection, as a container action would run a build
// by itself, every single attack gets what it wants. So TestPlatformHostile can fail.
func TestPlatformAttacksAreReal(t *testing.T) {
	j := hostileJob(t, runnerUID, "all")
	j.entry, j.args = "/bin/sh", []string{"-c", "sh build.sh all >/dev/null; ./hostile attack report.txt"}
	r := j.run(t.Context())
	if r.exit != 0 {
		t.Fatalf("exit status %d\n%s", r.exit, r.log)
	}
	j.wantOutcomes("report.txt", "SUCCEEDED", r)
}

// TestPlatformHostile: in the action no attack of a build or of a gateway succeeds, be
// the workspace the runner's or root's.
func TestPlatformHostile(t *testing.T) {
	for name, owner := range map[string]int{"workspace of the runner": runnerUID, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			j := hostileJob(t, owner, "all")
			config := j.read("workspace/.git/config")
			r := j.run(t.Context())
			if r.exit != 0 {
				t.Errorf("exit status %d", r.exit)
			}
			for _, report := range []string{"report-build.txt", "report-gateway.txt"} {
				j.wantOutcomes(report, "failed", r)
			}
			j.wantNothingLeft(r)
			if got := j.read("workspace/.git/config"); got != config {
				t.Errorf("git's configuration is not as before:\n%s", got)
			}
			ids := strings.Fields(j.read("workspace/git-ran-as"))
			if len(ids) == 0 || slices.Contains(ids, "0") {
				t.Errorf("what the build told git to run was run by users %q", ids)
			}
			// 1 GB was printed.
			if t.Logf("the container has written %d MB, its log has %d KB", r.peak>>20, len(r.log)>>10); r.peak > 100<<20 || len(r.log) > 8<<20 {
				t.Error("that is too much")
			}
		})
	}
}

// TestPlatformHostileErrors: what a failing build prints is shown, and not obeyed.
func TestPlatformHostileErrors(t *testing.T) {
	j := hostileJob(t, runnerUID, "fail")
	r := j.run(t.Context())
	if r.exit != 3 {
		t.Errorf("exit status %d, want 3\n%s", r.exit, r.log)
	}
	if !strings.Contains(r.log, "in the middle ##") {
		t.Errorf("the build's output is not shown:\n%s", r.log)
	}
	j.wantNothingLeft(r)
}

// TestPlatformHostileBomb: a build that forks for ever ends with its job, in the time
// that the runner leaves, which then kills.
func TestPlatformHostileBomb(t *testing.T) {
	j := hostileJob(t, runnerUID, "bomb")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	go func() {
		for ctx.Err() == nil && j.read("workspace/exploded") == "" {
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(3 * time.Second) // it forks after one
		cancel()
	}()
	r := j.run(ctx)
	if j.read("workspace/exploded") == "" {
		t.Fatalf("it did not come to that\n%s", r.log)
	}
	t.Logf("ended %v after it was asked to, with status %d", r.stop, r.exit)
	if r.stop == 0 || r.stop > 10*time.Second || r.exit == 137 {
		t.Errorf("it did not stop in time\n%s", r.log)
	}
	j.wantNothingLeft(r)
}

// wantNothingLeft: the runner's files are as an honest action leaves them, what
// it reads obeys nobody, and no process goes on.
func (j *job) wantNothingLeft(r ran) {
	j.t.Helper()
	for name, variable := range commandFiles {
		got := j.read("file_commands/" + name)
		shown := variable == "GITHUB_STEP_SUMMARY" // where what a build prints may be read
		if strings.Contains(got, "verdict=hostile") || strings.Contains(got, "hostile") && !shown {
			j.t.Errorf("%s: %q", name, got)
		}
	}
	for dir, files := range map[string]int{"file_commands": len(commandFiles), "home": 0, "workflow": 1} {
		entries, err := os.ReadDir(filepath.Join(j.dir, dir))
		j.must(err)
		if len(entries) != files {
			j.t.Errorf("%s has %v", dir, entries)
		}
	}
	for _, dir := range []string{"workspace", "file_commands", "home", "workflow", "runner_temp"} {
		info, err := os.Stat(filepath.Join(j.dir, dir))
		j.must(err)
		if uid := ownerOf(info); uid != j.owner || info.Mode().Perm() != 0o755 {
			j.t.Errorf("%s belongs to %d afterwards, with mode %o", dir, uid, info.Mode().Perm())
		}
	}
	for _, command := range obeyed(r.log) {
		if strings.Contains(command, "hostile") {
			j.t.Errorf("the runner would obey %q", command)
		}
	}
	if strings.Contains(r.log, secretToken) {
		for line := range strings.Lines(r.log) {
			if strings.Contains(line, secretToken) && !strings.HasPrefix(line, "::add-mask::") {
				j.t.Errorf("the log shows a token: %q", line)
			}
		}
	}
	for _, file := range []string{"build-lives", "gateway-lives"} {
		if before := j.read("workspace/" + file); before != "" {
			time.Sleep(200 * time.Millisecond)
			if j.read("workspace/"+file) != before {
				j.t.Errorf("whoever writes %s is still there", file)
			}
		}
	}
}

var (
	lineCommand = regexp.MustCompile(`^\s*::([^ :]+)[^:]*::(.*)`)
	oldCommand  = regexp.MustCompile(`##\[([a-z-]+)[^]]*\](.*)`)
)

// obeyed are the lines that the runner would take for commands: `::name::` at
// their beginning and `##[name]` anywhere, but not between stop-commands and the
// token that it gave.
func obeyed(log string) (commands []string) {
	resume := ""
	for line := range strings.Lines(log) {
		line = strings.TrimRight(line, "\r\n")
		if resume != "" {
			if strings.TrimSpace(line) == "::"+resume+"::" {
				resume = ""
			}
			continue
		}
		if m := lineCommand.FindStringSubmatch(line); m != nil {
			if m[1] == "stop-commands" {
				resume = m[2]
				continue
			}
			commands = append(commands, line)
		} else if oldCommand.MatchString(line) {
			commands = append(commands, line)
		}
	}
	return commands
}

func TestPlatformObeyed(t *testing.T) {
	log := "::a::1\nx ::b::2\n  ::c k=v::3\nx ##[d]4\n::stop-commands::t\n::e::5\n##[f]6\n::t::\n::g::7\n"
	if got, want := obeyed(log), []string{"::a::1", "  ::c k=v::3", "x ##[d]4", "::g::7"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

//go:build platform

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// layouts are what versions of actions/checkout leave behind, by the lines that they add
// to git's configurations and the files that they put into the runner's temporary
// directory.
var layouts = map[string]struct{ config, temporary string }{
	"checkout v4": {config: checkedOut},
	"checkout v6": {
		config: `[includeIf "gitdir:/github/workspace/.git"]
	path = /github/runner_temp/git-credentials-0b1c.config
[includeIf "gitdir:/home/runner/work/r/r/.git"]
	path = /home/runner/work/_temp/git-credentials-0b1c.config
`, temporary: checkedOut,
	},
}

// pickpocket is a build that copies what is built already, and looks for the token
// wherever a checkout leaves it.
const pickpocket = `set -e
cp prebuilt gateway
git status --porcelain --untracked-files=no >status
grep -rsl 'AUTHORIZATION: basi[c]' . /github >found || true
touch built
`

// checkoutJob is the run for a pull request of a repository with a submodule, in a clone as
// a checkout makes it: shallow, with the merge of both sides. The base is built again.
func checkoutJob(t *testing.T, owner int, config, temporary string) *job {
	j := gatewayJob(t, owner, "sh build.sh", "")
	workspace := filepath.Join(j.dir, "workspace")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-c", "safe.directory=*", "-c", "protocol.file.allow=always"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	origin, sub := t.TempDir(), t.TempDir()
	git("-C", sub, "init", "--quiet")
	git("-C", sub, "commit", "--quiet", "--allow-empty", "--message=sub")
	git("-C", origin, "init", "--quiet", "--initial-branch=main")
	j.must(os.Rename(filepath.Join(workspace, "gateway"), filepath.Join(origin, "prebuilt")))
	for name, text := range map[string]string{
		"build.sh": pickpocket, ".gitignore": "/gateway\n/status\n/found\n/built\n",
		".proxy-bench.yml": strings.Replace(j.read("workspace/.proxy-bench.yml"), "{time_budget: 3s}", "{time_budget: 4s, same: true}", 1),
	} {
		j.must(os.WriteFile(filepath.Join(origin, name), []byte(text), 0o755))
	}
	git("-C", origin, "submodule", "--quiet", "add", sub, "refs")
	git("-C", origin, "add", ".")
	git("-C", origin, "commit", "--quiet", "--message=base")
	git("-C", origin, "checkout", "--quiet", "-b", "topic")
	git("-C", origin, "commit", "--quiet", "--allow-empty", "--message=head")
	head := git("-C", origin, "rev-parse", "HEAD")
	git("-C", origin, "checkout", "--quiet", "--detach", "main")
	git("-C", origin, "merge", "--quiet", "--no-ff", "--message=merge", head)

	j.must(os.RemoveAll(workspace))
	git("clone", "--quiet", "--no-checkout", "file://"+origin, workspace)
	git("-C", workspace, "checkout", "--quiet", "--detach", git("-C", origin, "rev-parse", "HEAD"))
	git("-C", workspace, "submodule", "--quiet", "update", "--init")
	for _, file := range []string{"workspace/.git/config", "workspace/.git/modules/refs/config"} {
		j.write(file, j.read(file)+config)
	}
	if temporary != "" {
		j.write("runner_temp/git-credentials-0b1c.config", temporary)
	}
	base := git("-C", origin, "rev-parse", "main")
	j.write("workflow/event.json", pullEvent(t, base, head))
	j.env = append(j.env, "GITHUB_EVENT_NAME=pull_request", "GITHUB_REF=refs/pull/7/merge", "GITHUB_REF_NAME=7/merge", "INPUT_BASELINE=rebuild", "GITHUB_HEAD_REF=topic", "GITHUB_BASE_REF=main")
	return j
}

// TestPlatformLeavesNoTrace: after a gate every file is its owner's, the repository is
// unchanged, and no build has seen a token, whatever the checkout and whoever owns it.
func TestPlatformLeavesNoTrace(t *testing.T) {
	for name, layout := range layouts {
		for who, owner := range map[string]int{"runner": runnerUID, "root": 0} {
			t.Run(name+", "+who, func(t *testing.T) {
				j := checkoutJob(t, owner, layout.config, layout.temporary)
				workspace := filepath.Join(j.dir, "workspace")
				before := gitFiles(t, workspace)
				r := j.run(t.Context())
				if r.exit != 0 {
					t.Fatalf("exit status %d\n%s", r.exit, r.log)
				}
				if j.read("workspace/found") != "" || j.read("workspace/status") != "" {
					t.Errorf("the build has found a token in %q; git's status there is %q", j.read("workspace/found"), j.read("workspace/status"))
				}
				if _, err := os.Stat(filepath.Join(workspace, "built")); err != nil {
					t.Errorf("the build has not come to its end: %v\n%s", err, r.log)
				}
				if !strings.Contains(r.log, "building base") {
					t.Errorf("the base was not built, so this test shows too little\n%s", r.log)
				}
				j.wantOwner()
				status, err := exec.Command("git", "-c", "safe.directory=*", "-C", workspace, "status", "--porcelain").CombinedOutput()
				if err != nil || len(status) > 0 {
					t.Errorf("git status: %v\n%s", err, status)
				}
				after := gitFiles(t, workspace)
				for path, content := range before {
					if after[path] != content {
						t.Errorf("%s is changed", path)
					}
				}
				for path := range after {
					if _, was := before[path]; !was {
						t.Errorf("%s is left", path)
					}
				}
				if temporary := j.read("runner_temp/git-credentials-0b1c.config"); temporary != layout.temporary {
					t.Errorf("the runner's temporary file is %q", temporary)
				}
			})
		}
	}
}

// gitFiles are the files of the repository, with their modes and contents. Those of git's
// index say when files were looked at.
func gitFiles(t *testing.T, workspace string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(filepath.Join(workspace, ".git"), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.IsDir() || d.Name() == "index" {
			if err == nil && d.IsDir() {
				all[path] = info.Mode().String()
			}
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = info.Mode().String() + string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

//go:build platform

package e2e

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pulledOnto makes the job that of a pull request, of what is in the workspace onto what was
// committed there, by a run that may ask GitHub nothing.
func (j *job) pulledOnto(base, head string) {
	j.t.Helper()
	repository := map[string]any{
		"id": 1, "name": "r", "full_name": "o/r", "default_branch": "main", "owner": map[string]any{"id": 2, "login": "o", "type": "User"},
	}
	event, err := json.Marshal(map[string]any{
		"action": "synchronize", "number": 7, "repository": repository, "sender": map[string]any{"id": 2, "login": "o", "type": "User"},
		"pull_request": map[string]any{
			"number": 7, "labels": []any{},
			"head": map[string]any{"ref": "topic", "sha": head, "repo": repository},
			"base": map[string]any{"ref": "main", "sha": base, "repo": repository},
		},
	})
	j.must(err)
	j.write("workflow/event.json", string(event))
	j.env = append(j.env, "GITHUB_EVENT_NAME=pull_request", "GITHUB_SHA="+head, "GITHUB_REF=refs/pull/7/merge", "GITHUB_REF_NAME=7/merge", "INPUT_BASELINE=rebuild")
}

// commit commits all that is in the workspace and returns the commit's name.
func (j *job) commit() string {
	j.t.Helper()
	line := `git init --quiet && git add --all && git -c user.name=a -c user.email=a@b commit --quiet --message=x && git rev-parse HEAD`
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = filepath.Join(j.dir, "workspace")
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	out, err := cmd.CombinedOutput()
	if err != nil {
		j.t.Fatalf("%v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestPlatformBase: base is built with the usual tools, though it is a user of its own that
// uses neither head's caches nor its toolchains, and runs beside head.
func TestPlatformBase(t *testing.T) {
	j := gatewayJob(t, runnerUID, "sh tools.sh", `echo "$ARM is user $(id -u), at home in $HOME" >&2; `)
	j.write("workspace/tools.sh", toolchains)
	base := j.commit()
	j.write("workspace/changed.go", "package changed\n")
	j.pulledOnto(base, j.commit())
	r := j.run(t.Context())
	if r.exit != 0 || !strings.Contains(r.log, "building base") || !strings.Contains(r.log, "built again here") {
		t.Errorf("exit status %d\n%s", r.exit, r.log)
	}
}

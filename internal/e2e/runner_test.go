//go:build platform

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// image is what .ci/docker has built.
func image() string {
	if name := os.Getenv("PROXY_BENCH_IMAGE"); name != "" {
		return name
	}
	return "proxy-bench-action:local"
}

// publishImage is the small one, which .ci/docker builds beside it.
func publishImage() string { return image() + "-publish" }

// needImage ends the test where the image is not there.
func needImage(t *testing.T) {
	t.Helper()
	out, err := exec.Command("docker", "image", "inspect", "--format", "{{.Id}}", image()).CombinedOutput()
	if err != nil {
		testenv.Lacks(t, fmt.Sprintf("there is no image %s: %v %s", image(), err, bytes.TrimSpace(out)), "run .ci/docker")
	}
}

const (
	runnerUID   = 1001 // of the hosted runners
	secretToken = "a-token-that-nobody-may-see"
)

// ownerGroup is the group of a runner's files: on the hosted runners it is the
// one that the Docker socket opens for.
func ownerGroup(t *testing.T, owner int) int {
	if owner == 0 {
		return 0
	}
	info, err := os.Stat("/var/run/docker.sock")
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Sys().(*syscall.Stat_t).Gid)
}

// job is what a runner prepares for one step of a container action.
type job struct {
	t      *testing.T
	dir    string // on the host
	owner  int    // of the files
	env    []string
	image  string   // another one than the action's
	args   []string // of the action, in place of what the image says
	entry  string   // another program in its place
	docker []string // more options for docker run
}

// newJob makes the directories that a runner mounts, for files of this owner.
func newJob(t *testing.T, owner int) *job {
	t.Helper()
	needImage(t)
	dir := t.TempDir()
	j := &job{t: t, dir: dir, owner: owner}
	for _, d := range []string{"workspace", "file_commands", "home", "workflow", "runner_temp"} {
		j.must(os.Mkdir(filepath.Join(dir, d), 0o755))
	}
	for name := range commandFiles {
		j.write("file_commands/"+name, "")
	}
	j.write("workflow/event.json", event(t))
	j.env = []string{
		"CI=true", "GITHUB_ACTIONS=true", "HOME=/github/home", "RUNNER_TEMP=/github/runner_temp", "RUNNER_OS=Linux",
		"GITHUB_WORKSPACE=/github/workspace", "GITHUB_EVENT_PATH=/github/workflow/event.json",
		"GITHUB_EVENT_NAME=workflow_dispatch", "GITHUB_REPOSITORY=o/r", "GITHUB_REPOSITORY_OWNER=o", "GITHUB_REF=refs/heads/main", "GITHUB_REF_NAME=main",
		"GITHUB_SHA=" + strings.Repeat("a", 40), "GITHUB_RUN_ID=1", "GITHUB_RUN_ATTEMPT=1", "GITHUB_JOB=bench", "GITHUB_WORKFLOW=bench",
		"GITHUB_WORKFLOW_REF=o/r/.github/workflows/bench.yml@refs/heads/main", "GITHUB_SERVER_URL=https://github.com",
		"ACTIONS_RUNTIME_TOKEN=" + secretToken, "INPUT_GITHUB-TOKEN=" + secretToken, "HOSTILE_SECRET=" + secretToken,
		"INPUT_BASELINE=none", "INPUT_COMMENT=never", "INPUT_STATUS=none", "INPUT_UPLOAD-REPORT=false",
	}
	for name, variable := range commandFiles {
		j.env = append(j.env, variable+"=/github/file_commands/"+name)
	}
	for _, name := range []string{"GITHUB_API_URL", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_URL"} {
		j.env = append(j.env, name+"="+forbidding(t)+"/")
	}
	return j
}

// commandFiles by the variable that names them to a step.
var commandFiles = map[string]string{
	"set_output_1": "GITHUB_OUTPUT", "set_env_1": "GITHUB_ENV", "add_path_1": "GITHUB_PATH",
	"save_state_1": "GITHUB_STATE", "step_summary_1": "GITHUB_STEP_SUMMARY",
}

// event is that of a run that somebody has started by hand: it asks nothing of
// GitHub.
func event(t *testing.T) string {
	t.Helper()
	e, err := json.Marshal(map[string]any{
		"ref": "refs/heads/main", "workflow": ".github/workflows/bench.yml", "inputs": map[string]any{},
		"repository": map[string]any{
			"id": 1, "name": "r", "full_name": "o/r", "default_branch": "main", "owner": map[string]any{"id": 2, "login": "o", "type": "User"},
		},
		"sender": map[string]any{"id": 2, "login": "o", "type": "User"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(e)
}

// forbidding is a GitHub that lets nobody do anything.
func forbidding(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, `{"message": "Resource not accessible by integration"}`)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func (j *job) must(err error) {
	j.t.Helper()
	if err != nil {
		j.t.Fatal(err)
	}
}

// write writes a file of the job.
func (j *job) write(path, content string) {
	j.t.Helper()
	path = filepath.Join(j.dir, path)
	j.must(errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o755)))
}

// read reads one; a file that is not there is empty.
func (j *job) read(path string) string {
	j.t.Helper()
	data, err := os.ReadFile(filepath.Join(j.dir, path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		j.t.Error(err)
	}
	return string(data)
}

// ran is a step that has ended.
type ran struct {
	exit  int
	log   string        // standard output and error, as the runner reads them
	peak  int64         // bytes that the container has added to its image, at most
	stop  time.Duration // from the request to stop to the end
	begun time.Time     // when the runner asked for the container
}

// run runs the step as the runner does. The end of ctx is the cancellation of
// the job.
func (j *job) run(ctx context.Context) ran {
	j.t.Helper()
	group := ownerGroup(j.t, j.owner)
	j.must(filepath.WalkDir(j.dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, j.owner, group))
	}))
	name := fmt.Sprintf("proxy-bench-e2e-%d", time.Now().UnixNano())
	// No bridge: the engine of a sandbox has none (see .ci/docker).
	args := []string{"run", "--name", name, "--network", "host", "--workdir", "/github/workspace", "--volume", "/var/run/docker.sock:/var/run/docker.sock"}
	for _, d := range []string{"workspace", "file_commands", "home", "workflow", "runner_temp"} {
		args = append(args, "--volume", filepath.Join(j.dir, d)+":/github/"+d)
	}
	for _, pair := range j.env {
		args = append(args, "--env", pair)
	}
	args = append(args, j.docker...)
	if j.entry != "" {
		args = append(args, "--entrypoint", j.entry)
	}
	var log bytes.Buffer
	cmd := exec.Command("docker", append(append(args, cmp.Or(j.image, image())), j.args...)...)
	cmd.Stdout, cmd.Stderr = &log, &log
	r := ran{begun: time.Now()}
	j.must(cmd.Start())
	defer func() { _ = exec.Command("docker", "rm", "--force", name).Run() }()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var cancelled time.Time
	cancel := ctx.Done()
	for tick := time.NewTicker(300 * time.Millisecond); ; {
		select {
		case <-tick.C:
			r.peak = max(r.peak, writtenBy(name))
		case <-cancel:
			cancelled, cancel = time.Now(), nil
			go func() { _ = exec.Command("docker", "stop", "--time", "20", name).Run() }()
		case <-ended:
			tick.Stop()
			if !cancelled.IsZero() {
				r.stop = time.Since(cancelled)
			}
			r.exit, r.log = cmd.ProcessState.ExitCode(), log.String()
			return r
		}
	}
}

// writtenBy is the size of a container's own layer in bytes.
func writtenBy(container string) (size int64) {
	out, err := exec.Command("docker", "container", "inspect", "--size", "--format", "{{.SizeRw}}", container).Output()
	if err == nil {
		_, _ = fmt.Sscan(string(out), &size)
	}
	return size
}

// pullEvent is that of a pull request of the repository's own.
func pullEvent(t *testing.T, base, head string) string {
	t.Helper()
	repository := map[string]any{
		"id": 1, "name": "r", "full_name": "o/r", "default_branch": "main", "owner": map[string]any{"id": 2, "login": "o", "type": "User"},
	}
	e, err := json.Marshal(map[string]any{
		"action": "synchronize", "number": 7, "repository": repository,
		"pull_request": map[string]any{
			"number": 7, "labels": []any{},
			"head": map[string]any{"ref": "topic", "sha": head, "repo": repository},
			"base": map[string]any{"ref": "main", "sha": base, "repo": repository},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(e)
}

//go:build platform

package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// actModule is act, which runs workflows in containers as GitHub's runner does,
// and has an artifact service of its own.
const actModule = "github.com/nektos/act@v0.2.89"

// standIns stand for actions of GitHub's, which are nowhere to be had here. The cache keeps
// nothing; an artifact keeps no modes, and takes away what it has.
var standIns = map[string]string{
	"actions/cache": `name: cache
description: keeps nothing
inputs: {path: {required: true}, key: {required: true}, restore-keys: {default: ""}}
runs: {using: composite, steps: [{run: "echo no cache here", shell: sh}]}
`,
	"actions/upload-artifact": `name: upload
description: hands files to another job
inputs: {name: {required: true}, path: {required: true}}
runs:
  using: composite
  steps:
    - run: mkdir -p ".git/handed" && cp -r --no-preserve=mode "$FROM" ".git/handed/$NAME" && rm -rf "$FROM"
      shell: sh
      env: {NAME: "${{ inputs.name }}", FROM: "${{ inputs.path }}"}
`,
	"actions/download-artifact": `name: download
description: takes files of another job
inputs: {name: {required: true}, path: {required: true}}
runs:
  using: composite
  steps:
    - run: mkdir -p "$TO" && cp -r ".git/handed/$NAME/." "$TO"
      shell: sh
      env: {NAME: "${{ inputs.name }}", TO: "${{ inputs.path }}"}
`,
}

// shop is a repository whose workflows act runs, with a fake GitHub beside it.
type shop struct {
	t      *testing.T
	hub    *fakegithub.Server
	dir    string // the work tree
	home   string // of act, and what lies beside the work tree
	act    string
	events int64 // ids of runs
}

// openShop makes a repository with these files in its first commit on main.
func openShop(t *testing.T, files map[string]string) *shop {
	t.Helper()
	needImage(t)
	s := &shop{t: t, hub: fakegithub.Start(t, fakegithub.Config{}), dir: filepath.Join(t.TempDir(), "shop"), home: t.TempDir(), events: 5000}
	s.must(os.Mkdir(s.dir, 0o755))
	var err error
	s.act, err = installAct()
	s.must(err)
	s.publishAction()
	s.git("init", "--quiet", "--initial-branch", "main")
	s.commit("the gateway", files)
	s.hub.AddCommit(s.head())
	return s
}

// installAct installs act once for all tests.
var installAct = sync.OnceValues(func() (program string, err error) {
	install := exec.Command("go", "install", actModule)
	install.Env = append(os.Environ(), "GOBIN="+installed)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install %s: %w\n%s", actModule, err, out)
	}
	return filepath.Join(installed, "act"), nil
})

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// publishAction makes what a tag of the action holds: actions that point at images, as a
// release makes them (.github/workflows/release.yml).
func (s *shop) publishAction() {
	s.t.Helper()
	write := func(path, text string) {
		path = filepath.Join(s.home, path)
		s.must(os.MkdirAll(filepath.Dir(path), 0o755))
		s.must(os.WriteFile(path, []byte(text), 0o755))
	}
	for name, text := range standIns {
		write(filepath.Join(name, "action.yml"), text)
	}
	for _, name := range releasedFiles {
		text, err := os.ReadFile(filepath.Join("../..", name))
		s.must(err)
		write(filepath.Join("action", name), string(text))
	}
	out, err := exec.Command(filepath.Join(s.home, "action/.ci/name-images"), image(), publishImage()).CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out)
	}
}

func (s *shop) git(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

func (s *shop) head() string { return s.git("rev-parse", "HEAD") }

// commit writes files and commits all.
func (s *shop) commit(message string, files map[string]string) {
	s.t.Helper()
	for name, content := range files {
		path := filepath.Join(s.dir, name)
		s.must(os.MkdirAll(filepath.Dir(path), 0o755))
		s.must(os.WriteFile(path, []byte(content), 0o644))
	}
	s.git("add", "--all")
	s.git("commit", "--quiet", "--message", message)
}

// branch makes a branch of main with one commit, checks out the merge of both as
// actions/checkout does for a pull request, and returns the branch's commit.
func (s *shop) branch(name string, files map[string]string) string {
	s.t.Helper()
	s.git("checkout", "--quiet", "--force", "-B", name, "main")
	s.commit(name, files)
	sha := s.head()
	s.git("checkout", "--quiet", "--detach", "main")
	s.git("merge", "--quiet", "--no-ff", "--message", "merge", sha)
	s.hub.AddCommit(sha, s.git("rev-parse", "main"))
	return sha
}

// run is one run of a workflow.
type run struct {
	event   string
	payload any
	id      int64
	attempt int64
	file    string   // of the workflow
	secrets []string // NAME=value
}

// ended is what a run has come to.
type ended struct {
	ok        bool
	log       string
	outputs   map[string]string
	summary   string
	artifacts map[string][]byte
}

// start runs a workflow on what is checked out.
func (s *shop) start(r run) ended {
	s.t.Helper()
	if r.id == 0 {
		s.events++
		r.id = s.events
	}
	r.attempt = max(1, r.attempt)
	payload, err := json.Marshal(r.payload)
	s.must(err)
	event := filepath.Join(s.home, "event.json")
	s.must(os.WriteFile(event, payload, 0o644))
	store := filepath.Join(s.home, fmt.Sprintf("artifacts-%d-%d", r.id, r.attempt))
	s.must(os.MkdirAll(store, 0o755))
	cmd := exec.Command(s.act, r.event, "--workflows", s.named(r.file), "--eventpath", event,
		// Jobs have steps of their own, and our image has make, compilers and a shell.
		"--platform", "ubuntu-latest="+image(), "--platform", "ubuntu-24.04="+image(), "--platform", "self-hosted="+image(),
		"--pull=false", "--bind",
		"--local-repository", "org/proxy-bench-action@v1="+filepath.Join(s.home, "action"),
		"--artifact-server-path", store, "--artifact-server-addr", "127.0.0.1", "--artifact-server-port", freePort(s.t),
		"--secret", "GITHUB_TOKEN="+s.hub.Token,
		"--env", "GITHUB_API_URL="+s.hub.URL, "--env", "GITHUB_REPOSITORY=octo/shop",
		"--env", fmt.Sprint("GITHUB_RUN_ID=", r.id), "--env", fmt.Sprint("GITHUB_RUN_ATTEMPT=", r.attempt),
		"--env", "GITHUB_WORKFLOW_REF=octo/shop/.github/workflows/"+r.file+"@refs/heads/main",
	)
	for name := range standIns {
		if pin := regexp.MustCompile(name + `@\w+`).FindString(s.workflow(r.file)); pin != "" {
			cmd.Args = append(cmd.Args, "--local-repository", pin+"="+filepath.Join(s.home, name))
		}
	}
	for _, secret := range r.secrets {
		cmd.Args = append(cmd.Args, "--secret", secret)
	}
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), "HOME="+s.home, "XDG_CACHE_HOME="+filepath.Join(s.home, "cache"))
	out, err := cmd.CombinedOutput()
	e := ended{ok: err == nil, log: string(out), outputs: map[string]string{}, artifacts: map[string][]byte{}}
	if text, err := os.ReadFile(filepath.Join(s.dir, "outputs.json")); err == nil {
		s.must(json.Unmarshal(text, &e.outputs))
	}
	_ = os.Remove(filepath.Join(s.dir, "outputs.json"))
	if said := summaryLines.FindStringSubmatch(e.log); said != nil {
		e.summary = said[1]
	}
	s.must(filepath.WalkDir(store, func(path string, d fs.DirEntry, err error) error {
		if name, zipped := strings.CutSuffix(d.Name(), ".zip"); err == nil && zipped {
			e.artifacts[name], err = os.ReadFile(path)
		}
		return err
	}))
	return e
}

// untilDecided starts a run, and again while noise leaves it undecided, at most
// three times: as a person would who is told to.
func (s *shop) untilDecided(r run) ended {
	s.t.Helper()
	if r.id == 0 {
		s.events++
		r.id = s.events
	}
	r.attempt = max(1, r.attempt)
	for last := r.attempt + 2; ; r.attempt++ {
		e := s.start(r)
		if e.outputs["verdict"] != "inconclusive" || r.attempt >= last {
			return e
		}
		s.t.Logf("run %d, attempt %d: inconclusive", r.id, r.attempt)
	}
}

// named is a copy of a workflow with a name of its own. Act names containers after it,
// and one that an ended run has left, or that another run uses, would stop this run.
func (s *shop) named(file string) string {
	s.t.Helper()
	text := fmt.Sprintf("name: %s\n%s", filepath.Base(filepath.Dir(s.home)), workflowName.ReplaceAllString(s.workflow(file), ""))
	path := filepath.Join(s.home, file)
	s.must(os.WriteFile(path, []byte(text), 0o644))
	return path
}

var workflowName = regexp.MustCompile(`(?m)^name: .*\n`)

// workflow is the text of one.
func (s *shop) workflow(file string) string {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, ".github/workflows", file))
	s.must(err)
	return string(text)
}

// summaryLines is how act prints the summary of a step.
var summaryLines = regexp.MustCompile(`(?s)Summary - (.*?)\n\[`)

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// The payloads of GitHub's events, as far as anything reads them.

type object = map[string]any

func (s *shop) repository(id int64, owner string) object {
	return object{"id": id, "name": "shop", "full_name": owner + "/shop", "default_branch": "main", "owner": object{"login": owner}}
}

func (s *shop) ours() object { return s.repository(s.hub.ID, s.hub.Owner) }

func (s *shop) push(before, after string) object {
	return object{"ref": "refs/heads/main", "before": before, "after": after, "deleted": false, "repository": s.ours()}
}

// pulled is the event of a pull request whose head lies in a repository.
func (s *shop) pulled(number int, base, head string, in object) object {
	return object{"action": "synchronize", "number": number, "repository": s.ours(), "pull_request": object{
		"number": number, "labels": []object{},
		"head": object{"ref": "topic", "sha": head, "repo": in}, "base": object{"ref": "main", "sha": base, "repo": s.ours()},
	}}
}

// finished is the event of a run for a pull request that has ended.
func (s *shop) finished(id int64, sha string, in object) object {
	return object{"action": "completed", "repository": s.ours(), "workflow_run": object{
		"id": id, "run_number": id, "run_attempt": 1, "workflow_id": 77, "path": ".github/workflows/bench.yml", "event": "pull_request",
		"conclusion": "success", "head_sha": sha, "head_branch": "topic", "head_repository": in,
	}}
}

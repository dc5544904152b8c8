package workflow

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

const pull = 7

// job is a job of a workflow with one step of the action, in the repository
// octo/shop.
type job struct {
	t     *testing.T
	hub   *fakegithub.Server
	store *store
	base  string // a commit of main
	into  string // the branch that a pull request goes to
	head  string // what is checked out
	env   map[string]string
	args  []string

	// gate is what the measurement comes to.
	gate   func(context.Context, session.BaseSources) (session.Result, error)
	ready  func(dir string) (prepared.Prepared, error) // what is prepared
	asked  session.BaseSources                         // what it was asked for
	opened session.Options
	closed bool
	jobs   int // that have measured a shard
}

// newJob checks out a repository of two commits, of which the first is main's.
func newJob(t *testing.T) *job {
	t.Helper()
	j := &job{t: t, hub: fakegithub.Start(t, fakegithub.Config{}), store: startStore(t), into: "main", args: []string{"gate"}}
	root := t.TempDir()
	workspace := filepath.Join(root, "workspace")
	files, err := checkout()
	if err == nil {
		err = os.CopyFS(workspace, files)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(workspace)
	j.head = git(t, "rev-parse", "HEAD")
	j.base = git(t, "rev-parse", "HEAD~1")
	j.hub.AddCommit(j.base)
	j.hub.AddCommit(j.head, j.base)
	j.env = map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": workspace, "GITHUB_REPOSITORY": "octo/shop", "GITHUB_SHA": j.head,
		"GITHUB_REF_NAME": "main", "GITHUB_API_URL": j.hub.URL, "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_RUN_ID": "4711", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_WORKFLOW_REF": "octo/shop/.github/workflows/bench.yml@refs/heads/main",
		"GITHUB_EVENT_PATH": filepath.Join(root, "event.json"), "GITHUB_OUTPUT": filepath.Join(root, "output"),
		"GITHUB_STEP_SUMMARY": filepath.Join(root, "summary.md"), "ACTIONS_RUNTIME_TOKEN": tokenOf("job"), "ACTIONS_RESULTS_URL": j.store.url + "/",
		"INPUT_GITHUB-TOKEN": j.hub.Token, "INPUT_ACCEPT-LABEL": "accept-regression",
	}
	j.write(j.env["GITHUB_OUTPUT"], "")
	j.write(j.env["GITHUB_STEP_SUMMARY"], "")
	j.gate = comesTo(t, "pass")
	return j
}

func git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (j *job) write(path, content string) {
	j.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
		j.t.Fatal(err)
	}
}

// serve makes the workspace's repository the one that GitHub has, in a new directory.
func (j *job) serve(server string) {
	j.t.Helper()
	if err := errors.Join(os.Mkdir(server+"/octo", 0o755), os.Symlink(j.env["GITHUB_WORKSPACE"], server+"/octo/shop")); err != nil {
		j.t.Fatal(err)
	}
	j.env["GITHUB_SERVER_URL"] = "file://" + server
}

// startedBy sets the event. What every event has is added.
func (j *job) startedBy(event string, payload map[string]any) {
	j.t.Helper()
	j.env["GITHUB_EVENT_NAME"] = event
	whole := map[string]any{"repository": repository(j.hub.ID, j.hub.Owner), "sender": map[string]any{"login": "ann"}}
	maps.Copy(whole, payload)
	text, err := json.Marshal(whole)
	if err != nil {
		j.t.Fatal(err)
	}
	j.write(j.env["GITHUB_EVENT_PATH"], string(text))
}

func repository(id int64, owner string) map[string]any {
	return map[string]any{"id": id, "name": "shop", "owner": map[string]any{"login": owner}, "default_branch": "main"}
}

// pushed makes it a push of head to a branch.
func (j *job) pushed(branch string) {
	j.env["GITHUB_REF_NAME"] = branch
	j.startedBy("push", map[string]any{"ref": "refs/heads/" + branch, "before": j.base, "after": j.head, "deleted": false})
}

const stranger = 2000 // the id of a fork

// pulled makes it a push to a pull request of head into main, from a branch of the
// repository with this id.
func (j *job) pulled(from int64, labels ...string) { j.pulledBy("synchronize", from, labels...) }

// pulledBy makes it such a pull request that something else has happened to.
func (j *job) pulledBy(action string, from int64, labels ...string) {
	owner, named := j.hub.Owner, []any{}
	if from == stranger {
		owner = "eve"
	}
	for _, l := range labels {
		named = append(named, map[string]any{"name": l})
	}
	j.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: j.head, BaseSHA: j.base, HeadBranch: "topic", HeadOwner: owner, HeadRepository: from, Labels: labels})
	j.env["GITHUB_REF_NAME"], j.env["GITHUB_HEAD_REF"] = "7/merge", "topic"
	j.startedBy("pull_request", map[string]any{"action": action, "pull_request": map[string]any{
		"number": pull, "labels": named, "user": map[string]any{"login": owner},
		"head": map[string]any{"ref": "topic", "sha": j.head, "repo": repository(from, owner)},
		"base": map[string]any{"ref": j.into, "sha": j.base, "repo": repository(j.hub.ID, j.hub.Owner)},
	}})
}

// finished makes it a workflow_run after a run of a pull request from the
// repository with this id.
func (j *job) finished(id, from int64, event string) {
	j.args = []string{"publish"}
	j.startedBy("workflow_run", map[string]any{"action": "completed", "workflow_run": map[string]any{
		"id": id, "run_number": 3, "run_attempt": 2, "workflow_id": 77, "path": ".github/workflows/bench.yml", "event": event,
		"conclusion": "failure", "head_sha": j.head, "head_branch": "topic", "head_repository": repository(from, map[bool]string{true: "eve", false: j.hub.Owner}[from == stranger]),
	}})
}

// ended is a step that has ended.
type ended struct {
	code    int
	log     string
	outputs map[string]string
	summary string
}

// run runs the step.
func (j *job) run(ctx context.Context) ended {
	j.t.Helper()
	var log bytes.Buffer
	w := host.World{Args: j.args, Stdout: &log, Stderr: &log, Now: time.Now}
	for name, value := range j.env {
		w.Environ = append(w.Environ, name+"="+value)
	}
	if !Here(w) {
		j.t.Fatal("this is no step of the action")
	}
	e := ended{code: run(ctx, w, j.isolate), log: log.String(), outputs: map[string]string{}}
	outputs, err := os.ReadFile(j.env["GITHUB_OUTPUT"])
	if err != nil {
		j.t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+)<<(\S+)\n((?s:.*?))\n(\S+)$`).FindAllStringSubmatch(string(outputs), -1) {
		e.outputs[m[1]] = m[3]
	}
	summary, err := os.ReadFile(j.env["GITHUB_STEP_SUMMARY"])
	if err != nil {
		j.t.Fatal(err)
	}
	e.summary = string(summary)
	return e
}

// workshop is the workplace of the step: nothing is built or driven.
type workshop struct {
	*sandbox.Sandbox
	job *job
}

func (j *job) isolate(w host.World, _ string) (workplace, error) {
	box, err := sandbox.Open(w)
	if err == nil {
		j.t.Cleanup(func() { _ = box.Close() })
	}
	return workshop{box, j}, err
}

// Open implements workplace.
func (s workshop) Open(_ context.Context, o session.Options) (measurement, error) {
	s.job.opened = o
	return s.job, nil
}

// Gate implements measurement.
func (j *job) Gate(ctx context.Context, from session.BaseSources) (session.Result, error) {
	j.asked = from
	return j.gate(ctx, from)
}

// Prepare implements measurement.
func (j *job) Prepare(_ context.Context, from session.BaseSources, dir string) (prepared.Prepared, error) {
	j.asked = from
	return j.ready(dir)
}

// Close implements measurement.
func (j *job) Close() error {
	j.closed = true
	return nil
}

// lastCheck is the check of head.
func (j *job) lastCheck() fakegithub.Check {
	all := j.hub.Checks(j.head)
	if len(all) == 0 {
		return fakegithub.Check{}
	}
	return all[len(all)-1]
}

// comment is the only one on the pull request; empty for none.
func (j *job) comment() string {
	j.t.Helper()
	switch all := j.hub.Comments(pull); len(all) {
	case 0:
		return ""
	case 1:
		return all[0].Body
	default:
		j.t.Errorf("%d comments", len(all))
		return all[0].Body
	}
}

// measured is a run that was measured once, with the outcome that it is named by.
func measured(t *testing.T, outcome string) bench.Run {
	t.Helper()
	return decided(t, outcome).Run
}

// decided is such a run with its verdict. It is read and decided once for all
// tests, which must not change what it points to.
func decided(t *testing.T, outcome string) session.Result {
	t.Helper()
	if known, ok := decidedRuns[outcome]; ok {
		return known
	}
	f, err := os.Open(filepath.Join(sources, "report", "testdata", "runs", outcome+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.ReadRun(z, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	run = smaller(run)
	r := session.Result{Run: run, Verdict: saved.Decide(run, nil)}
	if run.Base != nil {
		r.Base.Info = *run.Base
	}
	if got := string(r.Verdict.Outcome); got != strings.ReplaceAll(outcome, "_", "-") {
		t.Fatalf("the run of %s is decided as %s", outcome, got)
	}
	decidedRuns[outcome] = r
	return r
}

// smaller is a run with a quarter of its scenarios: a step writes, reads and decides it
// several times.
func smaller(run bench.Run) bench.Run {
	keeps := func(id string) bool { return strings.HasSuffix(id, "/c10/1KB") }
	run.Scenarios = slices.DeleteFunc(run.Scenarios, func(c bench.Cell) bool { return !keeps(c.ID) })
	run.Rounds = slices.DeleteFunc(run.Rounds, func(r bench.Round) bool { return !keeps(r.Scenario) })
	maps.DeleteFunc(run.Validity.Ceiling, func(id string, _ float64) bool { return !keeps(id) })
	return run
}

var decidedRuns = map[string]session.Result{}

// sources is the directory internal; the tests change their own.
var sources = func() string {
	dir, err := filepath.Abs("..")
	if err != nil {
		panic(err)
	}
	return dir
}()

// comesTo is a gate with the outcome of a saved run.
func comesTo(t *testing.T, outcome string) func(context.Context, session.BaseSources) (session.Result, error) {
	t.Helper()
	r := decided(t, outcome)
	return func(context.Context, session.BaseSources) (session.Result, error) { return r, nil }
}

// wants checks what a step has come to.
func (e ended) wants(t *testing.T, code int, verdict string, logged ...string) {
	t.Helper()
	if e.code != code || e.outputs["verdict"] != verdict {
		t.Errorf("exit status %d, verdict %q; want %d, %q\n%s", e.code, e.outputs["verdict"], code, verdict, e.log)
	}
	for _, text := range logged {
		if !strings.Contains(e.log, text) {
			t.Errorf("the log lacks %q:\n%s", text, e.log)
		}
	}
}

// baselineZip is an artifact that a gate on main leaves.
func baselineZip(t *testing.T, run bench.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	r := session.Result{Run: run, Identity: &baseline.Identity{Directory: "."}}
	if err := session.WriteBaseline(&b, r, headGateway, &session.Lines{W: &strings.Builder{}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// addBaseline has a push of base leave a baseline.
func (j *job) addBaseline(run bench.Run) {
	run.Commit.SHA = j.base
	id := j.hub.AddRun(fakegithub.Run{SHA: j.base})
	j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: baselineArtifact, Zip: baselineZip(j.t, run)})
}

// addResult has a run of a pull request leave its result and returns the run's id.
func (j *job) addResult(files ...record.File) int64 {
	content, err := record.Zip(files...)
	if err != nil {
		j.t.Fatal(err)
	}
	id := j.hub.AddRun(fakegithub.Run{SHA: j.head, Event: "pull_request", Branch: "topic", HeadRepository: stranger})
	j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: resultArtifact, Zip: content})
	return id
}

// runFile is a run as a result has it.
func runFile(t *testing.T, run bench.Run) record.File {
	t.Helper()
	var b bytes.Buffer
	if err := record.WriteRun(&b, run); err != nil {
		t.Fatal(err)
	}
	return record.File{Name: record.RunFile, Content: b.Bytes()}
}

var headGateway = bench.Recipe{Start: "exec ./gateway"}

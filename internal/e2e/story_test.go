//go:build platform

package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

const benchWorkflow = `on: {pull_request: {}, push: {branches: [main]}}
permissions: {contents: read, actions: read, pull-requests: write, checks: write}
jobs:
  proxy-bench:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: org/proxy-bench-action@v1
        id: bench
        with: {cache-dir: .cache}
      - if: always()
        env: {OUTPUTS: "${{ toJSON(steps.bench.outputs) }}"}
        run: printf '%s' "$OUTPUTS" >outputs.json
`

const publishWorkflow = `on: {workflow_run: {workflows: [bench], types: [completed]}}
permissions: {contents: read, actions: read, pull-requests: write, checks: write}
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: org/proxy-bench-action@v1
        id: bench
        with: {command: publish}
      - if: always()
        env: {OUTPUTS: "${{ toJSON(steps.bench.outputs) }}"}
        run: printf '%s' "$OUTPUTS" >outputs.json
`

const keysWorkflow = `on: {push: {branches: [main]}}
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: org/proxy-bench-action@v1
        with: {cache-dir: .cache, key: one, time-budget: 10s}
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: org/proxy-bench-action@v1
        with: {cache-dir: .cache, key: two, time-budget: 10s}
`

const gatewayConfig = `version: 1
gateway:
  build: go build -o gateway .
  start: exec ./gateway -listen "127.0.0.1:$PORT" -upstream "$UPSTREAM_URL" $(cat args)
  ready: {path: /health, timeout: 20s}
  bundle: [gateway, args]
suite: {modes: [json, sse], concurrency: [1, 4], body: [1KB]}
measure: {rounds: 12, time_budget: 50s, same: true}
`

// gatewayFiles are a repository with the reference gateway in it.
func gatewayFiles(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{
		"go.mod": "module example.com/gateway\n\ngo 1.26\n", "args": "\n", ".proxy-bench.yml": gatewayConfig,
		".gitignore":                    "/gateway\n/.cache/\n/.proxy-bench/\n/outputs.json\n",
		".github/workflows/bench.yml":   benchWorkflow,
		".github/workflows/publish.yml": publishWorkflow,
		".github/workflows/keys.yml":    keysWorkflow,
	}
	maps.Copy(files, referenceSources(t))
	return files
}

// referenceSources are the files of the reference gateway's program.
func referenceSources(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/gateways/reference/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d sources of the reference gateway, error %v", len(paths), err)
	}
	files := map[string]string{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = string(text)
	}
	return files
}

const pull = 7

// story is the repository of TestPlatformStory.
type story struct {
	*shop
	main   string // its first commit
	pushed bool   // firstPush was tried
	left   bool   // and has left a baseline
	pulls  bool   // there is a pull request
	slower struct {
		sha string
		run int64
	}
}

// TestPlatformStory is what users live through, in order on one repository: every step
// runs a workflow in containers, and what counts is what reaches GitHub. A step that is
// run alone, as in -run TestPlatformStory/fork, first makes what it needs.
func TestPlatformStory(t *testing.T) {
	s := &story{shop: openShop(t, gatewayFiles(t))}
	s.main = s.head()
	for _, step := range []struct {
		name string
		run  func(*story, *testing.T)
	}{
		{"first-push", (*story).firstPush},
		{"unchanged", (*story).unchanged},
		{"slower", (*story).slowerPath},
		{"accepted", (*story).accepted},
		{"broken-build", (*story).brokenBuild},
		{"fork", (*story).fork},
		{"expired", (*story).expired},
		{"keys", (*story).keys},
	} {
		t.Run(step.name, func(t *testing.T) {
			s.t = t
			step.run(s, t)
		})
	}
}

// firstPush leaves the first baseline, and stops nothing.
func (s *story) firstPush(t *testing.T) {
	const id = 5000
	s.pushed = true
	e := s.start(run{event: "push", payload: s.push(strings.Repeat("0", 40), s.main), file: "bench.yml", id: id})
	if !e.ok || e.outputs["verdict"] != "no-baseline" {
		t.Fatalf("the first push: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if c := lastCheck(t, s.shop, s.main); c.Conclusion != "neutral" {
		t.Errorf("the first push: check %q", c.Conclusion)
	}
	if !strings.Contains(e.summary, "baseline") {
		t.Errorf("the summary says nothing of a baseline:\n%s", e.summary)
	}
	left := e.artifacts["proxy-bench-baseline"]
	z, err := zip.NewReader(bytes.NewReader(left), int64(len(left)))
	if err != nil {
		t.Fatalf("%d bytes of a baseline: %v\n%s", len(left), err, e.log)
	}
	for _, name := range []string{"baseline.json", "bundle/gateway", "bundle/args"} {
		if _, err := z.Open(name); err != nil {
			t.Errorf("the baseline: %v", err)
		}
	}
	s.hub.AddRun(fakegithub.Run{ID: id, SHA: s.main})
	s.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: "proxy-bench-baseline", Zip: left})
	s.left = true
}

// needsBaseline has the first push's baseline on main, a pull request to come, and a
// stranger's run on a branch that is called main, too.
func (s *story) needsBaseline(t *testing.T) {
	t.Helper()
	if !s.pushed {
		s.firstPush(t)
	}
	if !s.left {
		t.Fatal("the first push has left no baseline")
	}
	if s.pulls {
		return
	}
	s.pulls = true
	stranger := s.hub.AddRun(fakegithub.Run{ID: 8000, SHA: s.main, HeadRepository: 4242})
	s.hub.AddArtifact(fakegithub.Artifact{Run: stranger, Name: "proxy-bench-baseline", Zip: []byte("PK, or whatever")})
	s.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: s.main, BaseSHA: s.main})
}

// unchanged is a pull request that touches no code. What noise may do to it is
// to leave it undecided, never to fail it.
func (s *story) unchanged(t *testing.T) {
	s.needsBaseline(t)
	sha := s.branch("unchanged", map[string]string{"README.md": "words"})
	e := s.start(s.onPull(sha))
	if o := e.outputs["verdict"]; !e.ok || o != "pass" && o != "inconclusive" && o != "improvement" {
		t.Fatalf("unchanged: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if e.outputs["baseline-sha"] != s.main {
		t.Errorf("compared with %s, want %s", e.outputs["baseline-sha"], s.main)
	}
	if rung := baseOf(t, e).Rung; rung != "bundle" {
		t.Errorf("base source %q, want the bundle", rung)
	}
	if c := lastCheck(t, s.shop, sha); c.Conclusion == "failure" {
		t.Errorf("check %+v", c)
	}
	if text := onlyComment(t, s.shop); !strings.Contains(text, "sha="+sha) {
		t.Errorf("the comment is not about %s:\n%s", sha, text)
	}
	if _, err := os.Stat(filepath.Join(s.dir, e.outputs["report-path"])); err != nil {
		t.Error(err)
	}
	keepExample(t, "pass", onlyComment(t, s.shop))
}

// slowerPath is a pull request whose gateway takes 30 % longer.
func (s *story) slowerPath(t *testing.T) {
	s.needsBaseline(t)
	sha := s.slowerBranch()
	e := s.untilDecided(s.onPull(sha))
	s.slower.run = s.events
	if e.ok || e.outputs["verdict"] != "regression" {
		t.Fatalf("slower: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	c := lastCheck(t, s.shop, sha)
	if c.Conclusion != "failure" || len(c.Annotations) == 0 {
		t.Errorf("check %q with %d annotations", c.Conclusion, len(c.Annotations))
	}
	if text := onlyComment(t, s.shop); !strings.Contains(text, "❌") || !strings.Contains(text, "sha="+sha) {
		t.Errorf("the comment:\n%s", text)
	}
	if !strings.Contains(e.summary, "❌") {
		t.Errorf("the summary:\n%s", e.summary)
	}
	keepExample(t, "regression", onlyComment(t, s.shop))
}

// onPull is the run for a commit of the pull request.
func (s *story) onPull(sha string) run {
	return run{event: "pull_request", payload: s.pulled(pull, s.main, sha, s.ours()), file: "bench.yml"}
}

// slowerBranch makes the branch of slowerPath and accepted, which is checked out then.
func (s *story) slowerBranch() (sha string) {
	if s.slower.sha == "" {
		s.slower.sha = s.branch("slower", map[string]string{"args": "-fault slow-percent=30\n"})
	}
	return s.slower.sha
}

// accepted is the same run again, after somebody has set the label.
func (s *story) accepted(t *testing.T) {
	s.needsBaseline(t)
	sha := s.slowerBranch()
	s.hub.SetLabels(pull, "accept-regression")
	defer s.hub.SetLabels(pull)
	again := s.onPull(sha)
	if s.slower.run != 0 {
		again.id, again.attempt = s.slower.run, 4
	}
	e := s.untilDecided(again)
	if !e.ok || e.outputs["verdict"] != "regression" {
		t.Fatalf("accepted: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if c := lastCheck(t, s.shop, sha); c.Conclusion != "neutral" {
		t.Errorf("check %q", c.Conclusion)
	}
	if text := onlyComment(t, s.shop); !strings.Contains(text, "accept-regression") || !strings.Contains(text, fmt.Sprint("run=", s.events, " attempt=")) {
		t.Errorf("the comment:\n%s", text)
	}
}

// brokenBuild is a failure of the pull request, but no regression.
func (s *story) brokenBuild(t *testing.T) {
	s.needsBaseline(t)
	sha := s.branch("broken", map[string]string{"main.go": "package main\n\nfunc main() { undefined() }\n"})
	e := s.start(s.onPull(sha))
	if e.ok || e.outputs["verdict"] != "failed" || e.outputs["regressions"] != "0" {
		t.Fatalf("broken: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if !strings.Contains(e.log, "exit with `FAILURE`: 3") {
		t.Errorf("not exit status 3:\n%s", e.log)
	}
	text := onlyComment(t, s.shop)
	if !strings.Contains(text, "undefined") || strings.Contains(text, "❌") {
		t.Errorf("the comment:\n%s", text)
	}
	if c := lastCheck(t, s.shop, sha); c.Conclusion != "failure" {
		t.Errorf("check %q", c.Conclusion)
	}
}

const forked = 8

// fork is a pull request whose run may write nothing, and the workflow after it
// that may.
func (s *story) fork(t *testing.T) {
	s.needsBaseline(t)
	stranger := s.repository(4242, "stranger")
	sha := s.branch("fork", map[string]string{"README.md": "a stranger's words"})
	s.hub.AddPull(fakegithub.Pull{Number: forked, HeadSHA: sha, HeadBranch: "topic", HeadOwner: "stranger", HeadRepository: 4242, BaseSHA: s.main})
	s.hub.Inject(fakegithub.ReadOnly(""))
	e := s.start(run{event: "pull_request", payload: s.pulled(forked, s.main, sha, stranger), file: "bench.yml"})
	s.hub.Mend()
	if !e.ok || e.outputs["verdict"] == "regression" || e.outputs["verdict"] == "failed" {
		t.Fatalf("fork: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if n := len(s.hub.Comments(forked)); n != 0 {
		t.Fatalf("%d comments by a token that may only read", n)
	}
	result := e.artifacts["proxy-bench-result"]
	if result == nil {
		t.Fatalf("no result artifact\n%s", e.log)
	}

	id := s.events
	s.hub.AddRun(fakegithub.Run{ID: id, Event: "pull_request", Branch: "topic", SHA: sha, HeadRepository: 4242})
	s.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: "proxy-bench-result", Zip: result})
	p := s.start(run{event: "workflow_run", file: "publish.yml", payload: s.finished(id, sha, stranger)})
	if !p.ok || p.outputs["verdict"] != e.outputs["verdict"] {
		t.Fatalf("publish: ok %v, outputs %v, want the verdict %q\n%s", p.ok, p.outputs, e.outputs["verdict"], p.log)
	}
	if all := s.hub.Comments(forked); len(all) != 1 || !strings.Contains(all[0].Body, "sha="+sha) {
		t.Errorf("comments %+v", all)
	}
	if c := lastCheck(t, s.shop, sha); c.Conclusion == "failure" {
		t.Errorf("check %+v", c)
	}
}

// expired is when GitHub has thrown away every baseline: the base is built instead, and it
// is said why. While one of the same commit is left, that one counts.
func (s *story) expired(t *testing.T) {
	s.needsBaseline(t)
	s.hub.Expire("proxy-bench-baseline")
	sha := s.branch("later", map[string]string{"README.md": "more words"})
	e := s.start(s.onPull(sha))
	if !e.ok || e.outputs["verdict"] == "regression" {
		t.Fatalf("expired: ok %v, outputs %v\n%s", e.ok, e.outputs, e.log)
	}
	if base := baseOf(t, e); base.Rung != "rebuild" || !strings.Contains(base.Note, "expired") {
		t.Errorf("base source %q, with the note %q", base.Rung, base.Note)
	}
}

// keys are two gateways in one repository, which leave a baseline each.
func (s *story) keys(t *testing.T) {
	s.git("checkout", "--quiet", "--force", "main")
	e := s.start(run{event: "push", payload: s.push(s.main, s.main), file: "keys.yml"})
	if !e.ok {
		t.Fatalf("keys: %s", e.log)
	}
	for _, name := range []string{"proxy-bench-baseline-one", "proxy-bench-baseline-two", "proxy-bench-result-one", "proxy-bench-result-two"} {
		if e.artifacts[name] == nil {
			t.Errorf("no artifact %s", name)
		}
	}
	named := map[string]bool{}
	for _, c := range s.hub.Checks(s.main) {
		named[c.Name] = true
	}
	if !named["proxy-bench verdict (one)"] || !named["proxy-bench verdict (two)"] {
		t.Errorf("checks %v", named)
	}
}

func lastCheck(t *testing.T, s *shop, sha string) fakegithub.Check {
	t.Helper()
	all := s.hub.Checks(sha)
	if len(all) == 0 {
		t.Fatalf("commit %s has no check", sha)
	}
	return all[len(all)-1]
}

// onlyComment is the text of the one comment that the pull request may have.
func onlyComment(t *testing.T, s *shop) string {
	t.Helper()
	all := s.hub.Comments(pull)
	if len(all) != 1 {
		t.Fatalf("%d comments on the pull request", len(all))
	}
	return all[0].Body
}

// baseOf is what a result says of its base.
func baseOf(t *testing.T, e ended) (base struct{ Rung, SHA, Note string }) {
	t.Helper()
	archive := e.artifacts["proxy-bench-result"]
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("run.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	run := struct {
		Base *struct{ Rung, SHA, Note string }
	}{}
	if err := json.Unmarshal(text, &run); err != nil {
		t.Fatal(err)
	}
	if run.Base == nil {
		t.Fatal("the result names no base")
	}
	return *run.Base
}

// keepExample writes a comment where PROXY_BENCH_EXAMPLES says, for a person to
// look at.
func keepExample(t *testing.T, name, text string) {
	t.Helper()
	dir := os.Getenv("PROXY_BENCH_EXAMPLES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".md"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

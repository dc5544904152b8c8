//go:build platform

package e2e

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// Limits of the image that publishes: who waits for a comment waits for its pull, too.
const (
	publishLimit  = 5 * time.Second // from the container's start to its end
	publishMost   = 60e6            // bytes
	publishedPull = 12
)

// TestPlatformPublishSoon: the small image answers for a run, whoever owns the workspace, in
// a container that has nothing but the program.
func TestPlatformPublishSoon(t *testing.T) {
	hub := fakegithub.Start(t, fakegithub.Config{})
	sha, base := fakegithub.SHA("of a fork"), fakegithub.SHA("main")
	hub.AddCommit(base)
	hub.AddCommit(sha, base)
	hub.AddPull(fakegithub.Pull{Number: publishedPull, HeadSHA: sha, HeadBranch: "topic", HeadOwner: "stranger", HeadRepository: 4242, BaseSHA: base})
	id := hub.AddRun(fakegithub.Run{Event: "pull_request", Branch: "topic", SHA: sha, HeadRepository: 4242})
	hub.AddArtifact(fakegithub.Artifact{Run: id, Name: "proxy-bench-result", Zip: savedRegression(t)})
	s := &shop{t: t, hub: hub}
	event, err := json.Marshal(s.finished(id, sha, s.repository(4242, "stranger")))
	if err != nil {
		t.Fatal(err)
	}
	for name, owner := range map[string]int{"workspace of the runner": runnerUID, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t, owner)
			j.image = publishImage()
			j.args = []string{"publish"}
			j.write("workflow/event.json", string(event))
			j.env = append(j.env, "GITHUB_EVENT_NAME=workflow_run", "GITHUB_REPOSITORY=octo/shop", "GITHUB_API_URL="+hub.URL,
				"INPUT_GITHUB-TOKEN="+hub.Token, "INPUT_COMMENT=always", "INPUT_STATUS=check")
			before := len(hub.Requests())
			r := j.run(t.Context())
			took := time.Since(r.begun).Round(time.Millisecond)
			if r.exit != 0 {
				t.Fatalf("exit status %d\n%s", r.exit, r.log)
			}
			if all := hub.Comments(publishedPull); len(all) != 1 || !strings.Contains(all[0].Body, "sha="+sha) {
				t.Errorf("comments %+v\n%s", all, r.log)
			}
			t.Logf("from the container's start to its end, with %d requests: %v", len(hub.Requests())-before, took)
			if took > publishLimit {
				t.Errorf("more than %v", publishLimit)
			}
		})
	}
}

// savedRegression is the result of a run that found one.
func savedRegression(t *testing.T) []byte {
	t.Helper()
	f, err := os.Open("../report/testdata/runs/regression.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	run, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	result, err := record.Zip(record.File{Name: record.RunFile, Content: run})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestPlatformPublishSize: the image is small.
func TestPlatformPublishSize(t *testing.T) {
	needImage(t)
	out, err := exec.Command("docker", "image", "inspect", "--format", "{{.Size}}", publishImage()).Output()
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("size: %.1f MB", size/1e6)
	if size > publishMost {
		t.Errorf("more than %.0f MB", publishMost/1e6)
	}
}

// TestPlatformStarts: what a release starts on each architecture starts here.
func TestPlatformStarts(t *testing.T) {
	needImage(t)
	programs := strings.Fields("cargo go node npm python3 git cmake protoc")
	for _, args := range [][]string{append([]string{image(), "devel"}, programs...), {publishImage(), "devel"}} {
		out, err := exec.Command("../../.ci/starts", args...).CombinedOutput()
		if err != nil {
			t.Errorf("%v: %v\n%s", args, err, out)
		}
		t.Logf("%s", out)
	}
	if out, err := exec.Command("../../.ci/starts", image(), "v9.9.9").CombinedOutput(); err == nil {
		t.Errorf("another version than it says: %s", out)
	}
}

//go:build measured

package main

import (
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func init() { scriptsAtOnce = "2" }

// TestMeasuredScripts runs testdata/script/measured/*.txtar: the whole program on the
// reference gateway, with verdicts that depend on what is measured.
func TestMeasuredScripts(t *testing.T) {
	cache, err := exec.Command("go", "env", "GOCACHE").Output() // to build Go's own packages again would take a minute
	if err != nil {
		t.Fatal(err)
	}
	runScripts(t, "measured", map[string]string{"REFERENCE": buildReference(t), "GOCACHE": strings.TrimSpace(string(cache))})
}

// TestMeasuredAdverse runs testdata/script/adverse/*.txtar, one at a time: gateways that
// are slow, fail or have to warm. The program has to see through that in a given time,
// of which other scripts would take a part.
func TestMeasuredAdverse(t *testing.T) {
	reference := buildReference(t)
	files, err := filepath.Glob("../../testdata/script/adverse/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		t.Run("", func(t *testing.T) { // which waits for its script
			p := scripts(map[string]string{"REFERENCE": reference})
			p.Files = []string{file}
			testscript.Run(t, p)
		})
	}
}

func buildReference(t *testing.T) string {
	t.Helper()
	reference := filepath.Join(t.TempDir(), "reference")
	out, err := exec.Command("go", "build", "-o", reference, "github.com/org/proxy-bench-action/testdata/gateways/reference").CombinedOutput()
	if err != nil {
		t.Fatalf("building the reference gateway: %v\n%s", err, out)
	}
	return reference
}

// mostSeconds is how long the merge of nine shards of a default suite may take.
const mostSeconds = 2.0

// TestMeasuredMerge: who waits for the verdict of several machines does not wait for the
// merge. The fastest of three counts: something else may run beside one.
func TestMeasuredMerge(t *testing.T) {
	shards, out := nineShards(t), t.TempDir()
	fastest := math.Inf(1)
	for range 3 {
		fastest = min(fastest, merge(t, shards, out).wall)
	}
	if fastest > mostSeconds {
		t.Errorf("it takes %.1f s", fastest)
	}
}

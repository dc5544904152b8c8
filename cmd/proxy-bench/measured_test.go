//go:build measured

package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMeasuredScripts runs testdata/script/measured/*.txtar: the whole program on the
// reference gateway, with verdicts that depend on what is measured.
func TestMeasuredScripts(t *testing.T) {
	reference := filepath.Join(t.TempDir(), "reference")
	out, err := exec.Command("go", "build", "-o", reference, "github.com/org/proxy-bench-action/testdata/gateways/reference").CombinedOutput()
	if err != nil {
		t.Fatalf("building the reference gateway: %v\n%s", err, out)
	}
	runScripts(t, "measured", map[string]string{"REFERENCE": reference})
}

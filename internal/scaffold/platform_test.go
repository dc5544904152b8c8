//go:build platform

package scaffold

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestPlatformWorkflows: actionlint takes every workflow that init writes.
func TestPlatformWorkflows(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for name, files := range map[string]map[string]string{
		"rust":   {"Cargo.toml": "[package]\nname = \"gw\"\n"},
		"go":     {"go.mod": "module gw\n"},
		"node":   {"package.json": "{}", "yarn.lock": ""},
		"python": {"pyproject.toml": ""},
		"other":  {"Makefile": ""},
	} {
		repo := repository(files)
		for _, f := range Files(repo, Of(repo))[1:3] {
			path := filepath.Join(dir, name+"-"+filepath.Base(f.Path))
			if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	lint := exec.Command("go", append([]string{"run", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12", "-shellcheck="}, paths...)...)
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

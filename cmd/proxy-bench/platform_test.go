//go:build platform

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPlatformScripts runs testdata/script/platform/*.txtar: gateways of other
// languages, started as docs/starting.md shows it, and what would take the inner loop
// too long, of which it has an example.
func TestPlatformScripts(t *testing.T) {
	for _, program := range []string{"node", "npm", "python3"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%v: apt-get install nodejs npm python3-venv", err)
		}
	}
	text, err := os.ReadFile("../../docs/starting.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, language := range []string{"Node", "Python"} {
		block := regexp.MustCompile("(?s)\n### " + language + "\n\n```yaml\n(.*?)```").FindSubmatch(text)
		if block == nil {
			t.Fatalf("docs/starting.md has no example for %s", language)
		}
		files[strings.ToUpper(language)] = filepath.Join(t.TempDir(), "proxy-bench.yml")
		if err := os.WriteFile(files[strings.ToUpper(language)], block[1], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runScripts(t, "platform", files)
}

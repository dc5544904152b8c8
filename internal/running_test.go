package internal

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// running lists the files that start programs, with what they start. The code of a pull
// request is started by one of them only, which makes sure that it runs as another user,
// supervised and without a way to gain rights.
var running = map[string]string{
	"gateway/supervise.go": "builds, gateways and git in the workspace, as the user of the sandbox",
	"gateway/child.go":     "our own program, as their supervisor",
	"mockllm/process.go":   "our own program, as the backend",
	"count/control.go":     "vgdb of the system, as the gateway's user, without a way to gain rights",
	"count/tools.go":       "valgrind, strace and getconf of the system, which say their versions",
	"sandbox/keeper.go":    "our own program, in the action's container",
	"sandbox/fetch.go":     "git in repositories that only we write to",
	"sandbox/git.go":       "git as who we are, outside the action",
}

var starts = regexp.MustCompile(`\bexec\.Command(?:Context)?\(|\b(?:syscall|unix)\.(?:ForkExec|StartProcess|Exec)\(|\bos\.StartProcess\(`)

// TestWhatStartsPrograms: a new file that does is a decision.
func TestWhatStartsPrograms(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if starts.Match(text) {
			found[filepath.ToSlash(path)] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(running)); !slices.Equal(got, want) {
		t.Errorf("programs are started in\n%s\nlisted are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package program

import (
	"os"
	"path/filepath"
	"testing"
)

// TestRunBy: a build that writes what another start line runs is noticed, wherever that
// lies, and one that writes anything else is not.
func TestRunBy(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, path := range []string{dir + "/gw", dir + "/other", elsewhere + "/gw", elsewhere + "/tool"} {
		write(t, path, "one")
	}
	env := []string{"PATH=/nowhere:" + elsewhere, "OUT=" + elsewhere}
	for _, c := range []struct {
		start, written string
		noticed        bool
	}{
		{`exec ./gw --port "$PORT"`, dir + "/gw", true},
		{`exec ./gw --port "$PORT"`, dir + "/other", false},
		{`exec ./gw --port "$PORT"`, elsewhere + "/gw", false},
		{"exec " + elsewhere + "/gw", elsewhere + "/gw", true},
		{`RUST_LOG=info "$OUT/gw" &`, elsewhere + "/gw", true},
		{"tool --flag", elsewhere + "/tool", true},
		{"python3 -m x --file=other", dir + "/other", true},
	} {
		files := RunBy(c.start, dir, env)
		if got := files.Changed(); got != "" {
			t.Errorf("%s: %s has changed before it was written", c.start, got)
		}
		write(t, c.written, "another")
		if got := files.Changed(); (got == c.written) != c.noticed {
			t.Errorf("%s, written %s: noticed %q", c.start, c.written, got)
		}
		write(t, c.written, "one")
	}
	files := RunBy("./gw", dir, nil)
	if err := os.Remove(filepath.Join(dir, "gw")); err != nil {
		t.Fatal(err)
	}
	if files.Changed() == "" {
		t.Error("a program that is gone is not noticed")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

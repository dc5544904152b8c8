package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestDigest: it is what sha256sum prints, wherever the files lie, and another one when a
// file is.
func TestDigest(t *testing.T) {
	shell := func(dir, line string) string {
		t.Helper()
		cmd := exec.Command("sh", "-c", line)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		sum, _, _ := strings.Cut(string(out), " ")
		return sum
	}
	files := map[string]string{"gw": "\x7fELF", "more/config.yml": "a: b\n"}
	one, both := bench.Recipe{Start: "./gw"}, bench.Recipe{Start: "./gw", Bundle: []string{"more", "gw"}}
	here, there := tree(t, files), tree(t, files)
	if got, want := Digest(one, here), shell(here, "sha256sum gw"); got != want {
		t.Errorf("of one file %q, want %q", got, want)
	}
	want := shell(here, "sha256sum gw more/config.yml | sha256sum")
	for _, dir := range []string{here, there} {
		if got := Digest(both, dir); got != want {
			t.Errorf("of two files %q, want %q", got, want)
		}
	}
	files["more/config.yml"] = "a: c\n"
	if got := Digest(both, tree(t, files)); got == want || got == "" {
		t.Errorf("of another file %q", got)
	}
	t.Chdir(here)
	if got, want := Digest(both, ""), want; got != want {
		t.Errorf("of the working directory %q, want %q", got, want)
	}
}

// TestDigestOfTextsThatNameTheirDirectory, as those of a virtual environment do.
func TestDigestOfTextsThatNameTheirDirectory(t *testing.T) {
	of := func() string {
		dir := tree(t, nil)
		if err := os.WriteFile(filepath.Join(dir, "gw"), []byte("#!"+dir+"/bin/python\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return Digest(bench.Recipe{Start: "./gw", Bundle: []string{"gw"}}, dir)
	}
	if a, b := of(), of(); a != b || a == "" {
		t.Errorf("%q and %q", a, b)
	}
}

// TestDigestOfNothing: a program of the machine is none of the repository.
func TestDigestOfNothing(t *testing.T) {
	for _, g := range []bench.Recipe{{Start: "nginx -g 'daemon off;'"}, {Start: "./gone", Bundle: []string{"gone"}}} {
		if got := Digest(g, t.TempDir()); got != "" {
			t.Errorf("%s: %q", g.Start, got)
		}
	}
}

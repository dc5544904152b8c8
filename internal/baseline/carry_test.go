package baseline

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// files writes files into a new directory; a name that ends in " 755" is executable, and a
// content that begins with -> is where a link leads.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		path, mode := strings.CutSuffix(filepath.Join(dir, name), " 755")
		to, link := strings.CutPrefix(text, "-> ")
		err := os.MkdirAll(filepath.Dir(path), 0o755)
		switch {
		case err != nil:
		case link:
			err = os.Symlink(to, path)
		case mode:
			err = os.WriteFile(path, []byte(text), 0o755)
		default:
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// built is the archive of a gateway that was built in a directory.
func built(t *testing.T, dir string, paths ...string) (*Archive, Baseline) {
	t.Helper()
	b := sampleBaseline(1, recordtest.SSE10)
	b.Gateway.Bundle = paths
	var out bytes.Buffer
	left, _, err := Leave(&out, b, dir)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := open(out.Bytes(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return archive, left
}

// TestRestore: the files of a build lie in another checkout as they did where they were
// built, whatever was there.
func TestRestore(t *testing.T) {
	archive, b := built(t, files(t, map[string]string{"bin/gw 755": "new", "lib/a": "a", "lib/current": "-> a"}), "bin", "lib")
	to := files(t, map[string]string{"bin/gw": "-> ../kept", "kept": "kept", "lib": "a file", "src/main": "source"})
	if err := archive.Restore(b, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"bin/gw": "new", "kept": "kept", "lib/current": "a", "src/main": "source"} {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if info, err := os.Lstat(filepath.Join(to, "bin/gw")); err != nil || info.Mode() != 0o755 {
		t.Errorf("bin/gw: %v, %v", info.Mode(), err)
	}
}

// TestRestoreStaysInside: a checkout whose links lead elsewhere changes nothing there, and
// a bundle that is not what its manifest says is not made executable.
func TestRestoreStaysInside(t *testing.T) {
	archive, b := built(t, files(t, map[string]string{"bin/gw 755": "new"}), "bin/gw")
	elsewhere := files(t, map[string]string{"gw": "theirs"})
	to := files(t, map[string]string{"bin": "-> " + elsewhere})
	if err := archive.Restore(b, to); err == nil {
		t.Error("a link that leads out of the checkout was followed")
	}
	if got, err := os.ReadFile(filepath.Join(elsewhere, "gw")); err != nil || string(got) != "theirs" {
		t.Errorf("what lies elsewhere is %q, %v", got, err)
	}
	b.Bundle.Files[len(b.Bundle.Files)-1].SHA256 = strings.Repeat("0", 64)
	to = t.TempDir()
	if err := archive.Restore(b, to); err == nil || !strings.Contains(err.Error(), "the manifest says 0000") {
		t.Errorf("error %v", err)
	}
	if info, err := os.Stat(filepath.Join(to, "bin/gw")); err == nil && info.Mode()&0o111 != 0 {
		t.Errorf("what was not verified is executable: %v", info.Mode())
	}
	b.Bundle = nil
	if err := archive.Restore(b, to); !errors.Is(err, ErrNoBundle) {
		t.Errorf("without a bundle: %v", err)
	}
}

// TestRewrite: another baseline's numbers with the same gateway, and without one where
// there was none.
func TestRewrite(t *testing.T) {
	for _, name := range []string{"bin/gw", "missing"} {
		archive, other := built(t, files(t, map[string]string{"bin/gw 755": "a program"}), name)
		b := sampleBaseline(3, recordtest.SSE10)
		b.Bundle = nil
		var out bytes.Buffer
		if err := Rewrite(&out, b, archive, other, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		got, again, err := Open(out.Bytes(), DefaultLimits())
		if err != nil || len(got.Run.Rounds) != len(b.Run.Rounds) || (got.Bundle == nil) != (name == "missing") || got.NoBundle != other.NoBundle {
			t.Fatalf("%s: %d rounds, bundle %v, %q, %v", name, len(got.Run.Rounds), got.Bundle, got.NoBundle, err)
		}
		if got.Bundle == nil {
			continue
		}
		to := filepath.Join(t.TempDir(), "to")
		if err := again.Unpack(got, to); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(filepath.Join(to, "bin/gw")); err != nil || string(text) != "a program" {
			t.Errorf("%q, %v", text, err)
		}
	}
}

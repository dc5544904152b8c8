package baseline

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestInspect: what is inspected is what would be bundled, to the last digest.
func TestInspect(t *testing.T) {
	dir := tree(t, "bin/gw 755", "conf/a.yml", "conf/empty/", "other")
	if err := os.Symlink("a.yml", filepath.Join(dir, "conf/b.yml")); err != nil {
		t.Fatal(err)
	}
	paths := []string{"bin/gw", "conf"}
	b := sampleBaseline(1)
	want, err := Write(new(bytes.Buffer), b, dir, paths, someLimit)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Inspect(dir, paths, someLimit, "")
	if err != nil || !reflect.DeepEqual(got, *want) {
		t.Errorf("%+v, %v\nwant %+v", got, err, *want)
	}
	if how := want.Difference(got); how != "" {
		t.Errorf("it differs from itself: %s", how)
	}
	for says, paths := range map[string][]string{"no such file": {"gone"}, "leads out": {"../x"}, "no files": nil} {
		_, err := Inspect(dir, paths, someLimit, "")
		testenv.WantError(t, err, says)
	}
	_, err = Inspect(dir, paths, 1, "")
	testenv.WantError(t, err, "the limit is")
}

// TestDifference: every change of a bundle is one.
func TestDifference(t *testing.T) {
	for want, change := range map[string]func(dir string) error{
		"":                                      func(string) error { return nil },
		"bin/gw has another content":            func(dir string) error { return flip(filepath.Join(dir, "bin/gw")) },
		"conf/b is no longer there":             func(dir string) error { return os.Remove(filepath.Join(dir, "conf/b")) },
		"conf/a0 is new":                        func(dir string) error { return os.WriteFile(filepath.Join(dir, "conf/a0"), nil, 0o644) },
		"conf/z is new":                         func(dir string) error { return os.WriteFile(filepath.Join(dir, "conf/z"), nil, 0o644) },
		"bin/gw has the mode 0700 and had 0755": func(dir string) error { return os.Chmod(filepath.Join(dir, "bin/gw"), 0o700) },
		"conf has the mode 0700 and had 0755":   func(dir string) error { return os.Chmod(filepath.Join(dir, "conf"), 0o700) },
		"conf/empty has 5 bytes and had 0":      func(dir string) error { return os.WriteFile(filepath.Join(dir, "conf/empty"), []byte("12345"), 0o644) },
		"conf/link is a link to b and was one to a": func(dir string) error {
			return relink(filepath.Join(dir, "conf/link"), "b")
		},
		"conf/b was a file and is a link": func(dir string) error { return relink(filepath.Join(dir, "conf/b"), "a") },
	} {
		dir := tree(t, "bin/gw 755", "conf/a", "conf/b")
		for _, file := range []string{"bin/gw", "conf/a", "conf/b"} { // flip needs a byte
			if err := os.WriteFile(filepath.Join(dir, file), []byte(file), 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "conf/empty"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("a", filepath.Join(dir, "conf/link")); err != nil {
			t.Fatal(err)
		}
		inspect := func() Manifest {
			m, err := Inspect(dir, []string{"bin/gw", "conf"}, someLimit, "")
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		before := inspect()
		if err := change(dir); err != nil {
			t.Fatal(err)
		}
		if got := before.Difference(inspect()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// flip changes one bit of a file.
func flip(file string) error {
	data, err := os.ReadFile(file)
	if err == nil {
		data[0] ^= 1
		err = os.WriteFile(file, data, 0o755)
	}
	return err
}

// relink makes a file a link.
func relink(file, to string) error {
	if err := os.Remove(file); err != nil {
		return err
	}
	return os.Symlink(to, file)
}

package program

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestForeign(t *testing.T) {
	b := Bundle{Dir: "/w/r/tmp/x/bundle", Scratch: "/w/r/tmp/x", Here: "/w/r/gw", Workspace: "/w/r"}
	for path, want := range map[string]bool{
		"/w/r": true, "/w/r/gw": true, "/w/r/gw/.venv/bin/python": true, "/w/r/other/lib.so": true,
		"/w/r/.nvm/bin/node": false, "/w/r/.venv/bin/python": true, "/w/r/tmp/x/base-1/log": false, "/w/r/tmp/x": false, "/w/r/tmp/xy": true,
		"/w/rx": false, "/usr/bin/python3": false, "": false, "gw": false,
	} {
		if got := b.Foreign(path); got != want {
			t.Errorf("%q: %v", path, got)
		}
	}
}

// TestAlone: what a start line writes is not what it runs.
func TestAlone(t *testing.T) {
	here, dir := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(here, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	b := Bundle{Dir: dir, Scratch: dir, Here: here, Workspace: here}
	for start, alone := range map[string]bool{
		"./gw": true, "./gw >>$HERE/file 2>\"$HERE/file\"": true, "./gw > $HERE/file;": true,
		"./gw <$HERE/file": false, "./gw --config=$HERE/file": false, "$HERE/file >x": false, ". \"$HERE/file\"; ./gw": false,
	} {
		if err := b.Alone(start, []string{"HERE=" + here}); (err == nil) != alone {
			t.Errorf("%s: %v", start, err)
		}
	}
}

func TestWrittenSince(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, past, past); err != nil {
		t.Fatal(err)
	}
	for then, want := range map[time.Time]bool{{}: false, past.Add(time.Minute): true, time.Now().Add(time.Minute): false} {
		if got := WrittenSince(file, then); got != want {
			t.Errorf("since %v: %v", then, got)
		}
	}
	if WrittenSince(file+"y", past) {
		t.Error("what is not there was written")
	}
}

package scaffold

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
)

// What is no manifest that a person wrote must not keep init busy.
func TestReadFile(t *testing.T) {
	repo := fstest.MapFS{
		"small": {Data: []byte("module m")},
		"huge":  {Data: bytes.Repeat([]byte{'a'}, maxManifest+1)},
	}
	if text, err := readFile(repo, "small"); err != nil || string(text) != "module m" {
		t.Errorf("%q, %v", text, err)
	}
	for _, name := range []string{"huge", "none"} {
		if _, err := readFile(repo, name); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	dir := t.TempDir()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "package.json")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "Dockerfile", ".gitignore"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan []File)
	go func() {
		g := Of(os.DirFS(dir))
		done <- Files(os.DirFS(dir), g)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("a pipe or a device is read without end")
	}
}

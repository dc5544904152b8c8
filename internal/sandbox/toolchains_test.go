package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestLinkToolchains: base is given the toolchains that are as they were, also of those
// that were changed and look old, and keeps its own.
func TestLinkToolchains(t *testing.T) {
	image := t.TempDir()
	rustc := func(toolchain string) string { return filepath.Join(image, "toolchains", toolchain, "bin/rustc") }
	for _, toolchain := range []string{"untouched", "written", "added"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(rustc(toolchain)), 0o777), os.WriteFile(rustc(toolchain), nil, 0o777)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(image+"/settings.toml", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // the clock of files is a coarse one
	_, w := runnerFiles(t, 1001)
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.makeRustup(image); err != nil {
		t.Fatal(err)
	}
	own := s.rustupOf(bench.Base)
	if text, err := os.ReadFile(own + "/settings.toml"); err != nil || string(text) != "x" {
		t.Errorf("settings %q, %v", text, err)
	}
	linked := func() (all []string) {
		if err := s.linkToolchains(image); err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(own + "/toolchains/*/bin/rustc")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			all = append(all, filepath.Base(filepath.Dir(filepath.Dir(path))))
		}
		return all
	}
	if got := linked(); len(got) != 3 {
		t.Errorf("at first %q", got)
	}
	before := time.Unix(1e9, 0)
	if err := errors.Join(os.WriteFile(rustc("written"), []byte("evil"), 0o777), os.Chtimes(rustc("written"), before, before),
		os.WriteFile(filepath.Dir(rustc("added"))+"/cargo", nil, 0o777), os.MkdirAll(filepath.Dir(rustc("new")), 0o777), os.WriteFile(rustc("new"), nil, 0o777)); err != nil {
		t.Fatal(err)
	}
	if got := linked(); len(got) != 1 || got[0] != "untouched" {
		t.Errorf("then %q", got)
	}
	if err := errors.Join(os.Remove(own+"/toolchains/untouched"), os.MkdirAll(own+"/toolchains/untouched/bin", 0o777), os.WriteFile(own+"/toolchains/untouched/bin/rustc", []byte("base's"), 0o777)); err != nil {
		t.Fatal(err)
	}
	linked()
	if text, err := os.ReadFile(own + "/toolchains/untouched/bin/rustc"); err != nil || string(text) != "base's" {
		t.Errorf("base's own is %q, %v", text, err)
	}
	if err := s.linkToolchains(image + "/none"); err != nil {
		t.Error(err)
	}
}

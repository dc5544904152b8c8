package program

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestToolchainOfThisTest agrees with the standard library's reader.
func TestToolchainOfThisTest(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := strings.Cut(info.GoVersion, " ")
	if got := RunBy("exec "+self+" -v", t.TempDir(), nil).Toolchain(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// golang is the mark of a Go program.
func golang(version string) string {
	return "\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + string(rune(len(version))) + version
}

func TestToolchain(t *testing.T) {
	const elf = "\x7fELF"
	far := strings.Repeat("x", window-len(elf)-10) // the mark lies across two windows
	for name, c := range map[string]struct{ program, want string }{
		"go":             {elf + golang("go1.26.1") + "rest", "go1.26.1"},
		"experiments":    {elf + golang("go1.26.1 X:nodwarf5"), "go1.26.1"},
		"across windows": {elf + far + golang("go1.25.0") + far, "go1.25.0"},
		"rust":           {elf + "GCC: (Debian)\x00rustc version 1.94.0 (abc 2026-03-01)\x00", "rustc 1.94.0"},
		"rust, across":   {elf + far + "rustc version 1.94.0-nightly (abc 2026-01-02)", "rustc 1.94.0-nightly"},
		"second mark":    {elf + "\xff Go buildinf:" + strings.Repeat("\x00", 40) + golang("go1.26.2"), "go1.26.2"},
		"old format":     {elf + "\xff Go buildinf:\x08\x00" + strings.Repeat("\x00", 40), ""},
		"cut off":        {elf + golang("go1.26.1")[:20], ""},
		"cut at the end": {elf + golang("go1.26.1")[:32], ""},
		"endless length": {elf + "\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + strings.Repeat("\xff", 20), ""},
		"long length":    {elf + "\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + "\xff\xff\xff\xff\x0fgo1.1", ""},
		"other words":    {elf + golang("gone\x1b[31m"), ""},
		"a text":         {elf + "rustc version 1.94.0tracecheck", ""},
		"C":              {elf + "GCC: (Debian 14.2.0-19) 14.2.0", ""},
		"a script":       {"#!/bin/sh\n# rustc version 1.94.0 (4a4 2026-03-02)", ""},
		"nothing":        {"", ""},
	} {
		if got := toolchain(strings.NewReader(c.program)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"gw": elf + golang("go1.26.1"), "side": elf + "rustc version 1.94.0 (4a4 2026-03-02)", "twin": elf + golang("go1.26.1"), "run.sh": "#!/bin/sh"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := RunBy("./side & ./twin & exec ./gw", dir, nil).Toolchain(); got != "go1.26.1, rustc 1.94.0" {
		t.Errorf("of three programs: %q", got)
	}
	if got := RunBy("exec ./run.sh missing", dir, nil).Toolchain(); got != "" {
		t.Errorf("of a script: %q", got)
	}
}

func FuzzToolchain(f *testing.F) {
	f.Add([]byte("\x7fELF" + golang("go1.26.1")))
	f.Add([]byte("\x7fELFrustc version 1.94.0 (4a4 2026-03-02)"))
	f.Add([]byte("\x7fELF\xff Go buildinf:\x08\x02" + strings.Repeat("\x00", 16) + "\xff\xff"))
	f.Fuzz(func(t *testing.T, program []byte) {
		if got := toolchain(bytes.NewReader(program)); len(got) > mark || strings.ContainsAny(got, "\n\x1b|<") {
			t.Errorf("%q", got)
		}
	})
}

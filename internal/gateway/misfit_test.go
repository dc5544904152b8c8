package gateway

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMisfits: what loaders and shells print, word for word, ends in what to do.
func TestMisfits(t *testing.T) {
	for name, c := range map[string]struct{ output, hint string }{
		"newer glibc":   {"dist/gw: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.43' not found (required by dist/gw)\n", "(GLIBC_2.43)"},
		"newer C++":     {"./gw: /usr/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.35' not found (required by ./gw)\n", "(GLIBCXX_3.4.35)"},
		"a Node addon":  {"Error: /lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.43' not found (required by /w/node_modules/x/y.node)\n    at Object..node (node:internal)\n", "gateway.build"},
		"no library":    {"./gw: error while loading shared libraries: libpcre2-8.so.0: cannot open shared object file: No such file or directory\n", "no libpcre2-8.so.0"},
		"another ELF":   {"sh: 1: exec: ./gw: Exec format error\n", "./gw is no program for this machine"},
		"bash says so":  {"bash: line 1: ./gw: cannot execute binary file: Exec format error\n", "./gw is no program for this machine"},
		"another error": {"config: routes.yaml: No such file or directory\n", ""},
		"not on PATH":   {"sh: 1: exec: gw: not found\n", ""},
		"a version":     {"version 'v2' not found in models.yaml\n", ""},
		"a full disk":   {"cp: error writing 'out': No space left on device\n", "a disk is full"},
		"Go and a full": {"write /w/gw: no space left on device\n", "a disk is full"},
		"Node and it":   {"Error: ENOSPC: no space left on device, write\n", "a disk is full"},
		"a quota":       {"ld: final link failed: Disk quota exceeded\n", "a disk is full"},
		"many files":    {"listen: accept4: too many open files\n", "more files open than it may"},
		"Node and many": {"Error: EMFILE, open 'x'\n", "more files open than it may"},
		"nothing":       {"", ""},
	} {
		got := misfit([]byte(c.output), t.TempDir())
		if (got == "") != (c.hint == "") || !strings.Contains(got, c.hint) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestMissingLoader: a shell calls a program not found that is there, when what loads it is
// not: musl's where glibc is.
func TestMissingLoader(t *testing.T) {
	spec, mark := newSpec(t, "exec ./gw")
	if err := os.WriteFile(filepath.Join(spec.Dir, "gw"), loadedBy("/lib/ld-musl-none.so.1"), 0o755); err != nil {
		t.Fatal(err)
	}
	e := startFails(t, spec, mark)
	if e.Step != StepDied || !strings.Contains(e.Hint, "/lib/ld-musl-none.so.1") || !strings.Contains(e.Hint, "x86_64-unknown-linux-musl") {
		t.Errorf("step %s\nreason %s\nhint %s\noutput %q", e.Step, e.Reason, e.Hint, e.Output)
	}
	if loader := loaderOf(filepath.Join(spec.Dir, "none")); loader != "" {
		t.Errorf("a file that is not there asks for %s", loader)
	}
	if self, err := os.Executable(); err != nil || loaderOf(self) != "" {
		t.Errorf("%s asks for %s, error %v", self, loaderOf(self), err)
	}
}

// loadedBy is the least that the kernel takes for a program of this machine with a loader.
func loadedBy(loader string) []byte {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		panic(err)
	}
	const header, part = 64, 56
	text := append([]byte(loader), 0)
	var b bytes.Buffer
	b.Write(self[:header])
	raw := b.Bytes()
	order := binary.LittleEndian
	order.PutUint64(raw[24:], 0x400000) // entry
	order.PutUint64(raw[32:], header)   // program headers
	order.PutUint64(raw[40:], 0)        // no sections
	order.PutUint16(raw[56:], 1)        // one part
	order.PutUint16(raw[58:], 0)
	order.PutUint16(raw[60:], 0)
	order.PutUint16(raw[62:], 0)
	_ = binary.Write(&b, order, []uint32{3, 4}) // PT_INTERP, readable
	_ = binary.Write(&b, order, []uint64{header + part, 0x400000 + header + part, 0, uint64(len(text)), uint64(len(text)), 1})
	b.Write(text)
	return b.Bytes()
}

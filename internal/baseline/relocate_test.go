package baseline

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMoved(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "",
		"/a/b":                               "/x",
		"#!/a/b/.venv/bin/python\nimport re": "#!/x/.venv/bin/python\nimport re",
		"#!/bin/sh\n'''exec' \"/a/b/v/bin/python\" \"$0\"": "#!/bin/sh\n'''exec' \"/x/v/bin/python\" \"$0\"",
		"VIRTUAL_ENV=/a/b/.venv\n":                         "VIRTUAL_ENV=/x/.venv\n",
		`{"url": "file:///a/b/src"}`:                       `{"url": "file:///x/src"}`,
		"/a/b:/a/b/c /a/b":                                 "/x:/x/c /x",
		"/a/bc /a/b-c /a/b.c /a/b_":                        "/a/bc /a/b-c /a/b.c /a/b_",
		"/r/a/b ./a/b ~/a/b":                               "/r/a/b ./a/b ~/a/b",
		"/a/b/a/b":                                         "/x/a/b",
		"https://host/a/b":                                 "https://host/a/b",
		"-I/a/b/include -L/a/b":                            "-I/x/include -L/x",
		"CFLAGS='-I/a/b' -isystem/a/b/c":                   "CFLAGS='-I/x' -isystem/x/c",
		"-isysroot/a/b;-B/a/b,-F/a/b":                      "-isysroot/x;-B/x,-F/x",
		"-I/a/bc -I/r/a/b":                                 "-I/a/bc -I/r/a/b",
		"x-I/a/b ./-I/a/b --I/a/b lib-i/a/b":               "x-I/a/b ./-I/a/b --I/a/b lib-i/a/b",
		"-lib/a/b -/a/b é-I/a/b I/a/b":                     "-lib/a/b -/a/b é-I/a/b I/a/b",
		`"one\n/a/b\t/a/b/c"`:                              `"one\n/x\t/x/c"`,
		`"C:\\n/a/b" \d/a/b n/a/b`:                         `"C:\\n/a/b" \d/a/b n/a/b`,
		`\\\n/a/b`:                                         `\\\n/x`,
		strings.Repeat("-", 99) + "I/a/b":                  strings.Repeat("-", 99) + "I/a/b",
		strings.Repeat("n", 99) + " -I/a/b":                strings.Repeat("n", 99) + " -I/x",
	} {
		if got := string(moved([]byte(text), "/a/b", "/x")); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestRelocate: texts name the place in which they are unpacked, with the rights that
// they had; programs stay as they are, and equal builds in two places are equal.
func TestRelocate(t *testing.T) {
	build := func() string {
		dir, err := physical(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"script": "#!" + dir + "/python\n", "program": "\x7fELF\x00" + dir, "plain": "text"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	here, there := build(), build()
	data, m := packed(t, here, "script", "program", "plain")
	if m.Origin != here {
		t.Errorf("of %q, want %q", m.Origin, here)
	}
	out := filepath.Join(t.TempDir(), "new")
	if err := unpacked(data, out); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"script": "#!" + out + "/python\n", "program": "\x7fELF\x00" + here, "plain": "text"} {
		got, err := os.ReadFile(filepath.Join(out, name))
		info, statErr := os.Stat(filepath.Join(out, name))
		if err != nil || statErr != nil || string(got) != want || info.Mode() != 0o755 {
			t.Errorf("%s: %q, %v, %v", name, got, info.Mode(), err)
		}
	}
	if err := os.WriteFile(filepath.Join(there, "program"), []byte("\x7fELF\x00"+here), 0o755); err != nil {
		t.Fatal(err)
	}
	for as, want := range map[string]string{here: "", "": "script has another content"} {
		later, err := Inspect(there, []string{"script", "program", "plain"}, someLimit, as)
		if how := m.Difference(later); err != nil || how != want {
			t.Errorf("as if in %q: %q, %v", as, how, err)
		}
	}
}

// TestReasonWithoutBundle: who gets a baseline without a gateway is told why.
func TestReasonWithoutBundle(t *testing.T) {
	b := sampleBaseline(1)
	b.NoBundle = "a pipe"
	var out bytes.Buffer
	if _, err := Write(&out, b, "", nil, someLimit); err != nil {
		t.Fatal(err)
	}
	if err := unpacked(out.Bytes(), t.TempDir()); err == nil || !strings.HasSuffix(err.Error(), ErrNoBundle.Error()+": a pipe") {
		t.Error(err)
	}
}

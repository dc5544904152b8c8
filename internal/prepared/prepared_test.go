package prepared

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
)

var sample = Prepared{
	Tool: "v1.2.3", Commit: strings.Repeat("a", 40), Notes: []string{"a note"},
	Base: &bench.BaseInfo{Source: bench.SourceRebuild, SHA: strings.Repeat("b", 40)},
}

// archives are the two gateways in a directory. What is in them does not matter here.
func archives(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{HeadFile, BaseFile} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("the archive "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(data []byte, dir string) (Prepared, error) {
	return Read(bytes.NewReader(data), int64(len(data)), dir)
}

// TestRoundTrip: what was written is read again, with and without a base.
func TestRoundTrip(t *testing.T) {
	for _, based := range []bool{true, false} {
		p := sample
		if !based {
			p.Base = nil
		}
		data, err := Write(p, archives(t))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		got, err := read(data, dir)
		if err != nil || got.Commit != p.Commit || got.Tool != p.Tool || len(got.Notes) != 1 || (got.Base != nil) != based {
			t.Errorf("%+v, %v", got, err)
		}
		for name, there := range map[string]bool{HeadFile: true, BaseFile: based} {
			if text, err := os.ReadFile(filepath.Join(dir, name)); (err == nil) != there || there && string(text) != "the archive "+name {
				t.Errorf("based %v, %s: %q, %v", based, name, text, err)
			}
		}
	}
}

// changed is an artifact with other contents; nil: the file is not there.
func changed(t *testing.T, data []byte, change map[string]func(string) []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var files []record.File
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if to := change[f.Name]; to != nil {
			text = to(string(text))
		}
		if text != nil {
			files = append(files, record.File{Name: f.Name, Content: text})
		}
	}
	out, err := record.Zip(files...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRefuses: what is not as it was prepared is refused with the reason, and leaves no
// gateway behind.
func TestRefuses(t *testing.T) {
	data, err := Write(sample, archives(t))
	if err != nil {
		t.Fatal(err)
	}
	with := func(member string, value any) func(string) []byte {
		return func(text string) []byte {
			var all map[string]any
			if err := json.Unmarshal([]byte(text), &all); err != nil {
				t.Fatal(err)
			}
			all[member] = value
			out, err := json.Marshal(all)
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	none := func(string) []byte { return nil }
	other := func(string) []byte { return []byte("another program") }
	for name, c := range map[string]struct {
		file   string
		change func(string) []byte
		says   string
	}{
		"another head":        {HeadFile, other, "head.zip: its sha256 is "},
		"another base":        {BaseFile, other, "base.zip: its sha256 is "},
		"no head":             {HeadFile, none, "it holds no head.zip"},
		"no base":             {BaseFile, none, "it holds no base.zip"},
		"no manifest":         {ManifestFile, none, "it holds no prepared.json"},
		"no JSON":             {ManifestFile, other, "prepared.json: "},
		"of another version":  {ManifestFile, with("schema", "proxy-bench/prepared/v9"), "prepared/v9"},
		"no commit":           {ManifestFile, with("commit", "main"), "commit: \"main\" is not"},
		"no digests":          {ManifestFile, with("sha256", map[string]any{}), "sha256: that of head.zip"},
		"a base from nowhere": {ManifestFile, with("base", map[string]any{"source": "x", "sha": strings.Repeat("b", 40)}), "base: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := read(changed(t, data, map[string]func(string) []byte{c.file: c.change}), dir)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 && strings.HasPrefix(c.says, left[0].Name()) {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
	if _, err := read(data[:len(data)/2], t.TempDir()); !errors.Is(err, zip.ErrFormat) {
		t.Errorf("a half of it: %v", err)
	}
}

// TestWriteNeedsFiles: without a gateway there is nothing to hand over.
func TestWriteNeedsFiles(t *testing.T) {
	if _, err := Write(sample, t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	p := sample
	p.Commit = "main"
	if _, err := Write(p, archives(t)); err == nil {
		t.Error("what cannot be read is written")
	}
}

func FuzzRead(f *testing.F) {
	p := sample
	p.Base = nil
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, HeadFile), []byte("head"), 0o600); err != nil {
		f.Fatal(err)
	}
	data, err := Write(p, dir)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, err := read(data, t.TempDir()); err == nil && got.check() != nil {
			t.Errorf("%+v", got)
		}
	})
}

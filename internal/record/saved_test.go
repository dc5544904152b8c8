package record

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestZip(t *testing.T) {
	files := []File{{"b/report.html", []byte("<p>")}, {"a.json", bytes.Repeat([]byte("{}"), 5000)}, {"empty", nil}}
	data, err := Zip(files...)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Zip(files...); !bytes.Equal(data, again) {
		t.Error("the same files give other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) != len(files) {
		t.Fatalf("%v, %v", z, err)
	}
	for i, want := range files {
		r, err := z.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || z.File[i].Name != want.Name || !bytes.Equal(got, want.Content) {
			t.Errorf("%s: %q, %v", z.File[i].Name, got, err)
		}
	}
	for _, name := range []string{"", ".", "/a", "../a", "a/../b", "a/"} {
		_, err := Zip(File{name, nil})
		testenv.WantError(t, err, "not a path inside it")
	}
	_, err = Zip(File{"a", nil}, File{"a", nil})
	testenv.WantError(t, err, `"a": not a path inside it, or there twice`)
}

// TestSavedIsReadBack: the directory and the artifact of a result are read by the
// names that they are written under.
func TestSavedIsReadBack(t *testing.T) {
	type place struct{ URL string }
	say := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	run := recordtest.Run(1, recordtest.SSE10)
	verdict := bench.Verdict{Schema: bench.VerdictSchema, Outcome: bench.NoBaseline}
	for name, c := range map[string]struct {
		saved Saved
		files string
	}{
		"all":        {Saved{Run: run, Verdict: verdict, Context: place{"x<y"}, Bench: say("b"), HTML: say("h")}, "run.json bench.txt verdict.json context.json report.html"},
		"no verdict": {Saved{Run: run, Bench: say("b")}, "run.json bench.txt"},
		"no run":     {Saved{Verdict: verdict, Context: place{"x"}, Bench: say("b"), HTML: say("h")}, "context.json report.html"},
	} {
		t.Run(name, func(t *testing.T) {
			files, err := c.saved.Files()
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, f := range files {
				names = append(names, f.Name)
			}
			if got := strings.Join(names, " "); got != c.files {
				t.Errorf("files %s, want %s", got, c.files)
			}
			dir := t.TempDir()
			if err := c.saved.Save(dir); err != nil {
				t.Fatal(err)
			}
			var where place
			got, v, err := ReadDirectory(dir, &where)
			if c.saved.Run.Schema == "" {
				if !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("error %v without a run", err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, run) || v.Schema != c.saved.Verdict.Schema || c.saved.Context != nil && where != c.saved.Context {
				t.Errorf("error %v, run %+v, verdict %+v, context %+v", err, got, v, where)
			}
			data, err := Zip(files...)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := readResult(data, MaxFile, new(any)); err != nil || !reflect.DeepEqual(got, run) {
				t.Errorf("error %v, run of the artifact %+v", err, got)
			}
		})
	}
}

func TestReadDirectoryRefuses(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"another verdict":  {VerdictFile, `{"schema":"proxy-bench/verdict/v9"}`, `verdict.json: reading the verdict: schema "proxy-bench/verdict/v9"`},
		"unknown member":   {VerdictFile, `{"schema":"proxy-bench/verdict/v1","x":1}`, `unknown field "x"`},
		"unknown context":  {ContextFile, `{"x":1}`, `context.json: reading the context: json: unknown field "x"`},
		"context cut":      {ContextFile, `{"x":`, "cut short after 5 bytes"},
		"context is large": {ContextFile, strings.Repeat(" ", MaxFile+1), "larger than 64.0 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := (Saved{Run: recordtest.Run(1, recordtest.SSE10)}).Save(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, _, err := ReadDirectory(dir, &struct{}{})
			testenv.WantError(t, err, c.want)
		})
	}
}

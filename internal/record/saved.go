package record

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Saved is a result to be written. What it lacks gets no file: a run that came to
// no verdict has none.
type Saved struct {
	Run     bench.Run
	Verdict bench.Verdict
	Context any // what only the place it was made at knows
	// Bench and HTML write the run's figures and the report as files of their own.
	Bench, HTML func(io.Writer) error
}

// File is one file of a result.
type File struct {
	Name    string // with slashes, inside the artifact
	Content []byte
}

// part is one file that is to be written.
type part struct {
	name  string
	write func(io.Writer) error
}

// parts are the files that there are, in a fixed order.
func (s Saved) parts() (all []part) {
	add := func(has bool, name string, write func(io.Writer) error) {
		if has {
			all = append(all, part{name, write})
		}
	}
	measured := s.Run.Schema != ""
	add(measured, RunFile, func(w io.Writer) error { return WriteRun(w, s.Run) })
	add(measured && s.Bench != nil, BenchFile, s.Bench)
	add(measured && s.Verdict.Schema != "", VerdictFile, func(w io.Writer) error { return WriteVerdict(w, s.Verdict) })
	add(s.Context != nil, ContextFile, func(w io.Writer) error { return encode(w, s.Context, "context") })
	add(s.HTML != nil, HTMLFile, s.HTML)
	return all
}

// each does something with every part, side by side.
func each(parts []part, do func(i int, p part) error) error {
	failed := make([]error, len(parts))
	var writing sync.WaitGroup
	for i, p := range parts {
		writing.Go(func() { failed[i] = do(i, p) })
	}
	writing.Wait()
	return errors.Join(failed...)
}

// Files are all that there are, in a fixed order.
func (s Saved) Files() ([]File, error) {
	parts := s.parts()
	files := make([]File, len(parts))
	err := each(parts, func(i int, p part) error {
		var b bytes.Buffer
		err := p.write(&b)
		files[i] = File{Name: p.name, Content: b.Bytes()}
		return err
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// Save writes the files into a directory, as many as it can.
func (s Saved) Save(dir string) error {
	return each(s.parts(), func(_ int, p part) error { return WriteFile(filepath.Join(dir, p.name), p.write) })
}

// Zip makes the zip file of an artifact. Its bytes depend on the files and their
// order alone: it says nothing of when or by whom.
func Zip(files ...File) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	seen := map[string]bool{}
	for _, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." || seen[f.Name] {
			return nil, fmt.Errorf("a zip file with %q: not a path inside it, or there twice", f.Name)
		}
		seen[f.Name] = true
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(f.Content)
		}
		if err != nil {
			return nil, fmt.Errorf("a zip file with %q: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("a zip file: %w", err)
	}
	return out.Bytes(), nil
}

// ReadDirectory reads a result that [Saved.Save] has written, and its context
// into context. The verdict has no schema, and context is left alone, where the
// result has no such file.
func ReadDirectory(dir string, context any) (run bench.Run, v bench.Verdict, err error) {
	err = readFile(filepath.Join(dir, RunFile), func(r io.Reader) (err error) {
		run, err = ReadRun(r, MaxFile)
		return err
	})
	if err != nil {
		return run, v, err
	}
	err = readFile(filepath.Join(dir, VerdictFile), func(r io.Reader) (err error) {
		v, err = ReadVerdict(r, MaxFile)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return run, v, err
	}
	err = readFile(filepath.Join(dir, ContextFile), func(r io.Reader) error { return readContext(r, MaxFile, context, true) })
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return run, v, err
}

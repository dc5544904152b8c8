package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
)

// ErrNoRun says that a result came to no rounds.
var ErrNoRun = errors.New("the result holds no " + RunFile)

// Result is the artifact that a gate leaves behind. Of one that a stranger's
// code could write nothing but its rounds counts, and those only as what the
// stranger says.
type Result struct {
	files map[string]*zip.File
	limit int64
}

// maxDirectory is enough for the names of some thousand files.
const maxDirectory = 1 << 20

// OpenResult opens a result artifact of size bytes. Of its files only [RunFile]
// and [ContextFile] are ever read, and may have limit bytes each; others are
// ignored, as newer versions may leave more. A link, or a name that leads out of
// the artifact, is refused wherever it is.
func OpenResult(r io.ReaderAt, size, limit int64) (Result, error) {
	result := Result{files: map[string]*zip.File{}, limit: limit}
	files, err := OpenZip(r, size, maxDirectory)
	if err != nil {
		return result, fmt.Errorf("opening the result artifact: %w", err)
	}
	for _, f := range files {
		if err := result.take(f); err != nil {
			return result, fmt.Errorf("opening the result artifact: entry %q: %w", f.Name, err)
		}
	}
	return result, nil
}

func (r Result) take(f *zip.File) error {
	if err := CheckName(f); err != nil {
		return err
	}
	if f.Name != RunFile && f.Name != ContextFile {
		return nil
	}
	if r.files[f.Name] != nil {
		return errors.New("is there twice")
	}
	r.files[f.Name] = f
	return CheckEntry(f, r.limit)
}

// Run reads the rounds; [ErrNoRun] when there are none.
func (r Result) Run() (run bench.Run, err error) {
	f := r.files[RunFile]
	if f == nil {
		return run, ErrNoRun
	}
	err = ReadEntry(f, func(content io.Reader) (err error) {
		run, err = ReadRun(content, r.limit)
		return err
	})
	return run, err
}

// Context reads of context.json what into has a place for: the program that wrote
// it may be another version. Without such a file into is left alone.
func (r Result) Context(into any) error {
	f := r.files[ContextFile]
	if f == nil {
		return nil
	}
	return ReadEntry(f, func(content io.Reader) error { return readContext(content, r.limit, into, false) })
}

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

// resultNames are all that a result may hold. Only two are ever read.
var resultNames = map[string]bool{
	RunFile: true, ContextFile: true, VerdictFile: true, HTMLFile: true, BenchFile: true,
}

// OpenResult opens a result artifact of size bytes, whose files may have limit
// bytes each.
func OpenResult(r io.ReaderAt, size, limit int64) (Result, error) {
	result := Result{files: map[string]*zip.File{}, limit: limit}
	files, err := OpenZip(r, size)
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
	switch {
	case !resultNames[f.Name]:
		return errors.New("does not belong here")
	case r.files[f.Name] != nil:
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

// Context reads context.json, nil when there is none.
func (r Result) Context() (text []byte, err error) {
	f := r.files[ContextFile]
	if f == nil {
		return nil, nil
	}
	err = ReadEntry(f, func(content io.Reader) (err error) {
		text, err = io.ReadAll(io.LimitReader(content, r.limit+1))
		return err
	})
	return text, err
}

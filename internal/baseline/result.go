package baseline

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
)

// ErrNoRun says that a result came to no rounds.
var ErrNoRun = errors.New("the result holds no run.json")

// Result is the artifact that a gate leaves behind. Of one that a stranger's
// code could write nothing but its rounds counts, and those only as what the
// stranger says.
type Result struct {
	files  map[string]*zip.File
	limits Limits
}

// resultNames are all that a result may hold. Only two are ever read.
var resultNames = map[string]bool{
	"run.json": true, "context.json": true, "verdict.json": true, "report.html": true, "bench.txt": true,
}

// OpenResult opens a result artifact of size bytes, as warily as [OpenZip].
func OpenResult(r io.ReaderAt, size int64, limits Limits) (Result, error) {
	result := Result{files: map[string]*zip.File{}, limits: limits}
	metered := &meteredReaderAt{r, maxDirectory}
	z, err := zip.NewReader(metered, size)
	if err != nil {
		return result, fmt.Errorf("opening the result artifact: %w", err)
	}
	metered.left = math.MaxInt64
	for _, f := range z.File {
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
	case !f.Mode().IsRegular():
		return fmt.Errorf("is not a regular file (%s)", f.Mode().Type())
	case f.UncompressedSize64 > uint64(r.limits.File):
		return fmt.Errorf("claims %d bytes, the limit is %s", f.UncompressedSize64, sizeText(r.limits.File))
	}
	r.files[f.Name] = f
	return nil
}

// Run reads the rounds; [ErrNoRun] when there are none.
func (r Result) Run() (run bench.Run, err error) {
	f := r.files["run.json"]
	if f == nil {
		return run, ErrNoRun
	}
	err = entry(f, func(content io.Reader) (err error) {
		run, err = ReadRun(content, r.limits)
		return err
	})
	return run, err
}

// Context reads context.json, nil when there is none.
func (r Result) Context() (text []byte, err error) {
	f := r.files["context.json"]
	if f == nil {
		return nil, nil
	}
	err = entry(f, func(content io.Reader) (err error) {
		text, err = io.ReadAll(io.LimitReader(content, r.limits.File+1))
		return err
	})
	return text, err
}

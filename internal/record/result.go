package record

import (
	"errors"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
)

// ErrNoRun says that a result came to no rounds.
var ErrNoRun = errors.New("the result holds no " + RunFile)

// maxDirectory is enough for the names of some thousand files.
const maxDirectory = 1 << 20

// ReadResult reads the artifact of size bytes that a gate leaves behind: its
// rounds, and of context.json what context has a place for, since the program
// that wrote it may be another version. [ErrNoRun] says that it has no rounds,
// which a context may explain.
//
// Only [RunFile] and [ContextFile] are read, and may have limit bytes each; other
// files are ignored, as newer versions may leave more. A link, or a name that
// leads out of the artifact, is refused wherever it is. Of a result that a
// stranger's code could write nothing but its rounds counts, and those only as
// what the stranger says.
func ReadResult(r io.ReaderAt, size, limit int64, context any) (run bench.Run, err error) {
	files, err := OpenZip(r, size, maxDirectory, func(name string) int64 {
		if name == RunFile || name == ContextFile {
			return limit
		}
		return Ignored
	})
	if err != nil {
		return run, fmt.Errorf("opening the result artifact: %w", err)
	}
	if f := files[ContextFile]; f != nil {
		err := ReadEntry(f, func(content io.Reader) error { return readContext(content, limit, context, false) })
		if err != nil {
			return run, err
		}
	}
	f := files[RunFile]
	if f == nil {
		return run, ErrNoRun
	}
	err = ReadEntry(f, func(content io.Reader) (err error) {
		run, err = ReadRun(content, limit)
		return err
	})
	return run, err
}

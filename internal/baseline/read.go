package baseline

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
)

// decodeV2 ignores members that it does not know: a newer main may leave more
// than the pull requests that are compared with it can read.
func decodeV2(data []byte) (Baseline, error) {
	b, err := record.DecodeKnown[Baseline](data)
	if err == nil {
		err = b.check()
	}
	return b, err
}

// Read reads baseline.json. A schema that it does not know is a
// [*record.VersionError]. Metrics that this version does not know are kept.
func Read(r io.Reader, limits Limits) (Baseline, error) {
	b, err := record.Readers[Baseline]{Schema: decodeV2, schemaV1: decodeV1}.Read(r, limits.File)
	if err != nil {
		return Baseline{}, fmt.Errorf("reading the baseline: %w", err)
	}
	return b, nil
}

// OpenFile is [Open] of a file.
func OpenFile(path string) (Baseline, *Archive, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: name a directory that run or gate has written (--out), its run.json, or a baseline (gate --save-baseline)", err)
	}
	if err != nil {
		return Baseline{}, nil, err
	}
	b, archive, err := Open(data, DefaultLimits())
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) {
		err = fmt.Errorf("%w; the file is damaged or incomplete: copy it again, or write it again with gate --save-baseline", err)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return b, archive, err
}

// Open reads what a run can be compared with: an artifact, or only numbers, from
// baseline.json or run.json. There is no archive of numbers.
func Open(data []byte, limits Limits) (Baseline, *Archive, error) {
	if bytes.HasPrefix(data, []byte("PK")) {
		archive, err := OpenZip(bytes.NewReader(data), int64(len(data)), limits)
		if err != nil {
			return Baseline{}, nil, err
		}
		b, err := archive.Baseline()
		return b, archive, err
	}
	numbers := record.Readers[Baseline]{Schema: decodeV2, schemaV1: decodeV1, bench.RunSchema: decodeRun}
	b, err := numbers.Read(bytes.NewReader(data), limits.File)
	if err != nil {
		return Baseline{}, nil, fmt.Errorf("reading the run: %w", err)
	}
	return b, nil, nil
}

func decodeRun(data []byte) (Baseline, error) {
	run, err := record.DecodeRun(data)
	return Baseline{Run: run}, err
}

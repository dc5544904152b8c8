package baseline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// A reader for every version ever written, by schema. Each has a file of its
// own; a version that is read once is read for ever.
var (
	baselineReaders = map[string]func([]byte) (Baseline, error){Schema: readV1}
	runReaders      = map[string]func([]byte) (bench.Run, error){bench.RunSchema: readRunV1}
)

// VersionError says that a file is of a version that this program cannot read,
// or no file of this program.
type VersionError struct {
	Schema string   // of the file; empty when it names none
	Reads  []string // what can be read
}

func (e *VersionError) Error() string {
	reads := strings.Join(e.Reads, ", ")
	if e.Schema == "" {
		return fmt.Sprintf("no schema is named, so this is no file of proxy-bench; it reads %s", reads)
	}
	return fmt.Sprintf("schema %q is not one of those that can be read, %s: use the version of proxy-bench that wrote it, or write it anew", e.Schema, reads)
}

// Read reads baseline.json. A schema that it does not know is a
// [*VersionError]. Metrics that this version does not know are kept.
func Read(r io.Reader, limits Limits) (Baseline, error) {
	b, err := read(r, limits.File, baselineReaders)
	if err == nil {
		err = b.check()
	}
	if err != nil {
		return Baseline{}, fmt.Errorf("reading the baseline: %w", err)
	}
	return b, nil
}

// ReadRun reads the run of a saved file, which is run.json or baseline.json, as
// strictly as [Read].
func ReadRun(r io.Reader, limits Limits) (bench.Run, error) {
	readers := maps.Clone(runReaders)
	for schema, reader := range baselineReaders {
		readers[schema] = func(data []byte) (bench.Run, error) {
			b, err := reader(data)
			if err == nil {
				err = b.check()
			}
			return b.Run, err
		}
	}
	run, err := read(r, limits.File, readers)
	if err == nil {
		err = Validate(run)
	}
	if err != nil {
		return bench.Run{}, fmt.Errorf("reading the run: %w", err)
	}
	return run, nil
}

// read chooses the reader by the schema, once the text is known to be harmless.
func read[T any](r io.Reader, limit int64, readers map[string]func([]byte) (T, error)) (none T, err error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return none, err
	}
	if int64(len(data)) > limit {
		return none, fmt.Errorf("larger than %s", sizeText(limit))
	}
	schema, err := outline(data)
	if err != nil {
		return none, err
	}
	reader, ok := readers[schema]
	if !ok {
		return none, &VersionError{Schema: schema, Reads: slices.Sorted(maps.Keys(readers))}
	}
	return reader(data)
}

// decode is strict: a field that the version does not have is refused, since
// what it means for the others cannot be known.
func decode[T any](data []byte) (T, error) {
	var v, none T
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return none, fmt.Errorf("the file is cut short after %d bytes", len(data))
	} else if err != nil {
		return none, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return none, fmt.Errorf("more than one JSON value, the second after byte %d", d.InputOffset())
	}
	return v, nil
}

// sizeText writes bytes as people read them.
func sizeText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

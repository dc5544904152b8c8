package record

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
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

// Readers has a reader for every version of a file that was ever written, by its
// schema. A version that is read once is read for ever: when the types change in
// a way that old files do not fit, its reader gets a copy of them as they were.
type Readers[T any] map[string]func(data []byte) (T, error)

// Read reads at most limit bytes with the reader that the schema asks for, once
// the text is known to be harmless. A schema without one is a [*VersionError].
func (readers Readers[T]) Read(r io.Reader, limit int64) (none T, err error) {
	data, err := readAll(r, limit)
	if err != nil {
		return none, err
	}
	schema, err := Outline(data)
	if err != nil {
		return none, err
	}
	reader, ok := readers[schema]
	switch {
	case !ok && schema == "" && isCut(data):
		return none, errCut(data)
	case !ok:
		return none, &VersionError{Schema: schema, Reads: slices.Sorted(maps.Keys(readers))}
	}
	return reader(data)
}

// readAll refuses more than limit bytes.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("larger than %s", SizeText(limit))
	}
	return data, err
}

// Decode is strict: a member that the version does not have is refused, since
// what it means for the others cannot be known.
func Decode[T any](data []byte) (v T, err error) {
	err = decode(data, &v, true)
	return v, err
}

// DecodeKnown ignores members that the version does not have.
func DecodeKnown[T any](data []byte) (v T, err error) {
	err = decode(data, &v, false)
	return v, err
}

func decode(data []byte, into any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); ended(err) {
		return errCut(data)
	} else if err != nil {
		return inWords(data, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("more than one JSON value, the second after byte %d", d.InputOffset())
	}
	return nil
}

func ended(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }

// isCut is true of what begins as JSON does, and ends too early.
func isCut(data []byte) bool {
	return ended(json.NewDecoder(bytes.NewReader(data)).Decode(new(json.RawMessage)))
}

func errCut(data []byte) error {
	return fmt.Errorf("the file is cut short after %d bytes: copy or write it again", len(data))
}

// inWords says what is wrong with a JSON text, as far as the decoder tells it.
func inWords(data []byte, err error) error {
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		at, what := wordAt(data, int(wrong.Offset)-1)
		return fmt.Errorf("byte %d: %q is not possible in JSON: the file is damaged, or no program of ours has written it", at+1, what)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("byte %d: %s: %s is not possible there", wrong.Offset, cmp.Or(wrong.Field, "the whole"), wrong.Value)
	}
	return err
}

// longestWord is more than any word that other programs have for a number.
const longestWord = 20

// wordAt is the word that a byte belongs to, such as NaN, or the byte, and where it begins.
func wordAt(data []byte, at int) (int, string) {
	in := func(i int) bool {
		return i >= 0 && i < len(data) && (data[i] == '.' || data[i] == '-' || data[i] == '+' || data[i]|0x20 >= 'a' && data[i]|0x20 <= 'z' || data[i] >= '0' && data[i] <= '9')
	}
	at = max(0, min(at, len(data)-1))
	end := min(at+1, len(data))
	for in(end-1) && in(end) && end-at < longestWord {
		end++
	}
	for end-at < longestWord && in(at) && in(at-1) {
		at--
	}
	return at, string(data[at:end])
}

// ReadRun reads run.json of at most limit bytes. Metrics that this version does
// not know are kept.
func ReadRun(r io.Reader, limit int64) (bench.Run, error) {
	run, err := Readers[bench.Run]{bench.RunSchema: DecodeRun}.Read(r, limit)
	if err != nil {
		return bench.Run{}, fmt.Errorf("reading the run: %w", err)
	}
	return run, nil
}

// DecodeRun is the reader of [bench.RunSchema].
func DecodeRun(data []byte) (bench.Run, error) {
	past, err := Decode[pastRun](data)
	if err == nil {
		err = Validate(past.Run)
	}
	return past.Run, err
}

// pastRun is a run with the members that older versions wrote, and that nobody reads.
type pastRun struct {
	bench.Run
	Probes json.RawMessage `json:"probes"`
}

// ReadVerdict reads verdict.json of at most limit bytes.
func ReadVerdict(r io.Reader, limit int64) (bench.Verdict, error) {
	v, err := Readers[bench.Verdict]{bench.VerdictSchema: decodeVerdict}.Read(r, limit)
	if err != nil {
		return bench.Verdict{}, fmt.Errorf("reading the verdict: %w", err)
	}
	return v, nil
}

// decodeVerdict is the reader of [bench.VerdictSchema].
func decodeVerdict(data []byte) (bench.Verdict, error) {
	v, err := Decode[bench.Verdict](data)
	if err == nil {
		err = cmp.Or(checkChanges(v), checkWorkChanges(v))
	}
	return v, err
}

// readContext reads context.json of at most limit bytes. It names no schema; if
// strict, a member that into does not have is refused.
func readContext(r io.Reader, limit int64, into any, strict bool) error {
	data, err := readAll(r, limit)
	if err == nil {
		_, err = Outline(data)
	}
	if err == nil {
		err = decode(data, into, strict)
	}
	if err != nil {
		return fmt.Errorf("reading the context: %w", err)
	}
	return nil
}

// SizeText writes bytes as people read them.
func SizeText(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

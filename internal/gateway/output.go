package gateway

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
)

const (
	outputLines = 20
	outputBytes = 4 << 10
	// tailBytes is what is read of a log to find those lines: enough for a
	// stack trace below the message that matters.
	tailBytes = 16 << 10
)

// escapes are terminal control sequences (ECMA-48: CSI, and OSC up to its end).
var escapes = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)?")

var addressInUse = regexp.MustCompile(`(?i)address (already )?in use|EADDRINUSE`)

// readTail gives the last bytes of a file, at most limit.
func readTail(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(0, info.Size()-limit)
	return io.ReadAll(io.NewSectionReader(f, from, limit))
}

// lastLines are the last lines of raw that fit the bounds, fit to be printed
// anywhere. A last line longer than the bound loses its beginning.
func lastLines(raw []byte) []string {
	lines := cleanLines(raw)
	lines = lines[max(0, len(lines)-outputLines):]
	size := 0
	for i := len(lines) - 1; i >= 0; i-- {
		size += len(lines[i])
		if size <= outputBytes {
			continue
		}
		if i < len(lines)-1 {
			return lines[i+1:]
		}
		cut := lines[i][size-outputBytes:]
		return []string{strings.ToValidUTF8(cut, "")}
	}
	return lines
}

// cleanLines splits raw into its non-empty lines, without anything that a
// terminal or a viewer would act on: escape sequences, control characters,
// direction overrides, broken UTF-8.
func cleanLines(raw []byte) []string {
	raw = escapes.ReplaceAll(raw, nil)
	var lines []string
	for line := range bytes.FieldsFuncSeq(raw, func(r rune) bool { return r == '\n' || r == '\r' }) {
		text := strings.Map(func(r rune) rune {
			switch {
			case r == '\t':
				return ' '
			case !unicode.IsPrint(r):
				return -1
			}
			return r
		}, string(bytes.ToValidUTF8(line, []byte("\uFFFD"))))
		if text = strings.TrimRight(text, " "); text != "" {
			lines = append(lines, text)
		}
	}
	return lines
}

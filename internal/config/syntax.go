package config

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// firstUnreadable finds the first byte that YAML does not allow in a file, or
// -1: https://yaml.org/spec/1.2.2/#51-character-set. The YAML library refuses
// the same, but without a line.
func firstUnreadable(data string) (at int, what string) {
	for i, r := range data {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(data[i:], "\uFFFD"):
			return i, "a byte that is not UTF-8"
		case r == '\t' || r == '\n' || r == '\r' || r == 0x85, r == 0xFEFF && i == 0:
		case r < ' ' || r >= 0x7F && r < 0xA0 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF:
			return i, "the control character " + strconv.QuoteRuneToASCII(r)
		}
	}
	return -1, ""
}

// position is the line and column of a byte, in characters from 1.
func position(data string, at int) (line, column int) {
	before := data[:at]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

var (
	yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)
	// The errors of the library's parser, as opposed to its scanner: it counts
	// their lines from 0.
	parserError = regexp.MustCompile(`^(did not find expected (<document start>|node content|'-' indicator|key|',' or .*)|` +
		`found (undefined tag handle|duplicate %.*|incompatible YAML document))$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// hints are for the errors of the YAML library that do not tell what to do.
var hints = []struct{ part, hint string }{
	{"mapping values are not allowed", ` (quote a value that has ": " in it, and check the indentation)`},
	{"did not find expected ',' or", ` (close every { and [, and quote a value that has ": " in it)`},
	{"did not find expected node content", " (close every { and [)"},
	{"did not find expected key", " (give the keys of a section the same indentation)"},
	{"unexpected end of stream", " (close every quote)"},
	{"cannot start any token", " (indent with spaces, and quote a value that begins with @, ` or %)"},
}

// notYAML adds the mistake for an error of the YAML library, which names a line
// or means the first one.
func (v value) notYAML(data string, err error) {
	line, message := 1, err.Error()
	if parts := yamlError.FindStringSubmatch(message); parts != nil {
		message = parts[2]
		if n, err := strconv.Atoi(parts[1]); err == nil {
			line = n
		}
		if parts[1] != "" && parserError.MatchString(message) {
			lines := strings.Count(strings.TrimSuffix(data, "\n"), "\n") + 1
			line = min(line+1, lines)
		}
	}
	if parts := unknownAnchor.FindStringSubmatch(message); parts != nil {
		if at := strings.Index(data, "*"+parts[1]); at >= 0 {
			line, _ = position(data, at)
		}
		message = "anchors and aliases are not supported, write the value out"
	}
	for _, h := range hints {
		if strings.Contains(message, h.part) {
			message += h.hint
		}
	}
	v.node = &yaml.Node{Line: line}
	v.failWith("the file", "YAML", message)
}

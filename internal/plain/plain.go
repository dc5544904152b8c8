// Package plain makes strings from outside safe to show: names of branches,
// output of gateways, messages of errors. A renderer escapes the result for its
// own format.
package plain

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of one string Clean keeps: enough for any
// warning, and a file of rubbish does not bury the tables.
const longest = 600

// Clean makes s one line without control characters, which would move a
// cursor or change colours, and without format characters (direction marks,
// zero-width ones), which would make one text look like another. It keeps at
// most 600 characters.
func Clean(s string) string { return To(s, longest) }

// Brief is Clean for a cell of a table, whose column is as wide as its widest
// cell: at most 24 characters.
func Brief(s string) string { return To(s, 24) }

// To is Clean that keeps at most so many characters. It reads no more of s than
// that takes.
func To(s string, most int) string {
	var b strings.Builder
	n, gap := 0, false
	for _, r := range s {
		if invisible(r) {
			gap = n > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			n, gap = n+1, false
		}
		if n >= most {
			return Cut(b.String(), most-1)
		}
		b.WriteRune(r) // U+FFFD for a byte that is not UTF-8
		n++
	}
	return b.String()
}

// Cut keeps at most so many characters and an ellipsis.
func Cut(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r)
}

// Token makes s one word of letters, digits, dots and underscores; "_" where
// nothing is left.
func Token(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
			return r
		}
		return '_'
	}, Clean(s))
	return cmp.Or(s, "_")
}

// Capital begins a sentence.
func Capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// Lines are the lines of what a program printed, cleaned and with their columns
// aligned, without empty ones at the end.
func Lines(output string) []string {
	output = strings.TrimRight(output, "\r\n\t ")
	if output == "" {
		return nil
	}
	lines := strings.Split(output, "\n")
	for i, line := range lines {
		lines[i] = printed(line)
	}
	return lines
}

// LastLines are the last of [Lines]: at most 20, each of at most 200 characters,
// together at most 3000 bytes.
func LastLines(output string) []string {
	const most, bytes = 20, 3000
	if len(output) > 64*bytes { // what is before is never shown
		output = output[len(output)-64*bytes:]
	}
	lines := Lines(output)
	used, first := 0, len(lines)
	for first > 0 && len(lines)-first < most {
		line := Cut(lines[first-1], 200)
		if used += len(line); used > bytes {
			break
		}
		first--
		lines[first] = line
	}
	return lines[first:]
}

// Control sequences of terminals, as of ECMA-48: CSI, such as colours, and OSC,
// such as titles, up to its end.
var sequence = regexp.MustCompile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(\x07|\x1b\\\\)?")

// printed is what a line shows on a terminal: without control sequences, and
// without what a carriage return has overwritten.
func printed(line string) string {
	line = strings.TrimRight(line, "\r")
	line = line[strings.LastIndexByte(line, '\r')+1:]
	line = strings.ReplaceAll(sequence.ReplaceAllString(line, ""), "\t", "    ")
	spaced := strings.Map(func(r rune) rune {
		if invisible(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(line, "\uFFFD"))
	return strings.TrimRight(spaced, " ")
}

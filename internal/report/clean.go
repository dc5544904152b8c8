package report

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many characters of one foreign string are shown: enough for
// any warning, and a file of rubbish does not bury the tables.
const longest = 600

// clean makes a foreign string safe for a terminal and one line long. Control
// characters would move the cursor or change colours, and format characters
// (direction marks, zero-width ones) would make a text look like another one.
func clean(s string) string { return cleanTo(s, longest) }

// brief is clean for a cell of a table, whose column is as wide as its widest.
func brief(s string) string { return cleanTo(s, 24) }

func cut(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

// cleanTo keeps at most so many characters, and reads no more of s than that
// takes: foreign strings can be long, and there can be one in every cell.
func cleanTo(s string, most int) string {
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
			return cut(b.String(), most-1)
		}
		b.WriteRune(r) // U+FFFD for a byte that is not UTF-8
		n++
	}
	return b.String()
}

func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r)
}

// visible has a space for every character that shows nothing.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// token makes a foreign string one word of the Go benchmark format: slash and
// space separate there, "-4" at the end of a name means GOMAXPROCS.
func token(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
			return r
		}
		return '_'
	}, clean(s))
	return cmp.Or(s, "_")
}

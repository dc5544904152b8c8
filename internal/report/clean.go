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
func clean(s string) string { return cut(cleaned(s), longest) }

// brief is clean for a cell of a table, whose column is as wide as its widest.
func brief(s string) string { return cut(cleaned(s), 24) }

func cut(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}

func cleaned(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
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

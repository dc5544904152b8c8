package plain

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain µs – ok":      "plain µs – ok",
		"  a \n b\tc\r\n":    "a b c",
		"\x1b[31mred\x1b[0m": "[31mred [0m",
		"a\u202eb":           "a b",
		"\xff":               "\uFFFD",
		"\x00":               "",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"\x1b[2J\x1b]0;owned\x07", "\u009b31m", "a\r\nb\n", "\u202egnp.exe\u200b", "\xff\xfe",
		strings.Repeat("rubbish ", 10_000), "<script>|`@everyone`", "a\tb", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%U in %q", r, got)
			}
		}
		if again := Clean(got); again != got && len(got) < longest {
			t.Fatalf("Clean(%q) = %q, then %q", s, got, again)
		}
	})
}

func TestLastLines(t *testing.T) {
	var long strings.Builder
	for range 1000 {
		long.WriteString(strings.Repeat("x", 300) + "\n")
	}
	for in, want := range map[string][]string{
		"":                                  nil,
		"\n\n":                              nil,
		"one\n":                             {"one"},
		"a\n\n  b   c\t|\r\n":               {"a", "", "  b   c    |"},
		"\x1b[1m\x1b[31merror\x1b[0m: no\n": {"error: no"},
		"\x1b]0;title\atext\n":              {"text"},
		"a\x00b\u202ec\xff\n":               {"a b c\uFFFD"},
		"10 %\r20 %\r100 %\ndone":           {"100 %", "done"},
	} {
		if got := LastLines(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := LastLines(long.String()); len(got) == 0 || len(got) > 20 || len(strings.Join(got, "\n")) > 3000 {
		t.Errorf("%d lines of a long output", len(got))
	}
	if got := LastLines(strings.Repeat("a\n", 100) + "last"); len(got) != 20 || got[19] != "last" {
		t.Errorf("%q", got)
	}
}

func FuzzLastLines(f *testing.F) {
	f.Add("a\x1b[31mb\r\nc\xff\x1b]8;;")
	f.Add(strings.Repeat("é", 40))
	f.Fuzz(func(t *testing.T, raw string) {
		size := 0
		lines := LastLines(raw)
		for _, line := range lines {
			size += len(line)
			if !utf8.ValidString(line) || strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("line %q", line)
			}
		}
		if len(lines) > 20 || size > 3000 {
			t.Errorf("%d lines, %d bytes", len(lines), size)
		}
	})
}

package judge

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

const (
	maxExcerpt = 120 // bytes of an outside text that a message shows
	around     = 24  // characters shown in front of a difference
)

// String says where the value stands, what was expected, and what came.
func (m mismatch) String() string {
	if m.want != nil && m.got != nil && m.want.Type() == fastjson.TypeString && m.got.Type() == fastjson.TypeString {
		return m.path + ": " + difference(string(m.want.GetStringBytes()), string(m.got.GetStringBytes()))
	}
	return fmt.Sprintf("%s: expected %s, got %s", m.path, show(m.want), show(m.got))
}

func show(v *fastjson.Value) string {
	if v == nil {
		return "nothing"
	}
	if v.Type() == fastjson.TypeString {
		return fmt.Sprintf("%q", excerpt(v.GetStringBytes()))
	}
	return clip(strings.ToValidUTF8(string(v.MarshalTo(nil)), "?"))
}

// difference compares two texts and names what is known to damage text.
func difference(want, got string) string {
	same := 0
	for same < len(want) && same < len(got) && want[same] == got[same] {
		same++
	}
	for same > 0 && same < len(want) && !utf8.RuneStart(want[same]) {
		same--
	}
	from := same
	for n := 0; from > 0 && n < around; n++ {
		_, size := utf8.DecodeLastRuneInString(want[:from])
		from -= size
	}
	if same == 0 && len(want) <= maxExcerpt && len(got) <= maxExcerpt { // short words, such as a status
		return fmt.Sprintf("expected %q, got %q%s", want, got, damage(want, got))
	}
	return fmt.Sprintf("expected %q, got %q (first difference at character %d%s)",
		around2(want, from), around2(got, from), utf8.RuneCountInString(want[:same]), damage(want[same:], got[same:]))
}

// around2 is the text from an offset on, with dots for what is left out.
func around2(text string, from int) string {
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	text = text[from:]
	if cut := string(excerpt([]byte(text[:min(len(text), 2*around)]))); len(cut) < len(text) {
		text, after = cut, "…"
	}
	return before + text + after
}

// damage names what has happened to a text, if it is plain from the place where
// it begins to differ.
func damage(want, got string) string {
	wanted, size := utf8.DecodeRuneInString(want)
	came, _ := utf8.DecodeRuneInString(got)
	if size == 0 || got == "" {
		return ""
	}
	switch {
	case came == utf8.RuneError && wanted != utf8.RuneError:
		return ": a replacement character; a character of several bytes was decoded in pieces"
	case got[0] == '\\' && strings.HasPrefix(unescaped(got), want[:size]):
		return ": escaped twice"
	case wanted >= utf8.RuneSelf && came == rune(want[0]):
		return ": UTF-8 that was read as Latin-1"
	}
	return ""
}

// unescaped is what the escape at the start of text stands for.
func unescaped(text string) string {
	end := 2
	if strings.HasPrefix(text, `\u`) {
		end = 6
		if len(text) >= 12 && text[6:8] == `\u` { // perhaps a pair of surrogates
			end = 12
		}
	}
	if len(text) < end {
		return ""
	}
	v, err := fastjson.Parse(`"` + text[:end] + `"`)
	if err != nil {
		return ""
	}
	return string(v.GetStringBytes())
}

// excerpt is the beginning of p, whole characters of it.
func excerpt(p []byte) []byte {
	if len(p) <= maxExcerpt {
		return p
	}
	end := maxExcerpt
	for end > maxExcerpt-utf8.UTFMax && !utf8.RuneStart(p[end]) {
		end--
	}
	return p[:end]
}

func clip(text string) string { return string(excerpt([]byte(text))) }

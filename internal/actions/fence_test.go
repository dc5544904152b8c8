package actions

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"
)

var stopLine = regexp.MustCompile(`^::stop-commands::([A-Z2-7]{26})$`)

// commandsIn is what a runner would take for commands in a log, but for those
// that open and close fences. It fails the test when a fence stays open.
func commandsIn(t *testing.T, log string) (commands []string) {
	t.Helper()
	stopped := ""
	for line := range strings.SplitSeq(log, "\n") {
		if m := stopLine.FindStringSubmatch(line); m != nil && stopped == "" {
			stopped = m[1]
		} else if stopped != "" && line == "::"+stopped+"::" {
			stopped = ""
		} else if stopped == "" && looksLikeCommand(line) {
			commands = append(commands, line)
		}
	}
	if stopped != "" {
		t.Errorf("the fence stays open:\n%s", log)
	}
	return commands
}

// looksLikeCommand is how the runner looks at a line: it ends lines at carriage
// returns too, trims them, and does not see control and format characters.
func looksLikeCommand(text string) bool {
	for line := range strings.FieldsFuncSeq(text, func(c rune) bool { return c == '\r' || c == '\n' }) {
		line = strings.TrimSpace(strings.Map(func(c rune) rune {
			if unicode.In(c, unicode.Cc, unicode.Cf, unicode.Mn) && c != '\t' {
				return -1
			}
			return c
		}, line))
		if strings.HasPrefix(line, "::") || strings.Contains(line, "##[") {
			return true
		}
	}
	return false
}

const hostile = "::set-output name=verdict::pass\n  ::error::x\nprogress\r::add-mask::e\n##[add-path]/evil/bin\ntext ##[set-env name=A]b\n" +
	"::stop-commands::mine\n::mine::\n###[error]x\n:::warning::y"

func TestFence(t *testing.T) {
	r, log, _ := step(t, nil)
	r.Group("build")
	out := r.Untrusted()
	fmt.Fprint(out, hostile)
	r.Mask("secret") // while the build still writes, in the middle of a line
	fmt.Fprint(out, "[add-path]/evil\n"+hostile)
	fmt.Fprint(r.Untrusted(), "no end of line")
	r.EndGroup()
	fmt.Fprint(out, "")
	r.Resume()
	got := commandsIn(t, log.String())
	if want := "::group::build ::add-mask::secret ::endgroup::"; strings.Join(got, " ") != want {
		t.Errorf("commands\n%q\nwant\n%q", got, want)
	}
	tokens := regexp.MustCompile(`::stop-commands::(\w{26})\n`).FindAllStringSubmatch(log.String(), -1)
	if len(tokens) != 2 || tokens[0][1] == tokens[1][1] {
		t.Errorf("the tokens are %q", tokens)
	}
	// What was printed is there to read, with spaces between the signs at most.
	for _, want := range []string{": :set-output name=verdict::pass\n", "## [add-path]/evil/bin\n", "text ## [set-env name=A]b\n", "no end of line\n::"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in\n%s", want, log)
		}
	}
}

func TestFenceIsShared(t *testing.T) {
	r, log, _ := step(t, nil)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				fmt.Fprint(r.Untrusted(), "##")
				fmt.Fprint(r.Untrusted(), "[error]x\n::error::x\n")
				r.Notice("n")
			}
		})
	}
	wg.Wait()
	r.Resume()
	if got := commandsIn(t, log.String()); len(got) != 200 {
		t.Errorf("%d commands, want our 200 notices:\n%q", len(got), got)
	}
}

// harmless is text that came in one piece.
func harmless(text string) string {
	var b breaker
	return string(b.append(nil, []byte(text)))
}

func TestHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"plain: a::b, ## c, #[d], [##":   "plain: a::b, ## c, #[d], [##",
		"::error::x":                     ": :error::x",
		"a\n \t::error::x":               "a\n \t: :error::x",
		"\u00a0\u2003::error::x":         "\u00a0\u2003: :error::x",
		":::x":                           ": ::x",
		": :x":                           ": :x",
		"a\r::x":                         "a\r: :x",
		"\u00ad:\u00ad:x":                "\u00ad:\u00ad :x",
		"a ##[b":                         "a ## [b",
		"####[b ##[c":                    "#### [b ## [c",
		"#\x00#\u200b[x":                 "#\x00#\u200b [x",
		"##\n[x]":                        "##\n[x]",
		"# #[x]":                         "# #[x]",
		"https://example.com::x ::error": "https://example.com::x ::error",
	} {
		if got := harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzHarmless(f *testing.F) {
	f.Add([]byte(hostile), 5)
	f.Add([]byte("#\u00ad#\x00[a]\u2029::b:: :\u00ad:c"), 2)
	f.Fuzz(func(t *testing.T, text []byte, at int) {
		var whole, pieces breaker
		got := whole.append(nil, text)
		if looksLikeCommand(string(got)) {
			t.Errorf("%q became %q", text, got)
		}
		at = min(max(at, 0), len(text))
		if parts := pieces.append(pieces.append(nil, text[:at]), text[at:]); !bytes.Equal(got, parts) {
			t.Errorf("in pieces %q, as a whole %q", parts, got)
		}
		noSpace := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(" "), nil) }
		if !bytes.Equal(noSpace(got), noSpace(text)) {
			t.Errorf("%q became %q, which differs in more than spaces", text, got)
		}
	})
}

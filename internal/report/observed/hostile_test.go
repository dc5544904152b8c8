package observed

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// TestNothingHostileIsTold: facts quote gateways, whose texts neither move a cursor nor
// bury what else is said.
func TestNothingHostileIsTold(t *testing.T) {
	for _, s := range []string{"\x1b[2J\x1b]0;owned\x07", "a\r\nb", "\u202egnp.exe\u200b", "\xff\xfe", strings.Repeat("rubbish ", 10_000), ""} {
		var facts []bench.Fact
		for _, name := range []bench.BehaviourName{"asks-twice", "request-headers", bench.BehaviourName(s)} {
			facts = append(facts,
				bench.Fact{Behaviour: name, Case: s, Arm: bench.Head, Seen: 1, Of: 1, Detail: s, Says: append(strings.Split(s, " "), s)},
				bench.Fact{Behaviour: name, Case: s + "x", Arm: bench.Base, Unseen: s})
		}
		seen, unseen := Facts(facts)
		for _, block := range append(seen.Blocks, unseen.Blocks...) {
			l, is := block.(document.List)
			if !is {
				continue
			}
			for _, i := range l.Items {
				if n := utf8.RuneCountInString(i.Text); n > 1500 || !utf8.ValidString(i.Text) {
					t.Errorf("%.20q: an item of %d characters", s, n)
				}
				if strings.ContainsFunc(i.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
					t.Errorf("%.20q: %q", s, i.Text)
				}
			}
		}
	}
}

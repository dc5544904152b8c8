package actions

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/attacks"
)

// printed are commands as builds and gateways could print them, in the pieces in which
// they write them.
var printed = map[string][]string{
	"plain command":                          {"::set-output name=verdict::pass\n"},
	"indented command":                       {" \t  ::set-output name=verdict::pass\n"},
	"old command in the middle of a line":    {"text ##[set-env name=PATH]/evil\n"},
	"command after a carriage return":        {"50 %\r::set-output name=verdict::pass\r\n"},
	"command after spaces of Unicode":        {"\u00a0\u2003\u3000::set-output name=verdict::pass\n"},
	"command after a separator of Unicode":   {"\u2028::add-path::/evil\n\u2029::add-path::/evil\n\u0085::add-path::/evil\n"},
	"command between control characters":     {"\x00\x01:\x02:set-output name=verdict::pass\n#\x07#\x08[add-path]/evil\n"},
	"command with soft hyphens":              {"\u00ad:\u00ad:set-output name=verdict::pass\n"},
	"command behind colours":                 {"\x1b[31m##[add-path]/evil\x1b[0m\n"},
	"command behind bytes that are no text":  {"\xff\xfe::set-output name=verdict::pass\n#\xc3#[add-path]/evil\n"},
	"command behind a byte order mark":       {"\ufeff::set-output name=verdict::pass\n"},
	"command split over writes":              {":", ":set-out", "put name=verdict::pass\n#", "#", "[add-path]/evil\n"},
	"command at the end of a very long line": {strings.Repeat("x", 1<<20), "##[add-path]/evil\n"},
	"end of the fence":                       {"::TOKEN::\n::set-output name=verdict::pass\n"},
	"fence of its own":                       {"::stop-commands::mine\n"},
}

// seen is text as a runner may see it that replaces bytes which are no UTF-8 by a sign
// that does not count.
func seen(text string) string { return strings.ToValidUTF8(text, "\u00ad") }

// TestPrintedCommands: none of what is printed is a command in the log, not even where the
// runner would not heed the fence. Without protection each is.
func TestPrintedCommands(t *testing.T) {
	attacks.Each(t, attacks.Output, printed, func(t *testing.T, _ string, pieces []string) {
		if !looksLikeCommand(seen(strings.Join(pieces, ""))) {
			t.Error("printed as it is, it is no command, so this test shows nothing")
		}
		r, log, _ := step(t, nil)
		for _, piece := range pieces {
			fmt.Fprint(r.Untrusted(), piece)
			if token := stopCommands.FindStringSubmatch(log.String()); token != nil && strings.Contains(piece, "TOKEN") {
				// Even the right one would not end it.
				fmt.Fprint(r.Untrusted(), strings.ReplaceAll(piece, "TOKEN", token[1]))
			}
		}
		r.Resume()
		inside := stopCommands.ReplaceAllString(log.String(), "")
		for _, token := range stopCommands.FindAllStringSubmatch(log.String(), -1) {
			inside = strings.Replace(inside, "\n::"+token[1]+"::\n", "\n", 1)
		}
		if looksLikeCommand(seen(inside)) {
			t.Errorf("the log has a command: %.2000q", inside)
		}
		commandsIn(t, log.String()) // which fails where the fence stays open
	})
}

var stopCommands = regexp.MustCompile(`(?m)^::stop-commands::([A-Z2-7]{26})$`)

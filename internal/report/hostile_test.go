package report_test

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

var attacks = map[string]string{
	"escape":   "\x1b[2J\x1b]0;owned\x07",
	"C1":       "\u009b31m",
	"newlines": "a\r\nBenchmarkGateway/arm=head 1 1 sec/op\nUnit sec/op better=higher\n",
	"bidi":     "\u202egnp.exe\u200b",
	"not UTF8": "\xff\xfe",
	"long":     strings.Repeat("rubbish ", 10_000),
	"markup":   "<script>|`@everyone`",
	"tab":      "a\tb",
	"empty":    "",
}

func TestNothingHostileReachesATerminal(t *testing.T) {
	for name, s := range attacks {
		d := hostileVerdict(s)
		for what, got := range map[string]string{
			"run": render(t, func(w io.Writer) error {
				return terminal.Write(w, report.Build(report.Report{Run: hostile(s), Verdict: bench.Verdict{Diagnoses: hostileDiagnoses(s)}}), terminal.Style{})
			}),
			"verdict": d.text(t, terminal.Style{All: true}), "short verdict": decided{Verdict: d.Verdict, run: d.run}.text(t, terminal.Style{}),
		} {
			for _, r := range got {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Errorf("%s, %s: %U in\n%s", what, name, r, got)
					break
				}
			}
			if most := map[bool]int{true: 75_000, false: 50_000}[what == "verdict"]; len(got) > most {
				t.Errorf("%s, %s: %d bytes", what, name, len(got))
			}
		}
	}
}

// No text of a run becomes a line of its own in the benchmark format, nor a
// field of a result.
func TestNothingHostileIsAResult(t *testing.T) {
	line := regexp.MustCompile(`^(# [a-z]+: .*|[a-z]+: .*|Unit \S+ better=(lower|higher)|BenchmarkGateway/mode=\w*/c=\d+/body=\w+/arm=(direct|head)-2 \d+( [-+.e0-9]+ \S+)+)$`)
	plain := strings.Count(render(t, func(w io.Writer) error { return export.Bench(w, hostile("x")) }), "\nBenchmark")
	for name, s := range attacks {
		got := render(t, func(w io.Writer) error { return export.Bench(w, hostile(s)) })
		for l := range strings.Lines(got) {
			if !line.MatchString(strings.TrimSuffix(l, "\n")) {
				t.Errorf("%s: line %q", name, l)
			}
		}
		if n := strings.Count(got, "\nBenchmark"); n != plain {
			t.Errorf("%s: %d results, want %d", name, n, plain)
		}
	}
}

package report_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

func (d decided) text(t *testing.T, style terminal.Style) string {
	t.Helper()
	style.All = style.All || d.style.All
	return render(t, func(w io.Writer) error {
		return terminal.Write(w, report.Build(report.Report{Run: d.run, Verdict: d.Verdict}), style)
	})
}

func TestVerdict(t *testing.T) {
	for name, d := range decisions() {
		t.Run(name, func(t *testing.T) {
			got := d.text(t, terminal.Style{})
			golden(t, "verdict_"+name+".txt", got)
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
					t.Errorf("%d columns: %s", n, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("space at the end of %q", line)
				}
			}
		})
	}
}

// A variant that decides otherwise than its name would test something else.
func TestVariantsAreWhatTheyAreNamed(t *testing.T) {
	all := decisions()
	for name, want := range map[string]bench.Outcome{
		"pass": bench.Pass, "one": bench.Regression, "everywhere": bench.Regression, "improvement": bench.Improvement,
		"inconclusive": bench.Inconclusive, "errors": bench.Regression, "interrupted": bench.Inconclusive,
		"no_baseline": bench.NoBaseline, "stored": bench.Regression, "all": bench.Pass, "diagnosed": bench.Regression,
	} {
		if got := all[name].Outcome; got != want {
			t.Errorf("%s: %s, want %s: %s", name, got, want, all[name].Reason)
		}
	}
}

// Colour says nothing that the words do not.
func TestVerdictColorAddsNothingButColor(t *testing.T) {
	strip := strings.NewReplacer("\x1b[1m", "", "\x1b[1;31m", "", "\x1b[1;32m", "", "\x1b[1;33m", "", "\x1b[0m", "")
	first := map[bench.Outcome]string{
		bench.Regression: "\x1b[1;31m", bench.Improvement: "\x1b[1;32m", bench.Pass: "\x1b[1;32m",
		bench.Inconclusive: "\x1b[1;33m", bench.NoBaseline: "\x1b[1;33m",
	}
	for name, d := range decisions() {
		plain, colored := d.text(t, terminal.Style{}), d.text(t, terminal.Style{Color: true})
		if strip.Replace(colored) != plain {
			t.Errorf("%s: the coloured text says something else:\n%s", name, colored)
		}
		if !strings.HasPrefix(colored, first[d.Outcome]) {
			t.Errorf("%s: the first line of %s is %q", name, d.Outcome, colored[:20])
		}
	}
}

// What a decision seldom says, said once by hand.
func TestHeadline(t *testing.T) {
	run := fixture(small(), gates, 0)
	changed := func(scenario string, m bench.Metric, o bench.Outcome, change, by float64) bench.Comparison {
		return bench.Comparison{
			Scenario: scenario, Metric: m, Gated: true, Outcome: o, Stage: bench.Confirm, Rounds: 1,
			Shift: new(change), Change: new(change), ChangeAbs: new(by), Limit: new(0.05), Of: bench.OfValue,
		}
	}
	for want, v := range map[string]bench.Verdict{
		"REGRESSION: requests cost more CPU time: CPU/request +20 % (+8.00 µs) at 1 concurrent request with 100B; confirmed on 1 fresh round": {
			Outcome: bench.Regression, Comparisons: []bench.Comparison{changed("json/c1/100B", bench.CPUPerRequest, bench.Regression, 0.2, 8e-6)},
		},
		"IMPROVEMENT: the gateway takes less memory: rss peak -9.9 % (-2.00 MB) at 10 concurrent requests with 10KB; confirmed on 1 fresh round": {
			Outcome: bench.Improvement, Comparisons: []bench.Comparison{changed("sse/c10/10KB", bench.RSSPeak, bench.Improvement, -0.099, -2<<20)},
		},
		// Both modes; a time before CPU, however small the time's change.
		"REGRESSION: requests are slower: whole stream +12 % (+1200 µs) at 1 concurrent request with 100B; confirmed on 1 fresh round": {
			Outcome: bench.Regression, Comparisons: []bench.Comparison{
				changed("json/c1/100B", bench.CPUPerRequest, bench.Regression, 0.5, 8e-6),
				changed("json/c1/100B", bench.LatencyTypical, bench.Regression, 0.11, 1e-3),
				changed("sse/c1/100B", bench.TotalTypical, bench.Regression, 0.12, 1.2e-3),
			},
		},
		"REGRESSION: requests are slower: latency +11 % (+1000 µs) in json/c7/3KB; confirmed on 1 fresh round": {
			Outcome: bench.Regression, Comparisons: []bench.Comparison{changed("json/c7/3KB", bench.LatencyTypical, bench.Regression, 0.11, 1e-3)},
		},
		"REGRESSION: all requests at concurrency 10 are slower on average: +4 % over 2 scenarios": {
			Outcome: bench.Regression, Groups: []bench.Group{{Group: "c10", Members: []string{"a", "b"}, Stage: bench.Screen, Outcome: bench.Regression, Shift: new(0.04)}},
		},
		"PASS: no regression in 1 scenario": {
			Outcome: bench.Pass, Scenarios: []bench.ScenarioVerdict{{Scenario: "json/c1/100B", Outcome: bench.Pass}},
			Comparisons: []bench.Comparison{{Scenario: "json/c1/100B", Metric: bench.LatencyTypical, Gated: true}},
		},
		"INCONCLUSIVE: there is no scenario":                           {Outcome: bench.Inconclusive, Reason: "there is no scenario"},
		"REGRESSION: the verdict does not say why":                     {Outcome: bench.Regression},
		"NO BASELINE to compare with; no round of a base was measured": {Outcome: bench.NoBaseline, Reason: "no round of a base was measured"},
		"ODD: something that this version does not know":               {Outcome: "odd", Reason: "something that this version does not know"},
	} {
		text := decided{Verdict: v, run: run}.text(t, terminal.Style{})
		head, _, _ := strings.Cut(text, "\nCompared")
		if got := strings.Join(strings.Fields(head), " "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Rendering reads outcomes: whatever the numbers say, the words follow them.
func TestTheOutcomeIsRead(t *testing.T) {
	d := decisions()["one"]
	d.Comparisons = slices.Clone(d.Comparisons)
	for i := range d.Comparisons {
		d.Comparisons[i].Outcome = bench.Pass
	}
	d.Outcome = bench.Pass
	if got := d.text(t, terminal.Style{}); !strings.HasPrefix(got, "PASS: ") || strings.Contains(got, "the worst first") {
		t.Errorf("outcomes are not those of the verdict:\n%s", got)
	}
}

// Every number can be missing from a file.
func TestVerdictWithoutNumbers(t *testing.T) {
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement, bench.Inconclusive, bench.Pass, bench.NoBaseline} {
		d := decided{style: terminal.Style{All: true}, Verdict: bench.Verdict{
			Outcome:     o,
			Scenarios:   []bench.ScenarioVerdict{{Scenario: "sse/c1/1KB", Outcome: o}},
			Groups:      []bench.Group{{Group: "all", Outcome: o}},
			Errors:      []bench.ErrorRate{{Outcome: o}},
			Comparisons: []bench.Comparison{{Scenario: "sse/c1/1KB", Metric: bench.TotalTypical, Gated: true, Outcome: o, Of: bench.OfOverhead}},
		}}
		want := "sse/c1/1KB whole stream – – – – –"
		if o == bench.Pass { // only its metric has a table
			want = "sse/c1/1KB – – – – – – pass"
		}
		if got := d.text(t, terminal.Style{}); o != bench.NoBaseline && !strings.Contains(strings.Join(strings.Fields(got), " "), want) {
			t.Errorf("%s: the row without numbers is not there:\n%s", o, got)
		}
	}
}

func TestVerdictWriteErrorsAreReturned(t *testing.T) {
	_, w := io.Pipe()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	d := decisions()["no_baseline"]
	for name, err := range map[string]error{"text": terminal.Write(w, report.Build(report.Report{Run: d.run, Verdict: d.Verdict}), terminal.Style{}), "JSON": record.WriteVerdict(w, d.Verdict)} {
		if err == nil {
			t.Errorf("%s: no error from a closed pipe", name)
		}
	}
}

// The default suite with everything that is measured again.
func BenchmarkVerdict(b *testing.B) {
	d := decisions()["one"]
	for name, to := range map[string]func(io.Writer) error{
		"text": func(w io.Writer) error {
			return terminal.Write(w, report.Build(report.Report{Run: d.run, Verdict: d.Verdict}), terminal.Style{All: true})
		},
		"json": func(w io.Writer) error { return record.WriteVerdict(w, d.Verdict) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := to(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package report_test

import (
	"html"
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// allText is a report in one line of plain words.
func allText(t *testing.T, format string, r report.Report) string {
	t.Helper()
	text := render(t, func(w io.Writer) error { return formats[format](w, report.Once(r)) })
	return strings.Join(strings.Fields(html.UnescapeString(strings.NewReplacer("`", "", "*", "", `\`, "").Replace(text))), " ")
}

// What the time had no room for is in the headline, with names below it, and in one
// stage nothing is said of a second one.
func TestLeftOutAndOneStage(t *testing.T) {
	d := decisions()["pass"]
	left := []string{"sse/c50/100KB", "json/c50/100KB"}
	d.run.Scenarios, d.run.Rounds = nil, nil
	for _, c := range decisions()["pass"].run.Scenarios {
		if c.ID != left[0] && c.ID != left[1] {
			d.run.Scenarios = append(d.run.Scenarios, c)
		}
	}
	for _, r := range decisions()["pass"].run.Rounds {
		if r.Scenario != left[0] && r.Scenario != left[1] && r.Stage == bench.Screen {
			r.Process = (r.Round + 1) / 2
			d.run.Rounds = append(d.run.Rounds, r)
		}
	}
	d.run.Plan.LeftOut, d.run.Plan.OneStage = left, true
	d.Verdict = decide(policy, d.run)
	r := report.Report{Run: d.run, Verdict: d.Verdict, Context: atGitHub()}
	for _, format := range []string{"text", "comment", "summary", "check", "html"} {
		text := allText(t, format, r)
		for _, words := range []string{"2 of 24 scenarios left out: no time for them", "sse/c50/100KB, json/c50/100KB", "one stage: all 15 rounds of 8 process pairs decide"} {
			if !strings.Contains(text, words) {
				t.Errorf("%s: nothing of %q in %.600s", format, words, text)
			}
		}
		if strings.Contains(text, "to screen") || strings.Contains(text, "fresh") {
			t.Errorf("%s: a second stage is reported", format)
		}
	}
}

func TestRoundsText(t *testing.T) {
	for _, c := range []struct {
		rounds, pairs int
		want          string
	}{
		{15, 0, "15 rounds"}, {15, 15, "15 process pairs"}, {60, 15, "60 rounds of 15 process pairs"}, {1, 1, "1 process pair"},
	} {
		if got := measured.RoundsText(c.rounds, c.pairs); got != c.want {
			t.Errorf("%d rounds, %d pairs: %q, want %q", c.rounds, c.pairs, got, c.want)
		}
	}
}

// Older files do not number processes: each round then is a pair; void rounds are
// none, and neither is the direct path.
func TestPairs(t *testing.T) {
	run := bench.Run{Plan: bench.Plan{Arms: gates}, Rounds: []bench.Round{
		{Round: 1, Process: 1, Arm: bench.Base, Stage: bench.Screen},
		{Round: 1, Process: 1, Arm: bench.Head, Stage: bench.Screen},
		{Round: 2, Process: 1, Arm: bench.Head, Stage: bench.Screen},
		{Round: 3, Process: 2, Arm: bench.Head, Stage: bench.Screen},
		{Round: 4, Process: 3, Arm: bench.Head, Stage: bench.Screen, Void: "busy"},
		{Round: 5, Arm: bench.Direct, Stage: bench.Screen},
		{Round: 6, Arm: bench.Head, Stage: bench.Confirm},
		{Round: 7, Arm: bench.Base, Stage: bench.Confirm},
	}}
	m := measured.Of(run, nil)
	if screen, fresh := m.Pairs(bench.Screen), m.Pairs(bench.Confirm); screen != 2 || fresh != 2 {
		t.Errorf("%d and %d pairs, want 2 and 2", screen, fresh)
	}
}

// With too few process pairs the headline says so, and what it would take.
func TestTooFewPairs(t *testing.T) {
	d := decisions()["pass"]
	few := func(pairs int, slices bool) report.Report {
		run := d.run
		run.Plan.OneStage, run.Rounds = true, nil
		for _, r := range d.run.Rounds {
			if r.Stage == bench.Screen && r.Round <= pairs {
				if !slices {
					r.Slices = nil
				}
				run.Rounds = append(run.Rounds, r)
			}
		}
		return report.Report{Run: run, Verdict: decide(policy, run), Context: atGitHub()}
	}
	r := few(5, true)
	for _, format := range []string{"text", "comment", "summary", "check", "html"} {
		text := allText(t, format, r)
		if !strings.Contains(text, "5 process pairs are too few to decide; 8 are needed: --time-budget 6m") {
			t.Errorf("%s: %.600s", format, text)
		}
	}
	// Pairs without enough slices have no small p.
	if r = few(8, false); r.Verdict.Outcome != bench.Inconclusive {
		t.Fatalf("eight pairs: %s", r.Verdict.Outcome)
	}
	if text := allText(t, "text", r); !strings.Contains(text, "could have been found with 8 process pairs") {
		t.Errorf("eight pairs: %.600s", text)
	}
}

// Of many scenarios that were left out the first few are named, and all of them in the
// conditions.
func TestManyLeftOut(t *testing.T) {
	d := decisions()["pass"]
	for _, s := range defaultSuite()[:8] {
		d.run.Plan.LeftOut = append(d.run.Plan.LeftOut, s.ID())
	}
	r := report.Report{Run: d.run, Verdict: d.Verdict}
	if text := allText(t, "text", r); !strings.Contains(text, "json/c10/1KB and 2 more. Nothing is known") || strings.Contains(text, "json/c10/100KB") {
		t.Errorf("%.600s", text)
	}
	if text := allText(t, "all", r); !strings.Contains(text, "json/c10/10KB, json/c10/100KB: no time for them") {
		t.Errorf("%.300s", text)
	}
}

package report_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// TestBehaviourIsToldEverywhere: new harm stands before all figures, what the base has,
// too, and other changes behind it.
func TestBehaviourIsToldEverywhere(t *testing.T) {
	for _, name := range []string{"behaviour", "behaviour_reported"} {
		r := reports()[name]
		for what, text := range map[string]string{
			"comment": commented(t, r), "summary": jobSummary(t, r), "check": checkText(markdown.Check(report.Build(r))), "html": htmlOf(t, r),
			"terminal": decided{Verdict: r.Verdict, run: r.Run}.text(t, terminal.Style{}),
		} {
			text = strings.ReplaceAll(strings.ToLower(strings.Join(strings.Fields(text), " ")), "&#39;", "'")
			rest := text
			for _, words := range []string{
				"streams are buffered whole: 10 of 10, base 0 of 10. look at: buffering of answers",
				"a cache, or an answer of the gateway's own",
				"429 of the backend becomes 500",
				"5 of 5, base 0 of 5; one process pair was looked at, two decide.",
				"the backend goes on after clients went away: 0 of 10, base 10 of 10.",
				"threads are kept: 4 of 10, base 0 of 10 (500)",
				"base via, x-request-id",
			} {
				before, after, found := strings.Cut(rest, words)
				if rest = after; !found {
					t.Errorf("%s, %s: %q is not there, or not in its place", name, what, words)
				}
				if look := strings.HasPrefix(words, "a cache"); look && strings.Contains(before, "sse/c1/1kb") {
					t.Errorf("%s, %s: figures stand before harm", name, what)
				}
			}
		}
	}
}

// TestBehaviourLead: what decides is the title, whatever the figures say; what does not
// is told beside it.
func TestBehaviourLead(t *testing.T) {
	line := report.Line(reports()["behaviour"])
	if !strings.HasPrefix(line, "Streams are buffered whole: 10 of 10, base 0 of 10") {
		t.Errorf("title %q", line)
	}
	slower := behavedDifferently()
	slower.Verdict.Comparisons = reports()["regression"].Verdict.Comparisons
	d := report.Build(slower)
	if !strings.HasPrefix(d.Lead[0], "streams are buffered whole") || !strings.HasPrefix(d.Others[0], "the gateway answers requests without") || !strings.HasPrefix(d.Others[1], "streams are slower") {
		t.Errorf("title %q, others %q", d.Lead, d.Others)
	}
	many := behavedDifferently()
	for _, name := range []bench.BehaviourName{"third", "fourth", "fifth", "fifth"} {
		c := many.Verdict.Behaviours[0]
		c.Behaviour, c.Case = name, fmt.Sprint(len(many.Verdict.Behaviours))
		c.Text = fmt.Sprintf("harm (%s): 4 of 4", c.Case)
		many.Verdict.Behaviours = append(many.Verdict.Behaviours, c)
	}
	if d := report.Build(many); len(d.Others) != 3 || d.Others[2] != "2 further kinds of harm" {
		t.Errorf("others %q", d.Others)
	}
	if d := report.Build(reports()["behaviour_reported"]); !strings.HasPrefix(d.Lead[1], "reported only: streams are buffered whole") {
		t.Errorf("title %q", d.Lead)
	}
	alone := report.Build(report.Report{Run: variants()["behaviour"]})
	answer := section(t, alone, "answer").Blocks[0].(document.List).Items
	if want := (document.Item{Name: "Behaviour", Text: "worth a look: the gateway answers requests without asking the backend"}); !slices.ContainsFunc(answer, func(i document.Item) bool { return i.Name == want.Name && i.Text == want.Text }) {
		t.Errorf("a run begins with %q, want %q in it", answer, want)
	}
	first := report.Build(report.Report{Run: variants()["behaviour"], Verdict: bench.Verdict{Outcome: bench.NoBaseline}})
	if want := "the gateway answers requests without asking the backend"; !slices.Contains(first.Lead, want) {
		t.Errorf("title without a baseline %q, want %q in it", first.Lead, want)
	}
}

// TestBehaviourRemarks: harm that decides is as bad as the verdict; what is only
// reported is a notice.
func TestBehaviourRemarks(t *testing.T) {
	for name, want := range map[string]document.Level{"behaviour": document.Fault, "behaviour_reported": document.Notice} {
		remarks := report.Build(reports()[name]).Remarks
		if len(remarks) != 2 || remarks[0].Level != want || !strings.Contains(remarks[0].Text, "Look at: buffering of answers") {
			t.Errorf("%s: %+v", name, remarks)
		}
	}
}

// TestStreamIsDrawn: a picture in characters where head's stream came otherwise and that
// is harm; on the page a drawing, once.
func TestStreamIsDrawn(t *testing.T) {
	const title = "When the events of one stream came"
	harmless := decideSaved(saved("pass"))
	harmless.Run.Timelines = behaved(saved("pass")).Timelines
	same := behavedDifferently()
	same.Run.Timelines = []bench.Timeline{streamed(bench.Direct, false), streamed(bench.Base, false), streamed(bench.Head, false)}
	for name, c := range map[string]struct {
		report       report.Report
		inCharacters bool
	}{"harm": {behavedDifferently(), true}, "no harm": {harmless, false}, "another harm": {same, false}} {
		for what, text := range map[string]string{
			"comment": commented(t, c.report), "check": checkText(markdown.Check(report.Build(c.report))),
			"terminal": decided{Verdict: c.report.Verdict, run: c.report.Run}.text(t, terminal.Style{}),
		} {
			if strings.Contains(text, title) != c.inCharacters || strings.Contains(text, "·12") != c.inCharacters {
				t.Errorf("%s, %s: drawn %v", name, what, !c.inCharacters)
			}
		}
		drawn := 0
		for _, figure := range tagged(documentOf(t, htmlOf(t, c.report)), atom.Figure) {
			if class, _ := attribute(figure, "class"); class != "events" {
				continue
			}
			drawn++
			for _, words := range []string{"direct", "base", "head", "179 ms", title} {
				if words != "179 ms" || c.inCharacters {
					if !strings.Contains(content(figure), words) {
						t.Errorf("%s: %q is not in the picture %q", name, words, content(figure))
					}
				}
			}
		}
		if drawn != 1 {
			t.Errorf("%s: %d pictures on the page", name, drawn)
		}
	}
}

package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// A note is in the headline and in a section of its own everywhere, as no
// regression, and fails nothing.
func TestNotes(t *testing.T) {
	d := decisions()["pass"]
	text := "+5.1 % of the value over 6 scenarios [4.0, 6.2], limit 6.9 %, below the limit; same work or not is not known"
	d.Notes = []bench.Note{{Group: "sse", Text: text}, {Group: "all", Metric: bench.CPUPerRequest, Text: "CPU text"}}
	d.Groups = []bench.Group{
		{Group: "sse", Outcome: bench.Pass, Shift: new(-0.02)},
		{Group: "sse", Members: []string{"a", "b", "c", "d", "e", "f"}, Outcome: bench.Pass, Shift: new(0.051), Limit: new(0.069)},
		{Group: "all", Metric: bench.CPUPerRequest, Members: []string{"a", "b"}, Outcome: bench.Pass, Shift: new(0.07), Limit: new(0.1)},
	}
	r := report.Report{Run: d.run, Verdict: d.Verdict, Context: atGitHub()}
	for _, format := range []string{"text", "comment", "summary", "check", "html"} {
		got := allText(t, format, r)
		for _, words := range []string{
			"oted: all streams are slower on average, which is below the limit: +5.1 % (and 1 further note)",
			"Noted, not a regression", text, "CPU/request of all requests", "CPU text",
		} {
			if !strings.Contains(got, words) {
				t.Errorf("%s: nothing of %q in %.900s", format, words, got)
			}
		}
		if strings.Contains(got, "❌") || strings.Contains(got, "REGRESSION") {
			t.Errorf("%s: a note is called a regression", format)
		}
	}
	remarks := report.Build(r).Remarks
	if len(remarks) != 2 || slices.ContainsFunc(remarks, func(m document.Remark) bool { return m.Level != document.Notice }) ||
		!strings.Contains(remarks[1].Title, "all requests cost more CPU time on average, which is below the limit: +7 %") {
		t.Errorf("remarks %+v", remarks)
	}
	d.Groups = nil // a file without them
	r.Verdict = d.Verdict
	if got := allText(t, "text", r); !strings.Contains(got, "noted: all streams: "+text) {
		t.Errorf("without groups: %.600s", got)
	}
}

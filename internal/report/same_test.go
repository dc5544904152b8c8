package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// nothingMeasured is a gate whose base and head are the same program.
func nothingMeasured() report.Report {
	run := fixture(defaultSuite(), gates, 0)
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"}
	run.Policy, run.SameProgram = &policy, true
	r := report.Report{Run: run, Verdict: verdict.Same(policy), Context: atGitHub()}
	r.Context.Reproduce = "proxy-bench gate --measure-same"
	return r
}

// TestSameProgram: wherever a gate that had nothing to measure is shown, it says so, and
// shows no table or chart without a figure.
func TestSameProgram(t *testing.T) {
	r := nothingMeasured()
	d := report.Build(r)
	for where, got := range map[string]string{
		"terminal": render(t, func(w io.Writer) error { return terminal.Write(w, d, terminal.Style{All: true}) }),
		"comment":  commented(t, r), "summary": jobSummary(t, r), "check": checkText(markdown.Check(d)), "line": report.Line(r),
		"page": render(t, func(w io.Writer) error { return page.Write(w, d) }),
	} {
		text := strings.ToLower(strings.Join(strings.Fields(got), " "))
		wants := []string{"base and head are the same program", "nothing was measured"}
		if where != "line" {
			wants = append(wants, "start line, environment, request settings and every file that is run or bundled are equal",
				"file by file with the gateway of", "--measure-same")
		}
		if where == "terminal" {
			wants = append(wants, "pass: base and head")
		}
		for _, want := range wants {
			if !strings.Contains(strings.ReplaceAll(text, "**", ""), want) {
				t.Errorf("%s lacks %q:\n%s", where, want, got)
			}
		}
		for _, not := range []string{"| scenario", "no regression in", "<table", "would have been found", "0 of "} {
			if strings.Contains(text, not) {
				t.Errorf("%s has %q:\n%s", where, not, got)
			}
		}
	}
	for what, write := range map[string]func(w io.Writer) error{
		"bench":   func(w io.Writer) error { return export.Bench(w, r.Run) },
		"CSV":     func(w io.Writer) error { return export.CSV(w, r.Run) },
		"run":     func(w io.Writer) error { return record.WriteRun(w, r.Run) },
		"verdict": func(w io.Writer) error { return record.WriteVerdict(w, r.Verdict) },
	} {
		text := render(t, write)
		if schemas := map[string]string{"run": "run.schema.json", "verdict": "verdict.schema.json"}; schemas[what] != "" {
			if err := validate(t, schema(t, schemas[what]), text); err != nil || !strings.Contains(text, `"same_program": true`) {
				t.Errorf("%s: %v in\n%s", what, err, text)
			}
		}
	}
}

// TestSameProgramMeasured: rounds of one program beside itself are shown as any others,
// and it is said what they are.
func TestSameProgramMeasured(t *testing.T) {
	d := decisions()["pass"]
	d.run.SameProgram = true
	got := strings.Join(strings.Fields(d.text(t, terminal.Style{})), " ")
	for _, want := range []string{"both are the same program", "no regression in"} {
		if !strings.Contains(got, want) {
			t.Errorf("it lacks %q:\n%s", want, got)
		}
	}
}

package report_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// The schema lists the diagnoses that the program knows, and each says in a few
// words what it is and what to look at.
func TestEveryDiagnosisIsDescribed(t *testing.T) {
	name := schema(t, "verdict.schema.json").Properties["diagnoses"].Items2020
	property := resolved(name).Properties["name"]
	for _, v := range property.Enum.Values {
		text, known := diagnose.Describe(bench.DiagnosisName(v.(string)))
		if !known || text.Title == "" || text.Look == "" {
			t.Errorf("%s is not known: %+v", v, text)
		}
		if !strings.Contains(property.Description, v.(string)+", ") {
			t.Errorf("the schema does not say what %s is", v)
		}
		d := report.Build(report.Report{Verdict: bench.Verdict{Diagnoses: []bench.Diagnosis{{Name: bench.DiagnosisName(v.(string)), Look: text.Look}}}})
		item := section(t, d, "causes").Blocks[0].(document.List).Items[0]
		if item.Name != plain.Capital(text.Title) || item.Look != text.Look {
			t.Errorf("%s: its words are cut: %+v", v, item)
		}
	}
}

// TestCausesOfDisturbedRounds: where most rounds are disturbed, the causes say so.
func TestCausesOfDisturbedRounds(t *testing.T) {
	for _, c := range []struct {
		disturbed []string // of each round
		want      int      // blocks
	}{
		{[]string{"busy", "busy", ""}, 2},
		{[]string{"busy", "", ""}, 1},
		{[]string{"", ""}, 1},
	} {
		r := report.Report{Verdict: bench.Verdict{Diagnoses: []bench.Diagnosis{{Name: diagnose.DelayedACK.Name}}}}
		for i, reason := range c.disturbed {
			r.Run.Rounds = append(r.Run.Rounds, bench.Round{Round: i, Disturbed: reason})
		}
		if got := len(section(t, report.Build(r), "causes").Blocks); got != c.want {
			t.Errorf("%q: %d blocks, want %d", c.disturbed, got, c.want)
		}
	}
}

// What is new is told to everybody, what the base had is folded away where there
// are folds, and no place is silent.
func TestDiagnosesAreToldEverywhere(t *testing.T) {
	r := reports()["diagnosed"]
	var courses []bench.Change
	for _, d := range r.Verdict.Diagnoses {
		courses = append(courses, d.Change)
	}
	if !slices.Equal(courses, []bench.Change{bench.ChangeNew, bench.ChangeKept, bench.ChangeGone}) {
		t.Fatalf("courses %v", courses)
	}
	const (
		fresh = "A delayed-ACK stall (Nagle is on)"
		kept  = "Upstream connections that are not reused"
		gone  = "n the base, gone in the head"
	)
	comment := commented(t, r)
	fold := strings.Index(comment, "<details>")
	if before := strings.Index(comment, kept); before < fold {
		t.Errorf("in a comment what the base had is at %d, the fold at %d", before, fold)
	}
	if at := strings.Index(comment, fresh); at < 0 || fold < 0 || at > fold {
		t.Errorf("in a comment the new one is at %d, the fold at %d", at, fold)
	}
	for name, text := range map[string]string{
		"comment": comment, "summary": jobSummary(t, r), "check": checkText(markdown.Check(report.Build(r))), "html": htmlOf(t, r),
		"terminal": decisions()["diagnosed"].text(t, terminal.Style{}),
	} {
		text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), `\_`, "_")
		for _, words := range []string{fresh, kept, gone, "TCP_NODELAY"} {
			if !strings.Contains(text, words) {
				t.Errorf("%s: nothing of %q", name, words)
			}
		}
		if strings.Contains(text, "busy loops") {
			t.Errorf("%s: what is gone needs no looking at", name)
		}
	}
}

// A run alone has no base to be new against.
func TestDiagnosesOfARun(t *testing.T) {
	run := variants()["errors"]
	got := strings.Join(strings.Fields(render(t, func(w io.Writer) error { return terminal.Write(w, report.Build(reported(run)), terminal.Style{}) })), " ")
	if !strings.Contains(got, "Damaged answers in sse/c10/10KB: 246 of 24258 requests: 246 truncated") {
		t.Errorf("nothing is said of the damage:\n%s", got)
	}
	if strings.Contains(got, "new in this change") {
		t.Errorf("something is new:\n%s", got)
	}
}

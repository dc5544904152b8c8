package report_test

import (
	"bytes"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/export"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// reported is a run with what it looks like.
func reported(run bench.Run) report.Report {
	return report.Report{Run: run, Verdict: bench.Verdict{Diagnoses: diagnose.Run(run)}}
}

func render(t *testing.T, to func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := to(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run: go test ./internal/report -update\ngot:\n%s", name, got)
	}
}

func TestText(t *testing.T) {
	for name, run := range variants() {
		t.Run(name, func(t *testing.T) {
			got := render(t, func(w io.Writer) error { return terminal.Write(w, report.Build(reported(run)), terminal.Style{}) })
			golden(t, name+".txt", got)
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
					t.Errorf("%d columns: %s", n, line)
				}
				if strings.HasSuffix(line, " \n") {
					t.Errorf("space at the end of %q", line)
				}
			}
		})
	}
}

// TestWideTerminal: a table has more columns where there is room, and no line is longer
// than the terminal.
func TestWideTerminal(t *testing.T) {
	d := report.Build(reports()["regression"])
	for width, wants := range map[int]bool{0: false, 60: false, 80: false, 120: true, 300: true} {
		got := render(t, func(w io.Writer) error { return terminal.Write(w, d, terminal.Style{Width: width, All: true}) })
		if has := strings.Contains(got, "process pairs  "); has != wants {
			t.Errorf("%d columns: the column of process pairs is there: %v\n%s", width, has, got)
		}
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > max(width, 100) {
				t.Errorf("%d columns: a line of %d: %s", width, n, line)
			}
		}
	}
}

// A colour is an addition: without its sequences the text is the plain one.
func TestColorAddsNothingButColor(t *testing.T) {
	strip := strings.NewReplacer("\x1b[1m", "", "\x1b[1;31m", "", "\x1b[0m", "")
	for name, run := range variants() {
		plain := render(t, func(w io.Writer) error { return terminal.Write(w, report.Build(reported(run)), terminal.Style{}) })
		colored := render(t, func(w io.Writer) error {
			return terminal.Write(w, report.Build(reported(run)), terminal.Style{Color: true})
		})
		if strip.Replace(colored) != plain {
			t.Errorf("%s: the coloured text says something else:\n%s", name, colored)
		}
		if alarmed := strings.Contains(colored, "\x1b[1;31m"); alarmed != (name == "errors" || name == "interrupted" || name == "no_round") {
			t.Errorf("%s: red is used: %v", name, alarmed)
		}
	}
}

func TestBench(t *testing.T) {
	for _, name := range []string{"one_scenario", "interrupted"} {
		run := variants()[name]
		golden(t, name+".bench", render(t, func(w io.Writer) error { return export.Bench(w, run) }))
	}
}

func TestSameRunSameBytes(t *testing.T) {
	run := variants()["errors"]
	for name, to := range map[string]func(io.Writer) error{
		"text":  func(w io.Writer) error { return terminal.Write(w, report.Build(reported(run)), terminal.Style{}) },
		"bench": func(w io.Writer) error { return export.Bench(w, run) },
		"JSON":  func(w io.Writer) error { return record.WriteRun(w, run) },
	} {
		if first := render(t, to); render(t, to) != first {
			t.Errorf("%s differs from one time to the next", name)
		}
	}
}

func TestWriteErrorsAreReturned(t *testing.T) {
	run := variants()["one_scenario"]
	_, w := io.Pipe()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"text": terminal.Write(w, report.Build(reported(run)), terminal.Style{}), "html": page.Write(w, report.Build(reported(run))),
		"bench": export.Bench(w, run), "CSV": export.CSV(w, run), "JSON": record.WriteRun(w, run),
	} {
		if err == nil {
			t.Errorf("%s: no error from a closed pipe", name)
		}
	}
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// section finds a section of a document, nested ones included.
func section(t *testing.T, d document.Document, id string) document.Section {
	t.Helper()
	var find func([]document.Section) (document.Section, bool)
	find = func(all []document.Section) (document.Section, bool) {
		for _, s := range all {
			if s.ID == id {
				return s, true
			}
			if inner, ok := find(s.Sections); ok {
				return inner, true
			}
		}
		return document.Section{}, false
	}
	s, ok := find(d.Sections)
	if !ok {
		t.Fatalf("there is no section %s", id)
	}
	return s
}

// tablesOf are the tables of a section.
func tablesOf(s document.Section) []document.Table {
	var all []document.Table
	for _, b := range s.Blocks {
		if table, is := b.(document.Table); is && len(table.Rows) > 0 {
			all = append(all, table)
		}
	}
	return all
}

// formats are all renderings of a decision.
var formats = map[string]func(io.Writer, report.Built) error{
	"text": func(w io.Writer, r report.Built) error { return terminal.Write(w, r.Document(), terminal.Style{}) },
	"all": func(w io.Writer, r report.Built) error {
		return terminal.Write(w, r.Document(), terminal.Style{All: true})
	},
	"comment": func(w io.Writer, r report.Built) error { return write(w, markdown.Comment(r.Document())) },
	"summary": func(w io.Writer, r report.Built) error { return write(w, markdown.Summary(r.Document())) },
	"check":   func(w io.Writer, r report.Built) error { return write(w, checkText(markdown.Check(r.Document()))) },
	"html":    func(w io.Writer, r report.Built) error { return page.Write(w, r.Document()) },
	"run":     func(w io.Writer, r report.Built) error { return record.WriteRun(w, r.Run) },
	"verdict": func(w io.Writer, r report.Built) error { return record.WriteVerdict(w, r.Verdict) },
	"bench":   func(w io.Writer, r report.Built) error { return export.Bench(w, r.Run) },
	"csv":     func(w io.Writer, r report.Built) error { return export.CSV(w, r.Run) },
}

// The default suite: 24 scenarios, three arms, twenty rounds.
func BenchmarkRender(b *testing.B) {
	decided := gate(defaultSuite(), times(1.30, "sse/c10/10KB"))
	r := report.Report{Run: decided.run, Verdict: decided.Verdict, Context: atGitHub()}
	r.Run.Rounds = newTrial(nil).rounds(bench.Screen, 1, 20, defaultSuite())
	measure := func(name string, to ...func(io.Writer, report.Built) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				built := report.Once(r) // as a gate does, for all its files and answers
				for _, write := range to {
					if err := write(io.Discard, built); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(formats)) {
		measure(name, formats[name])
	}
	measure("everything", slices.Collect(maps.Values(formats))...)
}

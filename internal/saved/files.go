package saved

import (
	"io"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
	"github.com/org/proxy-bench-action/internal/report/html"
)

// Files is a report as its files hold it.
func Files(r report.Built) record.Saved {
	return record.Saved{
		Run: r.Run, Verdict: r.Verdict, Context: r.Context,
		Bench: func(w io.Writer) error { return export.Bench(w, r.Run) },
		HTML:  func(w io.Writer) error { return html.Write(w, r.Document()) },
	}
}

// RunFiles is what is kept of a run that nothing was decided on.
func RunFiles(run bench.Run) record.Saved {
	return record.Saved{
		Run:   run,
		Bench: func(w io.Writer) error { return export.Bench(w, run) },
		HTML: func(w io.Writer) error {
			return html.Write(w, report.Build(report.Report{Run: run, Verdict: bench.Verdict{Diagnoses: diagnose.Run(run)}}))
		},
	}
}

// Report reads a saved result: a directory that --out has written, or one
// file of rounds, decided anew. A run of one gateway that nobody was to judge has
// no outcome.
func Report(path string) (r report.Report, err error) {
	if info, missing := os.Stat(path); missing == nil && info.IsDir() {
		// The verdict from its file: what it was decided from may have been stored
		// elsewhere.
		r.Run, r.Verdict, err = record.ReadDirectory(path, &r.Context)
	} else {
		var b baseline.Baseline
		b, _, err = baseline.OpenFile(path)
		r.Run = b.Run
	}
	if err != nil {
		return r, host.Usage(err)
	}
	if r.Verdict.Schema != "" {
		return r, nil
	}
	decided := r.Run
	if decided.Policy == nil {
		decided.Policy = new(bench.DefaultPolicy())
	}
	v := Decide(decided, nil)
	if v.Outcome == bench.NoBaseline && r.Run.Policy == nil && r.Run.Base == nil { // none was asked for
		r.Verdict.Diagnoses = v.Diagnoses
		return r, nil
	}
	r.Run, r.Verdict = decided, v
	return r, nil
}

// Rounds reads a run.json, also that of a directory that --out has written, or a baseline.
func Rounds(path string) (baseline.Baseline, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, record.RunFile)
	}
	b, _, err := baseline.OpenFile(path)
	if err != nil {
		err = host.Usage(err)
	}
	return b, err
}

package app

import (
	"io"
	"os"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
)

// saved is a report as its files hold it.
func saved(r report.Report) record.Saved {
	s := savedRun(r.Run)
	s.Verdict, s.Context = r.Verdict, r.Context
	s.HTML = func(w io.Writer) error { return report.HTML(w, r) }
	return s
}

// savedRun is what is kept of a run that nothing was decided on.
func savedRun(run bench.Run) record.Saved {
	return record.Saved{Run: run, Bench: func(w io.Writer) error { return export.Bench(w, run) }}
}

// readReport reads a saved result: a directory that --out has written, or one
// file of rounds, decided anew.
func readReport(path string) (r report.Report, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return r, host.Usage(err)
	}
	if !info.IsDir() {
		b, err := readRounds(path)
		if err != nil {
			return r, err
		}
		return decidedAgain(b.Run), nil
	}
	// The verdict from its file: what it was decided from may have been stored
	// elsewhere.
	r.Run, r.Verdict, err = record.ReadDirectory(path, &r.Context)
	if err != nil {
		return r, host.Usage(err)
	}
	if r.Verdict.Schema == "" {
		again := decidedAgain(r.Run)
		r.Run, r.Verdict = again.Run, again.Verdict
	}
	return r, nil
}

// decidedAgain is a run with the verdict that follows from its rounds.
func decidedAgain(run bench.Run) report.Report {
	if run.Policy == nil {
		run.Policy = new(bench.DefaultPolicy())
	}
	return report.Report{Run: run, Verdict: decide(run, nil)}
}

// readRounds reads a run.json or a baseline.
func readRounds(path string) (baseline.Baseline, error) {
	b, _, err := baseline.OpenFile(path)
	if err != nil {
		err = host.Usage(err)
	}
	return b, err
}

// prepareOut makes sure, before anything is measured, that results can be
// written to dir.
func prepareOut(dir string) error {
	if err := record.PrepareDirectory(dir); err != nil {
		return host.Usagef("--out: %w", err)
	}
	return nil
}

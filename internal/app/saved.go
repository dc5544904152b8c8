package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
)

// The files of a saved result. runFile alone is enough to decide and to render
// again, but for what contextFile says of the place it was made at.
const (
	runFile     = "run.json"
	verdictFile = "verdict.json"
	contextFile = "context.json"
	htmlFile    = "report.html"
	benchFile   = "bench.txt"
)

// reportFiles are a result in every format that is worth keeping. Of a run that
// came to no verdict there are only its rounds.
func reportFiles(r report.Report) ([]actions.File, error) {
	writers := []struct {
		name string
		to   func(io.Writer) error
	}{
		{runFile, func(w io.Writer) error { return report.JSON(w, r.Run) }},
		{benchFile, func(w io.Writer) error { return export.Bench(w, r.Run) }},
		{verdictFile, func(w io.Writer) error { return report.VerdictJSON(w, r.Verdict) }},
		{contextFile, func(w io.Writer) error { return writeJSON(w, r.Context) }},
		{htmlFile, func(w io.Writer) error { return report.HTML(w, r) }},
	}
	if r.Run.Schema == "" {
		writers = writers[3:]
	} else if r.Verdict.Schema == "" {
		writers = slices.Delete(writers, 2, 3)
	}
	var files []actions.File
	for _, f := range writers {
		var b bytes.Buffer
		if err := f.to(&b); err != nil {
			return nil, err
		}
		files = append(files, actions.File{Name: f.name, Content: b.Bytes()})
	}
	return files, nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// saveReport writes a result into a directory.
func saveReport(dir string, r report.Report) error {
	files, err := reportFiles(r)
	if err != nil {
		return err
	}
	for _, f := range files {
		err = errors.Join(err, baseline.WriteFile(filepath.Join(dir, f.Name), func(w io.Writer) error {
			_, err := w.Write(f.Content)
			return err
		}))
	}
	return err
}

// readReport reads a saved result: a directory that --out has written, or one
// file of rounds, decided anew.
func readReport(path string) (report.Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return report.Report{}, host.Usage(err)
	}
	if info.IsDir() {
		return readDirectory(path)
	}
	b, err := readRounds(path)
	if err != nil {
		return report.Report{}, err
	}
	return decidedAgain(b.Run), nil
}

// decidedAgain is a run with the verdict that follows from its rounds.
func decidedAgain(run bench.Run) report.Report {
	if run.Policy == nil {
		run.Policy = new(bench.DefaultPolicy())
	}
	return report.Report{Run: run, Verdict: decide(run, nil)}
}

// readDirectory takes the verdict from its file: what it was decided from may
// have been stored elsewhere.
func readDirectory(dir string) (report.Report, error) {
	b, err := readRounds(filepath.Join(dir, runFile))
	if err != nil {
		return report.Report{}, err
	}
	r := report.Report{Run: b.Run}
	switch err := readJSON(filepath.Join(dir, verdictFile), &r.Verdict); {
	case errors.Is(err, fs.ErrNotExist):
		r = decidedAgain(b.Run)
	case err != nil:
		return r, err
	}
	if err := readJSON(filepath.Join(dir, contextFile), &r.Context); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	return r, nil
}

// readRounds reads a run.json or a baseline.
func readRounds(path string) (baseline.Baseline, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return baseline.Baseline{}, host.Usage(err)
	}
	b, _, err := openBaseline(data)
	if err != nil {
		return b, host.Usagef("%s: %w", path, err)
	}
	return b, nil
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return host.Usagef("%s: %w", path, err)
	}
	return nil
}

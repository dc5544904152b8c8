package cli

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
	"github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
)

type reportCommand struct {
	Format  string `help:"${formats}." default:"text"`
	Verbose bool   `short:"v" help:"Of a verdict as text, show every scenario."`
	File    string `arg:"" help:"A directory that --out has written, or its run.json, or a baseline."`
}

func (reportCommand) Help() string {
	return `Renders a saved result again: the same result gives the same bytes. Nothing is
measured.

Exit status: 0 rendered, whatever the verdict is; 2 wrong usage or files.

Examples:
  proxy-bench report results
  proxy-bench report results --format html >report.html`
}

// A format renders a result. Those of a mere run show its figures, those of a
// comparison the verdict.
type format func(w io.Writer, r report.Report, s text.Style) error

var formats = map[string]format{
	"text": func(w io.Writer, r report.Report, s text.Style) error {
		if r.Run.Base == nil {
			r.Verdict = bench.Verdict{Diagnoses: r.Verdict.Diagnoses}
		}
		return text.Write(w, report.Build(r), s)
	},
	"markdown": func(w io.Writer, r report.Report, _ text.Style) error {
		return write(w, markdown.Comment(report.Build(r)))
	},
	"summary": func(w io.Writer, r report.Report, _ text.Style) error {
		return write(w, markdown.Summary(report.Build(r)))
	},
	"json": func(w io.Writer, r report.Report, _ text.Style) error {
		if r.Run.Base == nil {
			return record.WriteRun(w, r.Run)
		}
		return record.WriteVerdict(w, r.Verdict)
	},
	"html":  func(w io.Writer, r report.Report, _ text.Style) error { return html.Write(w, report.Build(r)) },
	"bench": func(w io.Writer, r report.Report, _ text.Style) error { return export.Bench(w, r.Run) },
	"csv":   func(w io.Writer, r report.Report, _ text.Style) error { return export.CSV(w, r.Run) },
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// formatNames lists them for people.
func formatNames() string { return strings.Join(slices.Sorted(maps.Keys(formats)), ", ") }

// Run reads and renders.
func (c reportCommand) Run(w host.World) error {
	render, ok := formats[c.Format]
	if !ok {
		names := slices.Sorted(maps.Keys(formats))
		return host.Usagef("--format: there is no %q; %s", c.Format, config.Meant(c.Format, names, "there are "+formatNames()))
	}
	r, err := saved.Report(c.File)
	if err != nil {
		return err
	}
	return render(w.Stdout, r, style(w, c.Verbose))
}

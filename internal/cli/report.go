package cli

import (
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/export"
	"github.com/org/proxy-bench-action/internal/session"
)

// reportCommand is `proxy-bench report`.
type reportCommand struct {
	Format  string `help:"${formats}." default:"text"`
	Verbose bool   `short:"v" help:"Of a verdict as text, show every scenario."`
	File    string `arg:"" help:"A directory that --out has written, or its run.json, or a baseline."`
}

// Help is shown by --help.
func (reportCommand) Help() string {
	return `Renders a saved result again: the same result gives the same bytes. Nothing is
measured, and the exit status says only whether it could be rendered.`
}

// A format renders a result. Those of a mere run show its figures, those of a
// comparison the verdict.
type format func(w io.Writer, r report.Report, s report.Style) error

var formats = map[string]format{
	"text": func(w io.Writer, r report.Report, s report.Style) error {
		if r.Run.Base == nil {
			return report.Text(w, r, s)
		}
		return report.Terminal(w, r, s)
	},
	"markdown": func(w io.Writer, r report.Report, _ report.Style) error { return report.Comment(w, r) },
	"summary":  func(w io.Writer, r report.Report, _ report.Style) error { return report.Summary(w, r) },
	"json": func(w io.Writer, r report.Report, _ report.Style) error {
		if r.Run.Base == nil {
			return record.WriteRun(w, r.Run)
		}
		return record.WriteVerdict(w, r.Verdict)
	},
	"html":  func(w io.Writer, r report.Report, _ report.Style) error { return report.HTML(w, r) },
	"bench": func(w io.Writer, r report.Report, _ report.Style) error { return export.Bench(w, r.Run) },
	"csv":   func(w io.Writer, r report.Report, _ report.Style) error { return export.CSV(w, r.Run) },
}

// formatNames lists them for people.
func formatNames() string { return strings.Join(slices.Sorted(maps.Keys(formats)), ", ") }

// Run reads and renders.
func (c reportCommand) Run(w host.World) error {
	render, ok := formats[c.Format]
	if !ok {
		return host.Usagef("--format %q: there are %s", c.Format, formatNames())
	}
	r, err := session.ReadReport(c.File)
	if err != nil {
		return err
	}
	return render(w.Stdout, r, style(w, c.Verbose))
}

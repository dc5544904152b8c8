package report

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// history draws the overhead of each scenario in the runs of the main branch.
func (h *hypertext) history() (figures []figureView, steps tableView) {
	for _, r := range h.sheet.rows {
		for _, m := range moments(r.Mode) {
			if f, ok := h.past(r, m.typical); ok {
				figures = append(figures, f)
			}
		}
	}
	steps = tableView{Kind: "plain", Caption: "Where main stepped", Head: []headView{
		{Title: "scenario"}, {Title: "metric"}, {"change", "", numeric}, {"of it in one step", "", numeric}, {Title: "with commit"},
	}}
	for _, c := range h.report.Context.ChangePoints {
		row := cellsFor(brief(c.Scenario), metricWord(c.Metric), added(c.Change), added(c.Step), shortSHA(c.SHA))
		row[2].Class, row[3].Class = "", ""
		steps.Rows = append(steps.Rows, row)
	}
	return figures, steps
}

// past draws one metric of one scenario: a dot for each run, filled where the
// CPU is the one of this run.
func (h *hypertext) past(r row, m bench.Metric) (figureView, bool) {
	runs := h.report.Context.History
	var at, values []float64
	for i, run := range runs {
		if v, ok := run.Overhead[r.ID()][m]; ok {
			at, values = append(at, float64(i+1)), append(values, v)
		}
	}
	x, ok := linear(ones, at, left, right)
	y, okay := linear(timeUnit(values), append(values, 0), lower, upper)
	if !ok || !okay || len(values) < 2 {
		return figureView{}, false
	}
	first, last := int(at[0])-1, int(at[len(at)-1])-1
	x = x.named([]float64{at[0], at[len(at)-1]}, []string{day(runs[first].Started), day(runs[last].Started)})
	d := frame(x, y, "runs of main", "overhead")
	var same, other, joined []spot
	for i := range at {
		s := spot{x.at(at[i]), y.at(values[i])}
		joined = append(joined, s)
		if runs[int(at[i])-1].CPUModel == h.report.Run.Environment.CPUModel {
			same = append(same, s)
		} else {
			other = append(other, s)
		}
	}
	d.line("p", joined...)
	note := h.steps(d, x, r.ID(), m)
	d.dots("m o h", same...)
	d.rings("m o h", other...)
	legend := []legendView{{Class: "h", Name: "main"}}
	if len(other) > 0 {
		legend = append(legend, legendView{Class: "h ring", Name: "on another CPU model"})
	}
	return d.chart("history", fmt.Sprintf("%s · %s", brief(r.ID()), metricWord(m)), note, legend), true
}

// steps marks where a metric stepped.
func (h *hypertext) steps(d *drawing, x axis, scenario string, m bench.Metric) (note string) {
	for _, c := range h.report.Context.ChangePoints {
		if c.Scenario != scenario || c.Metric != m {
			continue
		}
		note = fmt.Sprintf("%s since %s.", added(c.Change), shortSHA(c.SHA))
		for i, run := range h.report.Context.History {
			if run.SHA == c.SHA && c.SHA != "" {
				at := x.at(float64(i) + 0.5)
				d.line("m stage", spot{at, upper}, spot{at, lower})
				d.text("s", spot{at + 4, lower - 6}, added(c.Step))
				break
			}
		}
	}
	return note
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02") }

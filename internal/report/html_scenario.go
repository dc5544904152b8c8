package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
)

// scenarioView is what is known of one scenario.
type scenarioView struct {
	Anchor, ID, Outcome, Change string
	Reason                      string
	Open                        bool // something changed here, or could not be decided
	Figures                     []figureView
	Numbers                     tableView
}

// anchor is the place of a scenario in the document.
func anchor(id string) string { return strings.ReplaceAll(clean(id), " ", "_") }

func (h *hypertext) panels() []scenarioView {
	reasons := make(map[string]string)
	for _, v := range h.page.Scenarios {
		reasons[v.Scenario] = v.Reason
	}
	views := make([]scenarioView, 0, len(h.sheet.rows))
	for _, r := range h.sheet.rows {
		outcome := h.page.outcome[r.ID()]
		v := scenarioView{
			Anchor: anchor(r.ID()), ID: clean(r.ID()), Outcome: outcomeClass(outcome), Reason: clean(reasons[r.ID()]),
			Change:  h.worstChange(r.ID()),
			Open:    outcome != "" && outcome != bench.Pass,
			Numbers: h.numbers(r),
		}
		for _, m := range moments(r.Mode) {
			v.add(h.distribution(r, m))
			v.add(h.rounds(r, m))
		}
		if r.Mode == bench.SSE {
			v.add(h.timeline(r))
		}
		views = append(views, v)
	}
	return views
}

func (v *scenarioView) add(f figureView, ok bool) {
	if ok {
		v.Figures = append(v.Figures, f)
	}
}

// moments are the clocks that a mode is judged by.
func moments(m bench.Mode) []moment {
	if m == bench.SSE {
		return []moment{firstEvent, wholeStream}
	}
	return []moment{answer}
}

// word is the name of the clock without what explains it.
func (m moment) word() string {
	name, _, _ := strings.Cut(m.title, " (")
	return name
}

// worstChange is the change of the typical value that weighs most.
func (h *hypertext) worstChange(id string) string {
	text, most := "", 0.0
	for _, c := range h.page.Comparisons {
		if c.Scenario != id || !isTypical(c.Metric) || c.Change == nil {
			continue
		}
		if g := max(gravity(c), 0); text == "" || g > most {
			text, most = fmt.Sprintf("%s %s", metricWord(c.Metric), changeWord(c)), g
		}
	}
	return text
}

// distribution draws for each arm which share of the requests took at most how
// long.
func (h *hypertext) distribution(r row, m moment) (figureView, bool) {
	curves := make(map[bench.Arm][]summary.Point)
	var all []float64
	for _, arm := range h.sheet.arms {
		curves[arm] = summary.Pooled(r.rounds, r.ID(), arm, m.typical)
		for _, p := range curves[arm] {
			all = append(all, p.Value)
		}
	}
	x, ok := logarithmic(middleUnit(all), all, left, right)
	if !ok {
		return figureView{}, false
	}
	y, _ := linear(percents, []float64{0, 1}, lower, upper)
	d := frame(x, y, m.word(), "requests that took at most as long")
	var legend []legendView
	for _, arm := range h.sheet.arms {
		var spots []spot
		var median float64
		for _, p := range curves[arm] {
			spots = append(spots, spot{x.at(p.Value), y.at(p.Share)})
			if p.Share == 0.5 {
				median = p.Value
			}
		}
		if len(spots) == 0 {
			continue
		}
		d.line("m l "+armClass[arm], spots...)
		legend = append(legend, legendView{armClass[arm], h.sheet.role(arm), x.unit.With(median, false)})
	}
	return d.chart("ecdf", "Requests: "+m.word(), "", legend), true
}

// middleUnit is the unit for an axis of factors: what its middle is read in.
func middleUnit(values []float64) figures.Scale {
	if s, ok := summary.SpreadOf(values); ok {
		return figures.For(figures.Duration, s.Median)
	}
	return figures.For(figures.Duration)
}

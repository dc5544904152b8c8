package calibrated

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// foundRates is how often each change that was tried is found.
func foundRates(c bench.Calibration) document.Section {
	of := bench.OfOverhead
	if len(c.Found) > 0 {
		of = c.Found[0].Of
	}
	t := document.Table{Columns: document.Heads("times longer by", ">gates", ">regression", ">95 %", ">inconclusive")}
	add := func(what string, r bench.Rate) {
		t.Rows = append(t.Rows, document.Row{Cells: document.Texts(what, fmt.Sprint(r.Gates), figures.Percent(r.Share),
			fmt.Sprintf("%s to %s", figures.Percent(r.CI[0]), figures.Percent(r.CI[1])), fmt.Sprint(r.Inconclusive))})
	}
	add("nothing: unchanged", c.FalseAlarms)
	for _, p := range c.Power {
		where := map[bench.Where]string{bench.Everywhere: "in all scenarios", bench.OneScenario: "in one scenario"}[p.Where]
		add(figures.Percent(p.Change)+" "+where, p.Rate)
	}
	note := fmt.Sprintf("Shares are %s. In one scenario, each in turn: the share is that of the one with the median noise, others by their noise. "+
		"Intervals cover the luck of resampling these process pairs, not that of measuring them: separate gates of unchanged code are better evidence.", ofWords(of))
	return document.Section{
		ID: "rates", Heading: "How often the gate says regression", Rank: document.Detail,
		Blocks: []document.Block{t, document.Paragraph{Text: note, Small: true}},
	}
}

func carriedThresholds(c bench.Calibration) document.Section {
	t := document.Table{Columns: document.Heads("metric", ">carried in", ">carried everywhere from", "worst")}
	for _, m := range c.Carried {
		least := "above 100 %"
		if m.Least != nil {
			least = figures.Percent(*m.Least)
		}
		t.Rows = append(t.Rows, document.Row{Cells: document.Texts(
			measured.Label(m.Metric), fmt.Sprintf("%d of %d", m.Carried, m.Scenarios), least, plain.Brief(m.Worst))})
	}
	note := "A threshold is carried when a change of twice its size is found in 4 of 5 gates."
	return document.Section{
		ID: "carried", Heading: "Thresholds that this noise can carry", Rank: document.Detail,
		Blocks: []document.Block{t, document.Paragraph{Text: note, Small: true}},
	}
}

// noise has the primary metric of each scenario before the others.
func noise(c bench.Calibration) document.Section {
	var gaps document.Notes
	table := func(primary bool) document.Table {
		t := document.Table{Columns: document.Heads("scenario", "metric", ">between", ">process", ">slices", ">MDC", ">limit", "notes")}
		for _, n := range c.Noise {
			if slices.Contains([]bench.Metric{bench.JSON.Primary(), bench.SSE.Primary()}, n.Metric) != primary {
				continue
			}
			cells := document.Texts(plain.Brief(n.Scenario), measured.Label(n.Metric))
			for _, share := range []*float64{n.Between, n.Process, n.Within, n.Resolution, n.Limit} {
				cells = append(cells, document.Number(share, figures.Percent))
			}
			mark := document.Cell{}
			if n.Reason != "" {
				mark = document.MarkCell([]int{gaps.Mark(n.Reason, n.Reason)})
			}
			t.Rows = append(t.Rows, document.Row{Cells: append(cells, mark)})
		}
		return t
	}
	note := "Between: SD over process pairs of head/base. Process: its part that slices do not explain. Slices: SD inside a round. " +
		"MDC, minimum detectable change of the value: found in 4 of 5 gates. Limit: smaller changes are ignored."
	s := document.Section{
		ID: "noise", Heading: "Noise by source, and the change that it leaves detectable", Rank: document.Detail,
		Blocks: []document.Block{table(true), document.Paragraph{Text: note, Small: true}, gaps.List(0)},
	}
	gaps = document.Notes{}
	s.Sections = []document.Section{{ID: "noise-more", Heading: "Other gated metrics", Rank: document.Detail, Blocks: []document.Block{table(false), gaps.List(0)}}}
	return s
}

func drift(c bench.Calibration) document.Section {
	d := c.Drift
	slope := figures.Added(d.PerRound) + " a round"
	if d.CI != nil {
		slope += fmt.Sprintf(" (95 %%: %s to %s)", figures.Added(d.CI[0]), figures.Added(d.CI[1]))
	}
	text := fmt.Sprintf("%s; SD between rounds %s, correlation from one round to the next %.2f. It is common to base and head and cancels between them; numbers stored elsewhere have all of it.",
		slope, figures.Percent(d.SD), d.Autocorrelation)
	return document.Section{ID: "drift", Heading: "Drift of the level", Rank: document.Detail, Blocks: []document.Block{document.Paragraph{Text: text}}}
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Calibration says how fit a machine is for a gate: false alarms, what slower
// code would be found, which thresholds the noise carries, and where it comes
// from.
func Calibration(c bench.Calibration) document.Document {
	f := c.FalseAlarms
	return document.Document{
		Tool: strings.TrimSpace(c.Tool.Name + " " + c.Tool.Version), Word: "false alarms",
		Lead: []string{fmt.Sprintf("%d of %s of unchanged code (95 %%: %s to %s)",
			f.Regressions, figures.Counted(f.Gates, "resampled gate"), figures.Percent(f.CI[0]), figures.Percent(f.CI[1]))},
		Others: []string{carriedAdvice(c)},
		Facts: []document.Item{
			{Name: "From", Text: fmt.Sprintf("%s of one build as base and head; a gate screens with %d", figures.Counted(c.Rounds, "round"), c.GateRounds)},
			{Name: "Machine", Text: fmt.Sprintf("%s, %s", c.Environment.CPUModel, figures.Counted(c.Environment.CPUs, "CPU"))},
		},
		Sections: []document.Section{
			alarmRates(c), carriedThresholds(c), noise(c), drift(c),
			{ID: "caveats", Heading: "Caveats", Blocks: []document.Block{document.List{Items: document.Items(c.Warnings...)}}},
		},
	}
}

// carriedAdvice is "this machine can carry the threshold of 10 % on latency from
// 15 rounds; not on latency p95".
func carriedAdvice(c bench.Calibration) string {
	var can, cannot []string
	for _, m := range c.Carried {
		if m.Carried == m.Scenarios {
			can = append(can, metricWord(m.Metric))
		} else {
			cannot = append(cannot, metricWord(m.Metric))
		}
	}
	threshold := "the threshold of " + figures.Percent(c.Policy.Threshold)
	if len(c.Policy.Thresholds) > 0 {
		threshold = "the thresholds"
	}
	switch {
	case len(can) == 0:
		return fmt.Sprintf("This machine cannot carry %s on any metric in every scenario.", threshold)
	case len(cannot) == 0:
		return fmt.Sprintf("This machine can carry %s on every gated metric from %d rounds.", threshold, c.GateRounds)
	default:
		return fmt.Sprintf("This machine can carry %s on %s from %d rounds; not on %s.",
			threshold, strings.Join(can, ", "), c.GateRounds, strings.Join(cannot, ", "))
	}
}

func alarmRates(c bench.Calibration) document.Section {
	t := document.Table{Columns: document.Heads("latency", ">gates", ">regression", ">95 %", ">inconclusive")}
	add := func(what string, r bench.Rate) {
		t.Rows = append(t.Rows, document.Row{Cells: document.Texts(what, fmt.Sprint(r.Gates), figures.Percent(r.Share),
			fmt.Sprintf("%s to %s", figures.Percent(r.CI[0]), figures.Percent(r.CI[1])), fmt.Sprint(r.Inconclusive))})
	}
	add("unchanged", c.FalseAlarms)
	for _, p := range c.Power {
		add(figures.Added(p.Change)+" "+plain.Brief(strings.ReplaceAll(string(p.Where), "-", " ")), p.Rate)
	}
	note := "Intervals cover the luck of resampling these rounds, not that of measuring them: separate gates of unchanged code are better evidence."
	return document.Section{ID: "rates", Heading: "How often the gate says regression", Blocks: []document.Block{t, document.Paragraph{Text: note, Small: true}}}
}

func carriedThresholds(c bench.Calibration) document.Section {
	t := document.Table{Columns: document.Heads("metric", ">carried in", ">carried everywhere from", "worst")}
	for _, m := range c.Carried {
		least := "above 100 %"
		if m.Least != nil {
			least = figures.Percent(*m.Least)
		}
		t.Rows = append(t.Rows, document.Row{Cells: document.Texts(
			metricWord(m.Metric), fmt.Sprintf("%d of %d", m.Carried, m.Scenarios), least, plain.Brief(m.Worst))})
	}
	note := "A threshold is carried when a change of twice its size is found in 4 of 5 gates."
	return document.Section{ID: "carried", Heading: "Thresholds that this noise can carry", Blocks: []document.Block{t, document.Paragraph{Text: note, Small: true}}}
}

// noise has the primary metric of each scenario before the others, which are
// left out where room is short.
func noise(c bench.Calibration) document.Section {
	var gaps document.Notes
	table := func(primary bool) document.Table {
		t := document.Table{Columns: document.Heads("scenario", "metric", ">between", ">process", ">slices", ">MDC", ">limit", "notes")}
		for _, n := range c.Noise {
			if slices.Contains([]bench.Metric{bench.JSON.Primary(), bench.SSE.Primary()}, n.Metric) != primary {
				continue
			}
			cells := document.Texts(plain.Brief(n.Scenario), metricWord(n.Metric))
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
	note := "Between: SD over rounds of head/base. Process: its part that slices do not explain. Slices: SD inside a round. " +
		"MDC, minimum detectable change of the value: found in 4 of 5 gates. Limit: smaller changes are ignored."
	s := document.Section{ID: "noise", Heading: "Noise by source, and the change that it leaves detectable", Blocks: []document.Block{table(true), document.Paragraph{Text: note, Small: true}, gaps.List(0)}}
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
	return document.Section{ID: "drift", Heading: "Drift of the level", Blocks: []document.Block{document.Paragraph{Text: text}}}
}

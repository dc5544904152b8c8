package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Calibration writes what a person wants to know of a machine's fitness for a
// gate: false alarms, what slower code would be found, which thresholds the
// noise carries, and where it comes from. With style.All the noise of every
// gated metric is shown, else that of the primary one of each scenario.
func Calibration(w io.Writer, c bench.Calibration, style Style) error {
	s := calibrationSheet{c, style}
	body := s.headline() + s.rates() + s.carried() + s.noise() + s.drift() + s.doubts()
	if _, err := io.WriteString(w, body); err != nil {
		return fmt.Errorf("writing the calibration: %w", err)
	}
	return nil
}

type calibrationSheet struct {
	bench.Calibration
	style Style
}

func (s calibrationSheet) section(title, body string) string {
	return "\n" + s.style.bold(title) + "\n" + body
}

// headline is the false alarms and the thresholds in a sentence each.
func (s calibrationSheet) headline() string {
	f := s.FalseAlarms
	first := fmt.Sprintf("FALSE ALARMS: %d of %s of unchanged code (95 %%: %s to %s)",
		f.Regressions, counted(f.Gates, "resampled gate"), percent(f.CI[0]), percent(f.CI[1]))
	from := fmt.Sprintf("%s of one build as base and head; a gate screens with %d", counted(s.Rounds, "round"), s.GateRounds)
	machine := fmt.Sprintf("%s, %s", s.Environment.CPUModel, counted(s.Environment.CPUs, "CPU"))
	return colored(wrapped(columns, "", first), s.style.bold) +
		wrapped(columns, "", clean(s.advice())) +
		wrapped(columns, "from     ", from) +
		wrapped(columns, "machine  ", clean(machine))
}

// advice is "this machine can carry the threshold of 10 % on latency from 15
// rounds; not on latency p95".
func (s calibrationSheet) advice() string {
	var can, cannot []string
	for _, c := range s.Carried {
		if c.Carried == c.Scenarios {
			can = append(can, metricWord(c.Metric))
		} else {
			cannot = append(cannot, metricWord(c.Metric))
		}
	}
	threshold := "the threshold of " + percent(s.Policy.Threshold)
	if len(s.Policy.Thresholds) > 0 {
		threshold = "the thresholds"
	}
	switch {
	case len(can) == 0:
		return fmt.Sprintf("This machine cannot carry %s on any metric in every scenario.", threshold)
	case len(cannot) == 0:
		return fmt.Sprintf("This machine can carry %s on every gated metric from %d rounds.", threshold, s.GateRounds)
	default:
		return fmt.Sprintf("This machine can carry %s on %s from %d rounds; not on %s.",
			threshold, strings.Join(can, ", "), s.GateRounds, strings.Join(cannot, ", "))
	}
}

func (s calibrationSheet) rates() string {
	lines := [][]string{{"  latency", "gates", "regression", "95 %", "inconclusive"}}
	add := func(what string, r bench.Rate) {
		lines = append(lines, []string{
			"  " + what, fmt.Sprint(r.Gates), percent(r.Share),
			fmt.Sprintf("%s to %s", percent(r.CI[0]), percent(r.CI[1])),
			fmt.Sprint(r.Inconclusive),
		})
	}
	add("unchanged", s.FalseAlarms)
	for _, p := range s.Power {
		add(added(p.Change)+" "+clean(strings.ReplaceAll(string(p.Where), "-", " ")), p.Rate)
	}
	note := "Intervals cover the luck of resampling these rounds, not that of measuring them: separate gates of unchanged code are better evidence."
	return s.section("how often the gate says regression", strings.Join(grid(lines, 1), "\n")+"\n"+wrapped(columns, "  ", note))
}

func (s calibrationSheet) carried() string {
	lines := [][]string{{"  metric", "carried in", "carried everywhere from", "worst"}}
	for _, c := range s.Carried {
		least := "above 100 %"
		if c.Least != nil {
			least = percent(*c.Least)
		}
		lines = append(lines, []string{
			"  " + metricWord(c.Metric), fmt.Sprintf("%d of %d", c.Carried, c.Scenarios), least, brief(c.Worst),
		})
	}
	note := "A threshold is carried when a change of twice its size is found in 4 of 5 gates."
	return s.section("thresholds that this noise can carry", strings.Join(grid(lines, 1), "\n")+"\n"+wrapped(columns, "  ", note))
}

func (s calibrationSheet) noise() string {
	lines := [][]string{{"  scenario", "metric", "between", "process", "slices", "found", "limit"}}
	var gaps notes
	for _, n := range s.Noise {
		if !s.style.All && !slices.Contains(primaries, n.Metric) {
			continue
		}
		mark := ""
		if n.Reason != "" {
			mark = " " + marks([]int{gaps.mark(n.Reason, n.Reason)})
		}
		lines = append(lines, []string{
			"  " + brief(n.Scenario), metricWord(n.Metric) + mark,
			known(n.Between), known(n.Process), known(n.Within), known(n.Resolution), known(n.Limit),
		})
	}
	note := "between: SD over rounds of head/base; process: its part that slices do not explain; slices: SD inside a round; " +
		"found: smallest change of the value found in 4 of 5 gates; limit: smallest that counts."
	return s.section("noise by source, and what it leaves to be seen",
		strings.Join(grid(lines, 2), "\n")+"\n"+wrapped(columns, "  ", note)+gaps.lines(columns))
}

var primaries = []bench.Metric{bench.JSON.Primary(), bench.SSE.Primary()}

// known is a share, or a dash.
func known(v *float64) string {
	if v == nil {
		return missing
	}
	return percent(*v)
}

func (s calibrationSheet) drift() string {
	d := s.Drift
	slope := added(d.PerRound) + " a round"
	if d.CI != nil {
		slope += fmt.Sprintf(" (95 %%: %s to %s)", added(d.CI[0]), added(d.CI[1]))
	}
	text := fmt.Sprintf("%s; SD between rounds %s, correlation from one round to the next %.2f. It is common to base and head and cancels between them; numbers stored elsewhere have all of it.",
		slope, percent(d.SD), d.Autocorrelation)
	return s.section("drift of the level", wrapped(columns, "  ", text))
}

func (s calibrationSheet) doubts() string {
	var n notes
	for _, warning := range s.Warnings {
		n.mark(warning, warning)
	}
	if len(n.texts) == 0 {
		return ""
	}
	return s.section("to be doubted", n.lines(columns))
}

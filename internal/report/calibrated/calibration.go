// Package calibrated makes the document on what a gate finds on one machine.
package calibrated

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Document says how fit a machine is for a gate: what slower code would be found,
// how often unchanged code would fail, and what to set. The statistics behind it are
// details.
func Document(c bench.Calibration) document.Document {
	d := document.Document{
		Tool: strings.TrimSpace(c.Tool.Name + " " + c.Tool.Version), Word: "on this machine",
		Lead:   []string{foundWords(c)},
		Others: foundElsewhere(c),
		Facts: []document.Item{
			{Name: "From", Text: drawnWords(c)},
			{Name: "Machine", Text: fmt.Sprintf("%s, %s", c.Environment.CPUModel, figures.Counted(c.Environment.CPUs, "CPU"))},
		},
		ToDo:     adviceWords(c),
		Sections: []document.Section{foundRates(c), carriedThresholds(c), noise(c), drift(c)},
	}
	if !tooSlow(c) {
		d.Lead = append(d.Lead, alarmWords(c.FalseAlarms))
	}
	for _, w := range c.Warnings {
		d.Alerts = append(d.Alerts, document.Alert{Level: document.Warning, Text: w})
	}
	return d
}

// tooSlow is true when a gate has time for too few process pairs to decide anything.
func tooSlow(c bench.Calibration) bool { return c.Gate.Room != nil && *c.Gate.Room < c.Gate.Needed }

// foundIn is the change that is found in one scenario, or everywhere.
func foundIn(c bench.Calibration, where bench.Where) (bench.Found, bool) {
	for _, f := range c.Found {
		if f.Where == where {
			return f, true
		}
	}
	return bench.Found{}, false
}

// ofWords says what a change is a share of.
func ofWords(of bench.Of) string {
	if of == bench.OfOverhead {
		return "of the overhead"
	}
	return "of the latency"
}

// foundWords is "a change of 15 % of the overhead in one scenario is found in 4 of 5
// gates".
func foundWords(c bench.Calibration) string {
	if tooSlow(c) {
		return fmt.Sprintf("a gate of %s cannot decide: it has time for %s of this gateway, and %d are the fewest that decide",
			figures.Length(c.Gate.Budget), figures.Counted(*c.Gate.Room, "process pair"), c.Gate.Needed)
	}
	one, _ := foundIn(c, bench.OneScenario)
	if one.Change == nil {
		return "no change in one scenario is found in 4 of 5 gates"
	}
	return fmt.Sprintf("a change of %s %s in one scenario is found in 4 of 5 gates", figures.Percent(*one.Change), ofWords(one.Of))
}

func alarmWords(r bench.Rate) string {
	return fmt.Sprintf("false alarms: %d in %s of unchanged code (at most %s, 95 %%)",
		r.Regressions, figures.Counted(r.Gates, "gate"), figures.Percent(r.CI[1]))
}

// foundElsewhere says what is found where there is more noise, and everywhere.
func foundElsewhere(c bench.Calibration) []string {
	var all []string
	one, _ := foundIn(c, bench.OneScenario)
	switch {
	case one.Change != nil && one.WorstChange != nil && *one.WorstChange > *one.Change:
		all = append(all, fmt.Sprintf("That is the scenario with the median noise; in the one with the most, %s, it takes %s",
			plain.Brief(one.Worst), figures.Percent(*one.WorstChange)))
	case one.Change == nil && one.Reason != "":
		all = append(all, one.Reason)
	}
	everywhere, tried := foundIn(c, bench.Everywhere)
	switch {
	case everywhere.Change != nil:
		all = append(all, fmt.Sprintf("In all scenarios at once, %s is enough", figures.Percent(*everywhere.Change)))
	case tried:
		all = append(all, "In all scenarios at once, no change is found either")
	}
	if r := c.FalseAlarms; float64(r.Inconclusive) > inconclusiveShare*float64(r.Gates) {
		all = append(all, fmt.Sprintf("%d of %s of unchanged code end inconclusive", r.Inconclusive, figures.Counted(r.Gates, "gate")))
	}
	return all
}

// inconclusiveShare is the share of gates that may be inconclusive without a word.
const inconclusiveShare = 0.02

// drawnWords says what the gates were made of.
func drawnWords(c bench.Calibration) string {
	text := fmt.Sprintf("%s of one build as base and head, made into whole gates", figures.Counted(c.Pairs, "process pair"))
	if c.Gate.Room != nil {
		text += fmt.Sprintf(" with a time budget of %s; a pair takes %s", figures.Length(c.Gate.Budget), figures.Seconds(c.Gate.PairSeconds))
	}
	if c.Gate.OneStage {
		text += ", so that there is one stage, without fresh rounds"
	}
	return text
}

// adviceWords says what to set.
func adviceWords(c bench.Calibration) string {
	a, threshold := c.Advice, "threshold of "+figures.Percent(c.Policy.Threshold)
	if len(c.Policy.Thresholds) > 0 {
		threshold = "threshold"
	}
	if tooSlow(c) {
		return fmt.Sprintf("Set time-budget to %s, or measure fewer scenarios (suite).", budgetWords(a.Budget))
	}
	if len(a.Noisy) == 0 {
		text := fmt.Sprintf("Leave the settings as they are: twice the %s is found in every scenario.", threshold)
		if a.Threshold != nil {
			text += fmt.Sprintf(" For smaller changes, a threshold of %s works here too.", figures.Percent(*a.Threshold))
		}
		return text
	}
	var ways []string
	if a.Threshold != nil {
		ways = append(ways, fmt.Sprintf("set threshold to %s, or thresholds for these scenarios alone", figures.Percent(*a.Threshold)))
	}
	if a.Budget != nil {
		ways = append(ways, "set time-budget to "+budgetWords(a.Budget))
	}
	if len(ways) == 0 {
		ways = []string{"no threshold up to 100 % and no more time helps: use a quieter machine, or leave these scenarios out (suite)"}
	}
	return fmt.Sprintf("Noise hides changes of twice the %s in %d of %s: %s. %s.",
		threshold, len(a.Noisy), figures.Counted(scenariosIn(c), "scenario"), namedWords(a.Noisy), plain.Capital(strings.Join(ways, "; or ")))
}

func budgetWords(seconds *float64) string {
	if seconds == nil {
		return "a longer time"
	}
	return figures.Length(*seconds)
}

// scenariosIn counts the scenarios that have a gated metric.
func scenariosIn(c bench.Calibration) int {
	seen := make(map[string]bool)
	for _, n := range c.Noise {
		seen[n.Scenario] = true
	}
	return len(seen)
}

// namedWords names a few and counts the rest.
func namedWords(ids []string) string {
	const most = 3
	var all []string
	for _, id := range ids[:min(most, len(ids))] {
		all = append(all, plain.Brief(id))
	}
	text := strings.Join(all, ", ")
	if more := len(ids) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

package export

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
)

// Header are the columns of CSV:
//
//	round        from 1, counted through all stages
//	stage        screen or confirm
//	scenario     such as sse/c10/10KB
//	mode, concurrency, body_bytes  of the scenario, empty when the run does not list it
//	arm          direct, base or head
//	process      of the gateway, from 1; 0 for direct
//	void         why the round does not count; empty for a valid one
//	disturbed    what was wrong with a round that counts
//	metric       such as total_typical; requests for those answered rightly, errors/CLASS for those that failed
//	unit         s, B, 1/s or 1
//	value        in that unit; empty when left_out says why
//	left_out     why there is no value
var Header = []string{
	"round", "stage", "scenario", "mode", "concurrency", "body_bytes", "arm", "process", "void", "disturbed",
	"metric", "unit", "value", "left_out",
}

// CSV writes the rounds of a run in long format, a row for each metric of each
// arm of each scenario of each round, void rounds and missing values included,
// in the order of the run, metrics by name. Its first line names the columns.
// Text that a spreadsheet would take for a formula begins with an apostrophe.
func CSV(w io.Writer, run bench.Run) error {
	out := csv.NewWriter(w) // which keeps its first error
	_ = out.Write(Header)
	cells := make(map[string]bench.Scenario)
	for _, c := range run.Scenarios {
		cells[c.ID] = c.Scenario
	}
	clean := make(map[bench.Metric]string)
	named := func(m bench.Metric) (name, unit string) {
		if clean[m] == "" {
			clean[m] = inCSV(string(m))
		}
		d, _ := m.Describe()
		return clean[m], string(d.Unit)
	}
	for _, r := range run.Rounds {
		place := slices.Grow(placeOf(r, cells), 4) // all rows of a round share it
		row := func(metric, unit, value, left string) { _ = out.Write(append(place, metric, unit, value, left)) }
		row("requests", string(bench.Count), strconv.Itoa(r.Requests), "")
		for _, class := range sorted(r.Errors) {
			row("errors/"+plain.Clean(string(class)), string(bench.Count), strconv.Itoa(r.Errors[class]), "")
		}
		for _, m := range sorted(r.Metrics) {
			name, unit := named(m)
			row(name, unit, strconv.FormatFloat(r.Metrics[m], 'g', -1, 64), "")
		}
		for _, m := range sorted(r.Omitted) {
			name, unit := named(m)
			row(name, unit, "", inCSV(r.Omitted[m]))
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the CSV: %w", err)
	}
	return nil
}

func placeOf(r bench.Round, cells map[string]bench.Scenario) []string {
	mode, concurrency, body := "", "", ""
	if s, ok := cells[r.Scenario]; ok {
		mode, concurrency, body = inCSV(string(s.Mode)), strconv.Itoa(s.Concurrency), strconv.Itoa(s.BodyBytes)
	}
	return []string{
		strconv.Itoa(r.Round), inCSV(string(r.Stage)), inCSV(r.Scenario), mode, concurrency, body,
		inCSV(string(r.Arm)), strconv.Itoa(r.Process), inCSV(r.Void), inCSV(r.Disturbed),
	}
}

// inCSV cleans s, and marks as text what a spreadsheet would take for a formula.
func inCSV(s string) string {
	if s = plain.Clean(s); s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

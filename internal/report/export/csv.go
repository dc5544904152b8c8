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
	var b strings.Builder
	b.WriteString(csvLine(Header...) + "\n")
	cells := make(map[string]bench.Scenario)
	for _, c := range run.Scenarios {
		cells[c.ID] = c.Scenario
	}
	names := make(map[bench.Metric]string) // with the unit, as fields
	for _, r := range run.Rounds {
		place := csvLine(placeOf(r, cells)...) + ","
		row := func(named, value, left string) {
			for _, s := range [...]string{place, named, ",", value, ",", left, "\n"} {
				b.WriteString(s)
			}
		}
		row("requests,1", strconv.Itoa(r.Requests), "")
		for _, class := range sorted(r.Errors) {
			row(csvLine("errors/"+plain.Clean(string(class)), string(bench.Count)), strconv.Itoa(r.Errors[class]), "")
		}
		name := func(m bench.Metric) string {
			if _, known := names[m]; !known {
				d, _ := m.Describe()
				names[m] = csvLine(inCSV(string(m)), string(d.Unit))
			}
			return names[m]
		}
		for _, m := range sorted(r.Metrics) {
			row(name(m), strconv.FormatFloat(r.Metrics[m], 'g', -1, 64), "")
		}
		for _, m := range sorted(r.Omitted) {
			row(name(m), "", csvLine(inCSV(r.Omitted[m])))
		}
	}
	return write(w, "the CSV", b.String())
}

// placeOf are the fields that all rows of a round share.
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

// csvLine quotes fields where that is needed. Most rows repeat the same few, so
// callers quote them once and not in each row.
func csvLine(fields ...string) string {
	if !slices.ContainsFunc(fields, needsQuotes) {
		return strings.Join(fields, ",")
	}
	var b strings.Builder
	line := csv.NewWriter(&b)
	_ = line.Write(fields) // a strings.Builder takes everything
	line.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// needsQuotes is true for every field that the format may want quoted: a
// csv.Writer for each line would cost more than everything else here.
func needsQuotes(field string) bool {
	return strings.ContainsFunc(field, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '/')
	})
}

// inCSV cleans s, and marks as text what a spreadsheet would take for a formula.
func inCSV(s string) string {
	if s = plain.Clean(s); s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func write(w io.Writer, what, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing %s: %w", what, err)
	}
	return nil
}

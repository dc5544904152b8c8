package report_test

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/export"
)

func records(t *testing.T, run bench.Run) [][]string {
	t.Helper()
	text := render(t, func(w io.Writer) error { return export.CSV(w, run) })
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll() // all with as many fields as the first
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(all[0], export.Header) {
		t.Fatalf("the header is %q", all[0])
	}
	return all[1:]
}

// Every value of every round is there once, exactly, and so is why one is not.
func TestCSVHasEverything(t *testing.T) {
	for name, run := range variants() {
		type key struct{ round, scenario, arm, metric string }
		got := make(map[key][]string)
		for _, r := range records(t, run) {
			k := key{r[0], r[2], r[6], r[10]}
			if _, twice := got[k]; twice {
				t.Errorf("%s: %v twice", name, k)
			}
			got[k] = r
		}
		want := 0
		for _, r := range run.Rounds {
			want += 1 + len(r.Errors) + len(r.Metrics) + len(r.Omitted)
			for m, v := range r.Metrics {
				row := got[key{strconv.Itoa(r.Round), r.Scenario, string(r.Arm), string(m)}]
				if row == nil {
					t.Fatalf("%s: no row for %s of %s", name, m, r.Scenario)
				}
				if back, err := strconv.ParseFloat(row[12], 64); err != nil || back != v || row[8] != r.Void {
					t.Errorf("%s: %v is %q, void %q", name, v, row[12], row[8])
				}
			}
			for m, why := range r.Omitted {
				row := got[key{strconv.Itoa(r.Round), r.Scenario, string(r.Arm), string(m)}]
				if row == nil || row[12] != "" || row[13] != why {
					t.Errorf("%s: %s, left out for %q, is %q", name, m, why, row)
				}
			}
		}
		if len(got) != want {
			t.Errorf("%s: %d rows, want %d", name, len(got), want)
		}
	}
}

func TestCSVGolden(t *testing.T) {
	run := variants()["short"]
	run.Rounds = run.Rounds[:4]
	golden(t, "short.csv", render(t, func(w io.Writer) error { return export.CSV(w, run) }))
}

// No text is a formula to a spreadsheet, a field or a line of its own.
func TestNothingHostileIsAFormula(t *testing.T) {
	all := allAttacks()
	all["formula"], all["plus"], all["quote"] = `=HYPERLINK("https://example.com")`, "+1+1", "\"a\",\"b\"\r\n\"c\""
	for name, s := range all {
		for _, r := range records(t, hostile(s)) {
			for i, field := range r {
				if strings.ContainsAny(field, "\r\n\x1b") {
					t.Fatalf("%s: %q", name, field)
				}
				if i != 12 && field != "" && strings.ContainsRune("=+-@", rune(field[0])) {
					t.Fatalf("%s: a formula %q", name, field)
				}
			}
		}
	}
}

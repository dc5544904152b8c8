package simulate

import (
	"fmt"
	"io"
	"strings"
)

// Report writes a table as Markdown, row by row, of some trials for each: what the
// gate makes of each change, and whether that reaches the targets. The same
// arguments give the same table.
func Report(w io.Writer, l Level, changes []Change, seed uint64, trials int) {
	fmt.Fprintf(w, "%s: %d gates a row, threshold 10 %% of overhead = 5 %% of latency; φ̄ of unchanged code is %.1f.\n\n", l.Name, trials, Dispersion(l, seed))
	t := table{w}
	t.heading("head", string(isRegression), string(isNoted), string(isImprovement), string(isInconclusive), "median time")
	var rows []Row
	for _, c := range changes {
		r := newRow(c, Gates(l, c, seed, trials))
		cells := []string{c.Name}
		for _, k := range kinds {
			cells = append(cells, fmt.Sprintf("%.1f %%", r.share(k)))
		}
		t.row(append(cells, r.Median.String())...)
		rows = append(rows, r)
	}
	fmt.Fprintln(w, targets(rows))
}

// targets says for each row that has some what it has reached.
func targets(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		for _, want := range r.Change.targets {
			got, reached := want.got(r)
			word := "reached"
			if !reached {
				word = "**missed**"
			}
			fmt.Fprintf(&b, "- %s, %s: %s, %s\n", r.Change.Name, want.says, word, got)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nTargets:\n\n" + b.String()
}

// ReportOthers writes a table of how often other rules call some scenario slower, on
// the same kind of data.
func ReportOthers(w io.Writer, l Level, changes []Change, seed uint64, trials int) {
	fmt.Fprintf(w, "Other rules, %s: share of %d trials in which some scenario is called slower.\n\n", l.Name, trials)
	names, gate := []string{"rule"}, []string{"this gate, side by side"}
	var others [][]Alarms
	for _, c := range changes {
		if c.contrast() {
			r := newRow(c, Gates(l, c, seed, trials))
			names, gate = append(names, c.Name), append(gate, fmt.Sprintf("%.1f %%", r.share(isRegression)))
			others = append(others, OtherRules(l, c, seed, trials))
		}
	}
	t := table{w}
	t.heading(names...)
	for k, r := range rules() {
		cells := []string{r.name}
		for _, of := range others {
			cells = append(cells, fmt.Sprintf("%.1f %%", 100*float64(of[k].Trials)/float64(trials)))
		}
		t.row(cells...)
	}
	t.row(gate...)
	fmt.Fprintln(w)
}

// table writes Markdown.
type table struct{ w io.Writer }

func (t table) row(cells ...string) { fmt.Fprintf(t.w, "| %s |\n", strings.Join(cells, " | ")) }

func (t table) heading(cells ...string) {
	t.row(cells...)
	fmt.Fprintf(t.w, "|---|%s\n", strings.Repeat("--:|", len(cells)-1))
}

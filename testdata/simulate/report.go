package simulate

import (
	"fmt"
	"strings"
)

// Report is tables as Markdown, of some trials for each row: what the gate makes of
// each change, and whether that reaches the targets. The same arguments give the
// same tables.
func Report(l Level, changes []Change, seed uint64, trials int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d gates a row, threshold 10 %% of overhead = 5 %% of latency; φ̄ of unchanged code is %.1f.\n\n", l.Name, trials, Dispersion(l, seed))
	t := table{b: &b}
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
	b.WriteString(targets(rows))
	return b.String()
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

// ReportOthers is a table of how often other rules call some scenario slower, on
// the same kind of data.
func ReportOthers(l Level, changes []Change, seed uint64, trials int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Other rules, %s: share of %d trials in which some scenario is called slower.\n\n", l.Name, trials)
	names, gate := []string{"rule"}, []string{"this gate, side by side"}
	var others [][]Alarms
	for _, c := range changes {
		if c.contrast() {
			r := newRow(c, Gates(l, c, seed, trials))
			names, gate = append(names, c.Name), append(gate, fmt.Sprintf("%.1f %%", r.share(isRegression)))
			others = append(others, OtherRules(l, c, seed, trials))
		}
	}
	t := table{b: &b}
	t.heading(names...)
	for k, r := range rules() {
		cells := []string{r.name}
		for _, of := range others {
			cells = append(cells, fmt.Sprintf("%.1f %%", 100*float64(of[k].Trials)/float64(trials)))
		}
		t.row(cells...)
	}
	t.row(gate...)
	return b.String()
}

// table writes Markdown.
type table struct{ b *strings.Builder }

func (t table) row(cells ...string) { fmt.Fprintf(t.b, "| %s |\n", strings.Join(cells, " | ")) }

func (t table) heading(cells ...string) {
	t.row(cells...)
	fmt.Fprintf(t.b, "|---|%s\n", strings.Repeat("--:|", len(cells)-1))
}

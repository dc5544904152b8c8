package simulate

import (
	"fmt"
	"io"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Options of the tables.
type Options struct {
	Trials int // of each cell
	Seed   uint64
	Levels []Level
	// Changes are the rows of the first table; the second has unchanged code
	// and those of a tenth in one scenario and a twentieth and a fifth
	// everywhere.
	Changes []Change
}

// Report writes two tables as Markdown: how often the gate calls each change a
// regression, and how often other rules do on the same kind of data. The same
// options give the same tables.
func Report(w io.Writer, o Options) error {
	if err := o.gates(w); err != nil {
		return fmt.Errorf("table of the gate: %w", err)
	}
	if err := o.others(w); err != nil {
		return fmt.Errorf("table of other rules: %w", err)
	}
	return nil
}

func (o Options) gates(w io.Writer) error {
	_, err := fmt.Fprintf(w, "Share of %d gates called a regression (inconclusive in brackets), threshold 10 %% of overhead = 5 %% of latency, 24 scenarios, %s. The last row is the mean time of the first one.\n\n%s",
		o.Trials, "15 rounds and up to 40 fresh ones", o.head("head"))
	if err != nil {
		return err
	}
	times := make([]float64, len(o.Levels))
	for i, c := range o.Changes {
		cells := make([]string, len(o.Levels))
		for k, l := range o.Levels {
			rate, seconds := Many(bench.DefaultPolicy(), l, c, o.Seed, o.Trials)
			cells[k] = o.share(rate.Regressions)
			if rate.Inconclusive > 0 {
				cells[k] += fmt.Sprintf(" (%s)", o.share(rate.Inconclusive))
			}
			if i == 0 {
				times[k] = seconds
			}
		}
		if err := row(w, c.Name, cells); err != nil {
			return err
		}
	}
	cells := make([]string, len(times))
	for k, t := range times {
		cells[k] = fmt.Sprintf("%.0f s", t)
	}
	return row(w, "time of the first", cells)
}

func (o Options) others(w io.Writer) error {
	for _, l := range o.Levels {
		shown := contrasts(o.Changes)
		names := make([]string, len(shown))
		counts := make([][]int, len(shown))
		for i, c := range shown {
			names[i], counts[i] = c.Name, alarms(rules(), l, c, o.Seed, o.Trials)
		}
		if _, err := fmt.Fprintf(w, "\nOther rules, %s: share of %d trials in which some scenario is called slower.\n\n%s", l.Name, o.Trials, header("rule", names)); err != nil {
			return err
		}
		for k, r := range rules() {
			cells := make([]string, len(shown))
			for i := range shown {
				cells[i] = o.share(counts[i][k])
			}
			if err := row(w, r.name, cells); err != nil {
				return err
			}
		}
		cells := make([]string, len(shown))
		for i, c := range shown {
			rate, _ := Many(bench.DefaultPolicy(), l, c, o.Seed, o.Trials)
			cells[i] = o.share(rate.Regressions)
		}
		if err := row(w, "this gate, side by side in two stages", cells); err != nil {
			return err
		}
	}
	return nil
}

// contrasts are the changes that tell rules apart.
func contrasts(changes []Change) []Change {
	var all []Change
	for _, c := range changes {
		switch {
		case c.OfOverhead, c.Jitter > 0:
			continue
		case c.Where == Nowhere, c.Where == OneScenario && c.Share == 0.10, c.Where == Everywhere && c.Share != 0.10:
			all = append(all, c)
		}
	}
	return all
}

func (o Options) share(n int) string {
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(max(1, o.Trials)))
}

func (o Options) head(first string) string {
	names := make([]string, len(o.Levels))
	for i, l := range o.Levels {
		names[i] = l.Name
	}
	return header(first, names)
}

func header(first string, names []string) string {
	return fmt.Sprintf("| %s | %s |\n|---|%s\n", first, strings.Join(names, " | "), strings.Repeat("---|", len(names)))
}

func row(w io.Writer, first string, cells []string) error {
	_, err := fmt.Fprintf(w, "| %s | %s |\n", first, strings.Join(cells, " | "))
	return err
}

package report_test

import (
	"fmt"
	"html"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// generated are gates of gateways that changed by chance: each scenario by a factor of
// its own, in rounds that drift by more than that.
func generated(seed uint64) decided {
	rng := rand.New(rand.NewPCG(seed, 77))
	factors := make(map[string]float64)
	for _, s := range small() {
		factors[s.ID()] = math.Exp([]float64{0, 0.05, 0.3}[rng.IntN(3)] * rng.NormFloat64())
	}
	d := gate(small(), func(r *bench.Round) {
		times(factors[r.Scenario])(r)
	})
	drift := make(map[int]float64)
	each(&d.run, func(bench.Round) bool { return true }, func(r *bench.Round) {
		if _, known := drift[r.Round]; !known {
			drift[r.Round] = math.Exp(0.4 * rng.NormFloat64())
		}
		metrics := make(map[bench.Metric]float64)
		for m, v := range r.Metrics {
			if m.IsClock() {
				v *= drift[r.Round]
			}
			metrics[m] = v
		}
		r.Metrics = metrics
	})
	// Rounds that one of them has no value in must not part the columns from the change.
	each(&d.run, func(r bench.Round) bool { return r.Arm == bench.Head && rng.IntN(10) == 0 }, func(r *bench.Round) {
		delete(r.Metrics, bench.LatencyTypical)
	})
	d.Verdict = decide(policy, d.run)
	return d
}

// inInterval is true when a change lies in its interval.
func inInterval(v *float64, ci *bench.Interval) bool {
	return v == nil || ci == nil || ci[0]-1e-12 <= *v && *v <= ci[1]+1e-12
}

// TestRowsAgree: base, head, change, interval and outcome of every comparison say the
// same, and every table and headline says what the comparison does.
func TestRowsAgree(t *testing.T) {
	for seed := range uint64(12) {
		agrees(t, fmt.Sprintf("seed %d", seed), generated(seed))
	}
	for _, factor := range []float64{0.7, 0.95, 1, 1.1, 1.6} {
		agrees(t, fmt.Sprintf("stored numbers, times %v", factor), fromStored(times(factor, "sse/c1/10KB", "json/c10/10KB")))
	}
}

func agrees(t *testing.T, name string, d decided) {
	t.Helper()
	for _, c := range d.Comparisons {
		if c.Change == nil || c.Base == nil || c.Head == nil {
			continue
		}
		if *c.Change*(*c.Head-*c.Base) < 0 || *c.Change**c.Shift < 0 {
			t.Errorf("%s: %s %s: %v to %v is a change of %v", name, c.Scenario, c.Metric, *c.Base, *c.Head, *c.Change)
		}
		if !inInterval(c.Change, c.CI) || !inInterval(c.Shift, c.ShiftCI) {
			t.Errorf("%s: %s %s: the change %v is outside of %v", name, c.Scenario, c.Metric, *c.Change, *c.CI)
		}
		if c.Outcome == bench.Regression && !(*c.Change > 0) || c.Outcome == bench.Improvement && !(*c.Change < 0) {
			t.Errorf("%s: %s %s: %v is a %s", name, c.Scenario, c.Metric, *c.Change, c.Outcome)
		}
	}
	r := report.Report{Run: d.run, Verdict: d.Verdict, Context: atGitHub()}
	doc := report.Build(r)
	if doc.Outcome != d.Outcome || !strings.Contains(strings.ReplaceAll(string(d.Outcome), "-", " "), doc.Word) {
		t.Errorf("%s: the headline says %s of a %s", name, doc.Word, d.Outcome)
	}
	for _, table := range everyTable(doc.Sections) {
		sayTheSame(t, table, d.Comparisons)
	}
	inEveryRenderer(t, r, doc)
}

// everyTable are the tables of all sections.
func everyTable(all []document.Section) []document.Table {
	var tables []document.Table
	for _, s := range all {
		tables = slices.Concat(tables, tablesOf(s), everyTable(s.Sections))
	}
	return tables
}

// sayTheSame compares the figures of each row with one another: whatever is about
// base and head rises or falls in all columns.
func sayTheSame(t *testing.T, table document.Table, all []bench.Comparison) {
	t.Helper()
	place := func(titles ...string) int {
		return slices.IndexFunc(table.Columns, func(c document.Column) bool { return slices.Contains(titles, c.Title) })
	}
	value := func(r document.Row, at int) *float64 {
		if at < 0 {
			return nil
		}
		return r.Cells[at].Value
	}
	base, head := place("base", "base overhead", "base requests"), place("head", "head overhead", "head requests")
	change, ratio := place("change"), place("ratio")
	for _, r := range table.Rows {
		from, to := value(r, base), value(r, head)
		if from == nil || to == nil {
			continue
		}
		if v := value(r, change); v != nil && *v*(*to-*from) < 0 {
			t.Errorf("%s, %s: %v to %v is a change of %v", table.Caption, r.Cells[0].Text, *from, *to, *v)
		}
		if v := value(r, ratio); v != nil && (*v-1)*(*to-*from) < -1e-15 {
			t.Errorf("%s, %s: %v to %v is a ratio of %v", table.Caption, r.Cells[0].Text, *from, *to, *v)
		}
		for _, c := range all {
			if d, _ := c.Metric.Describe(); c.Change != nil && strings.HasPrefix(table.Caption, c.Scenario+":") && r.Cells[0].Text == d.Text && *c.Change*(*to-*from) < 0 {
				t.Errorf("%s, %s: %v to %v, compared as %v", table.Caption, r.Cells[0].Text, *from, *to, *c.Change)
			}
		}
	}
}

var tags = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`)

// inEveryRenderer finds the outcome and the rows of what changed in each of them.
func inEveryRenderer(t *testing.T, r report.Report, doc document.Document) {
	t.Helper()
	for _, name := range []string{"text", "all", "comment", "summary", "html"} {
		text := render(t, func(w io.Writer) error { return formats[name](w, report.Once(r)) })
		if name == "html" {
			text = html.UnescapeString(tags.ReplaceAllString(text, " "))
		}
		text = strings.Join(strings.Fields(strings.NewReplacer("|", " ", `\`, "", "*", "", "**", "").Replace(text)), " ")
		if !strings.Contains(strings.ToLower(text), strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(doc.Lead[0], "*", "")), " "))) {
			t.Errorf("%s does not say %q", name, doc.Lead[0])
		}
		for _, s := range doc.Sections {
			if s.ID != "changes" {
				continue
			}
			for _, table := range tablesOf(s) {
				for i, row := range table.Rows {
					if table.Most > 0 && i >= table.Most {
						break
					}
					c := row.Cells // scenario, metric, base, head, unit, change
					want := fmt.Sprintf("%s %s %s %s", c[2].Text, c[3].Text, c[4].Text, strings.ReplaceAll(c[5].Text, "*", ""))
					if name == "html" { // each figure has its unit
						want = fmt.Sprintf("%s %s %s %s %s %%", c[2].Text, c[4].Text, c[3].Text, c[4].Text, strings.ReplaceAll(c[5].Text, "*", ""))
					}
					if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
						t.Errorf("%s has no row with %q", name, want)
					}
				}
			}
		}
	}
}

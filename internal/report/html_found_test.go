//go:build browser

package report_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
)

// tallied counts the rounds that each arm of a scenario has a value in.
func tallied(run bench.Run, scenario string, m bench.Metric) (arms map[bench.Arm]int, pairs int) {
	arms = make(map[bench.Arm]int)
	seen := make(map[int]int)
	for _, r := range run.Rounds {
		if _, ok := r.Metrics[m]; !ok || r.Scenario != scenario || r.Void != "" {
			continue
		}
		arms[r.Arm]++
		if r.Arm != bench.Direct {
			if seen[r.Round]++; seen[r.Round] == 2 {
				pairs++
			}
		}
	}
	return arms, pairs
}

// checkCharts counts the marks of each chart against the run itself.
func checkCharts(t *testing.T, r report.Report, f found) {
	kinds := make(map[string]int)
	for _, figure := range f.Figures {
		if figure.Part != "causes" { // which has one of them again
			kinds[figure.Kind]++
		}
		if figure.Label == "" {
			t.Errorf("%s %s has no words", figure.Kind, figure.Title)
		}
	}
	if len(r.Run.Rounds) == 0 {
		if len(f.Figures) > 0 {
			t.Errorf("charts of nothing: %v", kinds)
		}
		return
	}
	curves := slices.ContainsFunc(r.Run.Rounds, func(r bench.Round) bool { return len(r.Distribution) > 0 })
	taken := make(map[string]int)
	next := func(kind, scenario string) drawn {
		n := 0
		for _, figure := range f.Figures {
			if figure.Kind == kind && figure.Scenario == scenario && figure.Part == "scenarios" {
				if n == taken[kind+scenario] {
					taken[kind+scenario]++
					return figure
				}
				n++
			}
		}
		t.Fatalf("%s has no chart of %s", scenario, kind)
		return drawn{}
	}
	expect := func(d drawn, class string, want int) {
		if d.Marks[class] != want {
			t.Errorf("%s, %s, %s: %d marks %q, want %d", d.Scenario, d.Kind, d.Title, d.Marks[class], class, want)
		}
	}
	for _, row := range r.Run.Scenarios {
		for _, m := range judged(row.Mode) {
			arms, pairs := tallied(r.Run, row.Scenario.ID(), m)
			if curves {
				d := next("ecdf", plain.Clean(row.Scenario.ID()))
				for arm := range arms {
					expect(d, "m l "+string(arm)[:1], 1)
				}
			}
			d := next("rounds", plain.Clean(row.Scenario.ID()))
			expect(d, "m p", pairs)
			for _, arm := range []bench.Arm{bench.Base, bench.Head} {
				expect(d, "m o "+string(arm)[:1], arms[arm])
			}
		}
		if row.Mode == bench.SSE {
			d := next("timeline", plain.Clean(row.Scenario.ID()))
			n := len(r.Run.Plan.Arms)
			expect(d, "m bar t1", n)
			expect(d, "m bar t2", n)
			expect(d, "m bar t3", n)
			expect(d, "m tick", n)
		}
	}
	checkCounts(t, r, kinds)
	checkHistory(t, r, f)
}

// checkCounts is how many charts there are over all scenarios.
func checkCounts(t *testing.T, r report.Report, kinds map[string]int) {
	concurrency, body := make(map[string]int), make(map[string]int)
	for _, c := range r.Run.Scenarios {
		concurrency[fmt.Sprint(c.Mode, c.BodyBytes)]++
		body[fmt.Sprint(c.Mode, c.Concurrency)]++
	}
	several := func(groups map[string]int) (n int) {
		for _, members := range groups {
			if members > 1 {
				n++
			}
		}
		return n
	}
	want := map[string]int{"concurrency": several(concurrency), "body": several(body), "cpu": 1, "memory": 1}
	for kind, n := range want {
		if kinds[kind] != n {
			t.Errorf("%d charts %s, want %d", kinds[kind], kind, n)
		}
	}
}

func checkHistory(t *testing.T, r report.Report, f found) {
	if len(r.Context.History) < 2 {
		return
	}
	dots, steps := 0, 0
	for _, figure := range f.Figures {
		if figure.Kind == "history" {
			dots += figure.Marks["m o h"]
			steps += figure.Marks["m stage"]
		}
	}
	want := 0
	for _, p := range r.Context.History {
		for scenario, metrics := range p.Overhead {
			if slices.ContainsFunc(r.Run.Scenarios, func(c bench.Cell) bool { return c.Scenario.ID() == scenario }) {
				want += len(metrics)
			}
		}
	}
	if dots != want || steps != len(r.Context.ChangePoints) {
		t.Errorf("history: %d dots, %d steps; want %d, %d", dots, steps, want, len(r.Context.ChangePoints))
	}
}

func checkFilter(t *testing.T, r report.Report, f found) {
	if f.Filtered == nil {
		t.Fatal("there is no filter")
	}
	v := *f.Filtered
	all := len(r.Run.Scenarios)
	if len(v.Before.Panels) != all || len(v.Again.Panels) != all || len(v.Again.Rows) != len(v.Before.Rows) {
		t.Errorf("%d panels, after a filter and back %d, want %d; %d rows, then %d", len(v.Before.Panels), len(v.Again.Panels), all, len(v.Before.Rows), len(v.Again.Rows))
	}
	if v.Chosen != "json" || len(v.After.Panels) != all/2 || v.After.Said != fmt.Sprintf("%d of %d scenarios", all/2, all) {
		t.Errorf("%q is chosen: %d panels, %s", v.Chosen, len(v.After.Panels), v.After.Said)
	}
	for _, scenario := range slices.Concat(v.After.Panels, v.After.Rows) {
		if !strings.HasPrefix(scenario, "json/") {
			t.Errorf("json is asked for, and %s is shown", scenario)
		}
	}
	metrics := make(map[bench.Metric]bool)
	for _, c := range r.Verdict.Comparisons {
		metrics[c.Metric] = true
	}
	if len(v.All.Metrics) != len(metrics) || len(metrics) > 0 && len(v.Before.Metrics) != 1 {
		t.Errorf("%d metrics are shown, then all: %d, want 1 and %d", len(v.Before.Metrics), len(v.All.Metrics), len(metrics))
	}
	if f.Unscripted.Matrices != len(metrics) {
		t.Errorf("without scripts %d matrices, want %d", f.Unscripted.Matrices, len(metrics))
	}
}

func checkSorting(t *testing.T, r report.Report, f found) {
	if len(r.Verdict.Comparisons) == 0 {
		return
	}
	change := f.Sorted["change"]
	if len(f.Sorted) < 8 || len(change) != 2 {
		t.Fatalf("columns that sort: %v", slices.Sorted(maps.Keys(f.Sorted)))
	}
	for i, direction := range []string{"descending", "ascending"} {
		if change[i].Sort != direction || change[i].Others != 0 {
			t.Errorf("press %d: aria-sort %q, and %d others", i+1, change[i].Sort, change[i].Others)
		}
		var values []float64
		for _, text := range change[i].Values {
			v, err := strconv.ParseFloat(strings.TrimRight(text, " %*"), 64)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, v)
		}
		if i == 0 {
			slices.Reverse(values)
		}
		if !slices.IsSorted(values) || len(values) == 0 {
			t.Errorf("%s: %v", direction, change[i].Values)
		}
	}
	order := make(map[string]int)
	for i, c := range r.Run.Scenarios {
		order[c.ID] = i
	}
	if by := f.Sorted["scenario"][0]; by.Sort != "ascending" || len(by.Values) != len(change[0].Values) ||
		!slices.IsSortedFunc(by.Values, func(a, b string) int { return order[a] - order[b] }) {
		t.Errorf("by scenario, %s: %v", by.Sort, by.Values)
	}
}

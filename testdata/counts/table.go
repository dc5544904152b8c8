package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/testdata/series"
)

// printTable prints the record as a Markdown table, a line for each row.
func printTable(file string) error {
	all, err := series.Read[stage](file)
	if err != nil {
		return err
	}
	fmt.Println("| row | stages | busy | found | suspect | cells | largest difference | 99 % within | median change | seconds, median and most |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|--:|---|--:|")
	for _, r := range rows {
		own := slices.DeleteFunc(slices.Clone(all), func(s stage) bool { return s.Row != r.name })
		if len(own) > 0 {
			fmt.Println(r.line(own))
		}
	}
	return nil
}

// crowded is the load from which a machine of two cores is busy with something else: the
// two gateways of a stage and their clients make the rest.
const crowded = 4

func (r row) line(all []stage) string {
	var busy, found, suspect int
	var seconds, differences []float64
	byCell := map[string][]float64{}
	for _, s := range all {
		seconds = append(seconds, s.Seconds)
		if s.Load > crowded {
			busy++
		}
		if r.finds != "" && slices.ContainsFunc(s.Said, r.found) {
			found++
		}
		if len(s.Suspects) > 0 {
			suspect++
		}
		for _, c := range s.Cells {
			differences = append(differences, math.Abs(c.Grew))
			byCell[c.Scenario] = append(byCell[c.Scenario], c.Grew)
		}
	}
	slices.Sort(seconds)
	slices.Sort(differences)
	text := "–"
	if r.finds != "" {
		text = fmt.Sprint(found)
	}
	largest, most := "–", "–"
	if n := len(differences); n > 0 {
		largest, most = figures.Percent(differences[n-1]), figures.Percent(differences[int(math.Ceil(0.99*float64(n)))-1])
	}
	return fmt.Sprintf("| %s | %d | %d | %s | %d | %d | %s | %s | %s | %.0f, %.0f |",
		r.name, len(all), busy, text, suspect, len(differences), largest, most, changes(byCell), seconds[len(seconds)/2], seconds[len(seconds)-1])
}

// found is whether what a stage says is what the row is to find.
func (r row) found(c said) bool {
	return c.What == r.finds && c.Head > c.Base &&
		(r.in == "" || slices.ContainsFunc(c.In, func(name string) bool { return strings.Contains(name, r.in) }))
}

// changes are the medians by scenario, where something was to be found.
func changes(byCell map[string][]float64) string {
	var parts []string
	for id, all := range byCell {
		slices.Sort(all)
		parts = append(parts, fmt.Sprintf("%s %s", strings.Replace(id, "/c1/", " ", 1), figures.Added(all[len(all)/2])))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/work"
)

// A place is where gateways were counted, some times each: a machine, an image, a
// setting. What proxy-bench count leaves with --out is to be in DIR/PLACE/GATEWAY/N.

// counted are the instructions of a request by scenario, one figure for each process.
type counted map[string][]float64

// place is what was counted in one.
type place struct {
	name     string
	gateways map[string]counted
	counting *bench.Counting
}

// printPlaces prints what requests cost in all places as a Markdown table: thousand
// instructions in the first place by name, the differences to it in the others. In a
// cell stand the scenarios in the order of their names.
func printPlaces(dir string) error {
	names, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var all []place
	for _, name := range names {
		p, err := placeOf(filepath.Join(dir, name.Name()))
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	if len(all) == 0 || len(all[0].gateways) == 0 {
		return fmt.Errorf("%s: no PLACE/GATEWAY/N in it", dir)
	}
	gateways := slices.Sorted(maps.Keys(all[0].gateways))
	fmt.Printf("| place | as the first | %s |\n|---|---|%s\n", strings.Join(gateways, " | "), strings.Repeat("---|", len(gateways)))
	apart := make([]string, len(gateways))
	for i, g := range gateways {
		apart[i] = figures.Percent(mostApart(all, g))
	}
	for _, p := range all {
		var cells []string
		for _, g := range gateways {
			cells = append(cells, p.gateways[g].beside(all[0].gateways[g], p.name == all[0].name))
		}
		alike := map[bool]string{true: "yes", false: "no"}[p.alike(all[0])]
		fmt.Printf("| %s | %s | %s |\n", p.name, alike, strings.Join(cells, " | "))
	}
	fmt.Printf("| most that runs of one place differ | | %s |\n", strings.Join(apart, " | "))
	return nil
}

func placeOf(dir string) (place, error) {
	p := place{name: filepath.Base(dir), gateways: map[string]counted{}}
	runs, err := filepath.Glob(filepath.Join(dir, "*", "*", record.RunFile))
	if err != nil {
		return p, err
	}
	for _, path := range runs {
		run, _, err := record.ReadDirectory(filepath.Dir(path), new(any))
		if err != nil {
			return p, fmt.Errorf("%s: %w", path, err)
		}
		p.counting = run.Counting
		gateway := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if p.gateways[gateway] == nil {
			p.gateways[gateway] = counted{}
		}
		for _, w := range run.Work {
			if median, _, ok := work.Middle(w.Instructions); ok {
				p.gateways[gateway][w.Scenario] = append(p.gateways[gateway][w.Scenario], median)
			}
		}
	}
	return p, nil
}

// alike says whether a gate would set counts of the two places beside each other.
func (p place) alike(other place) bool {
	one := []bench.Work{{Arm: bench.Head}}
	return len(work.Beside(bench.Run{Counting: p.counting, Work: one}, bench.Run{Counting: other.counting, Work: one})) > 0
}

// beside are the figures of the first place, or their differences to those of first.
func (c counted) beside(first counted, itself bool) string {
	var cells []string
	for _, id := range slices.Sorted(maps.Keys(first)) {
		median, err := stats.Median(c[id])
		before, _ := stats.Median(first[id])
		switch {
		case err != nil:
			cells = append(cells, "–")
		case itself:
			cells = append(cells, figures.Digits(median/1000))
		default:
			cells = append(cells, figures.Change(median/before-1))
		}
	}
	text := strings.Join(cells, ", ")
	if !itself {
		text += " %"
	}
	return text
}

// mostApart is the largest difference of two runs of a gateway in one place, a share.
func mostApart(all []place, gateway string) (most float64) {
	for _, p := range all {
		for _, figures := range p.gateways[gateway] {
			most = max(most, slices.Max(figures)/slices.Min(figures)-1)
		}
	}
	return most
}

// Command counts makes the record of counting stages: each counts a gateway beside itself,
// or beside one in which something has changed, and leaves one line of JSON. A stage that
// was cut leaves none, so that a stopped run is resumed by the same command:
//
//	go run ./testdata/counts FILE ROW=COUNT...
//	go run ./testdata/counts table FILE
//	go run ./testdata/counts places DIR
//
// The rows take turns. It runs in the root of the repository and installs the gateways
// that it counts; other work on the machine changes nothing.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/work"
	"github.com/org/proxy-bench-action/testdata/series"
)

func main() {
	err := errors.New("usage: counts FILE ROW=COUNT... | counts table FILE | counts places DIR")
	switch {
	case len(os.Args) == 3 && os.Args[1] == "table":
		err = printTable(os.Args[2])
	case len(os.Args) == 3 && os.Args[1] == "places":
		err = printPlaces(os.Args[2])
	case len(os.Args) > 2:
		err = makeAll(os.Args[1], os.Args[2:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "counts:", err)
		os.Exit(1)
	}
}

// stage is one line of the record.
type stage struct {
	Row     string  `json:"row"`
	Seconds float64 `json:"seconds"` // with the starts; gateways are built before
	Load    float64 `json:"load"`    // tasks that ran or wanted to, the mean of a minute, at the end
	Cells   []cell  `json:"cells"`   // whose instructions were counted
	Said    []said  `json:"said"`
	// Suspects are the scenarios that a gate would count once more, to decide.
	Suspects []string `json:"suspects"`
	// Uncounted says why there is nothing.
	Uncounted string `json:"uncounted,omitempty"`
}

// texts are what the stage says.
func (s stage) texts() (all []string) {
	for _, c := range s.Said {
		all = append(all, c.Scenario+": "+c.Text)
	}
	return all
}

// cell is by which share the instructions of a request differ in a scenario.
type cell struct {
	Scenario string  `json:"scenario"`
	Grew     float64 `json:"grew"`
}

// said is what the stage says has changed.
type said struct {
	Scenario string        `json:"scenario"`
	What     string        `json:"what"`
	Base     float64       `json:"base"`
	Head     float64       `json:"head"`
	Outcome  bench.Outcome `json:"outcome"`
	Text     string        `json:"text"`
	In       []string      `json:"in,omitempty"` // the functions that grew, with their modules
}

func makeAll(file string, wanted []string) error {
	want, err := series.Wanted(wanted, names())
	if err != nil {
		return err
	}
	before, err := series.Read[stage](file)
	if err != nil {
		return err
	}
	done := map[string]int{} // a row is made in order
	for _, s := range before {
		done[s.Row]++
	}
	dir, err := os.MkdirTemp("", "counts-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "proxy-bench")
	if err := run("go", "build", "-o", program, "./cmd/proxy-bench"); err != nil {
		return err
	}
	return series.Turns(names(), want, func(row string, n int) bool { return n <= done[row] }, func(row string, n int) error {
		s, err := named(row).stage(program, dir, n-1)
		if err != nil {
			return err
		}
		fmt.Printf("%s %d of %d: %.0f s, load %.1f, %v %s\n", row, n, want[row], s.Seconds, s.Load, s.texts(), s.Uncounted)
		return series.Append(file, s)
	})
}

// stage counts once, in the time that a gate of four minutes has for it.
func (r row) stage(program, dir string, turn int) (stage, error) {
	base, head, err := r.configs(dir, turn)
	if err != nil {
		return stage{}, err
	}
	out := filepath.Join(dir, "out")
	if err := os.RemoveAll(out); err != nil {
		return stage{}, err
	}
	args := []string{"count", "--config", head, "--base-config", base, "--within", "40s", "--body", "100B,100KB", "--out", out}
	if r.modes != "" {
		args = append(args, "--modes", r.modes)
	}
	ran := quiet(program, args...)
	saved, _, err := record.ReadDirectory(out, new(any))
	if err != nil {
		return stage{}, fmt.Errorf("%s: %w (%v)", r.name, err, ran)
	}
	s := stage{Row: r.name, Seconds: saved.Elapsed, Load: series.Load(), Cells: cellsOf(saved.Work), Said: []said{}}
	if saved.Counting != nil {
		s.Uncounted = saved.Counting.Uncounted
	}
	s.Suspects = suspectsOf(saved.Work)
	for _, c := range work.Compare(saved.Work, bench.DefaultWork) {
		of := said{c.Scenario, c.What, c.Base, c.Head, c.Outcome, c.Text, nil}
		for _, f := range c.Functions {
			of.In = append(of.In, f.Name+" of "+f.Module)
		}
		s.Said = append(s.Said, of)
	}
	return s, nil
}

// firstPair is what the first processes cost, which are those of all cells.
func firstPair(all []bench.Work) []bench.Work {
	return slices.DeleteFunc(slices.Clone(all), func(w bench.Work) bool { return w.Process != 1 })
}

// suspectsOf are the scenarios that were a regression, did other processes say the same.
func suspectsOf(all []bench.Work) (scenarios []string) {
	twice := firstPair(all)
	for _, w := range twice {
		w.Process = 2
		twice = append(twice, w)
	}
	for _, c := range work.Compare(twice, bench.DefaultWork) {
		if c.Outcome == bench.Regression && !slices.Contains(scenarios, c.Scenario) {
			scenarios = append(scenarios, c.Scenario)
		}
	}
	return scenarios
}

// cellsOf compares the medians of the first process pair's batches.
func cellsOf(all []bench.Work) []cell {
	all = firstPair(all)
	base := map[string]float64{}
	cells := []cell{}
	for _, w := range all {
		if median, _, ok := work.Middle(w.Instructions); ok && w.Arm == bench.Base {
			base[w.Scenario] = median
		}
	}
	for _, w := range all {
		if median, _, ok := work.Middle(w.Instructions); ok && w.Arm == bench.Head && base[w.Scenario] > 0 {
			cells = append(cells, cell{w.Scenario, median/base[w.Scenario] - 1})
		}
	}
	return cells
}

func run(name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return c.Run()
}

func quiet(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// Command counts makes the record of counting stages: each counts a gateway beside itself,
// or beside one in which something has changed, and leaves one line of JSON. A stage that
// was cut leaves none, so that a stopped run is resumed by the same command:
//
//	go run ./testdata/counts FILE ROW=COUNT...
//	go run ./testdata/counts table FILE
//
// The rows take turns. It runs in the root of the repository and installs the gateways
// that it counts; other work on the machine changes nothing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/work"
)

func main() {
	err := errors.New("usage: counts FILE ROW=COUNT... | counts table FILE")
	switch {
	case len(os.Args) == 3 && os.Args[1] == "table":
		err = printTable(os.Args[2])
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

// cell is by which share the instructions of a request differ in a scenario.
type cell struct {
	Scenario string  `json:"scenario"`
	Grew     float64 `json:"grew"`
}

// said is what the stage says has changed.
type said struct {
	Scenario string        `json:"scenario"`
	What     string        `json:"what"`
	Outcome  bench.Outcome `json:"outcome"`
	Text     string        `json:"text"`
}

func makeAll(file string, wanted []string) error {
	want, err := parse(wanted)
	if err != nil {
		return err
	}
	done, err := read(file)
	if err != nil {
		return err
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
	for turn := range slices.Max(append([]int{0}, values(want)...)) {
		for _, r := range rows {
			if turn >= want[r.name] || slices.ContainsFunc(done[r.name], func(n int) bool { return n == turn }) {
				continue
			}
			s, err := r.stage(program, dir, turn)
			if err != nil {
				return err
			}
			if err := appendLine(file, s); err != nil {
				return err
			}
			fmt.Printf("%s %d of %d: %.0f s, load %.1f, %v %s\n", r.name, turn+1, want[r.name], s.Seconds, s.Load, s.Said, s.Uncounted)
		}
	}
	return nil
}

// parse reads ROW=COUNT.
func parse(wanted []string) (map[string]int, error) {
	want := map[string]int{}
	for _, w := range wanted {
		name, text, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(text)
		if err != nil || !slices.ContainsFunc(rows, func(r row) bool { return r.name == name }) {
			return nil, fmt.Errorf("%s: want ROW=COUNT with a row of: %s", w, strings.Join(names(), ", "))
		}
		want[name] = n
	}
	return want, nil
}

// read is the numbers of the stages that a file has, by row: a row is made in order.
func read(file string) (map[string][]int, error) {
	all, err := stages(file)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string][]int{}, nil
	}
	done := map[string][]int{}
	for _, s := range all {
		done[s.Row] = append(done[s.Row], len(done[s.Row]))
	}
	return done, err
}

func stages(file string) (all []stage, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for d := json.NewDecoder(f); d.More(); {
		var s stage
		if err := d.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, s)
	}
	return all, nil
}

func appendLine(file string, s stage) error {
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
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
	s := stage{Row: r.name, Seconds: saved.Elapsed, Load: load(), Cells: cellsOf(saved.Work), Said: []said{}}
	if saved.Counting != nil {
		s.Uncounted = saved.Counting.Uncounted
	}
	s.Suspects = work.Suspects(saved.Work, bench.DefaultWork)
	for _, c := range work.Compare(saved.Work, bench.DefaultWork) {
		s.Said = append(s.Said, said{c.Scenario, c.What, c.Outcome, c.Text})
	}
	return s, nil
}

// cellsOf compares the medians of the first process pair's batches.
func cellsOf(all []bench.Work) []cell {
	base := map[string]float64{}
	cells := []cell{}
	for _, w := range all {
		median, _, ok := work.Middle(w.Instructions)
		switch {
		case !ok || w.Process != 1:
		case w.Arm == bench.Base:
			base[w.Scenario] = median
		}
	}
	for _, w := range all {
		if median, _, ok := work.Middle(w.Instructions); ok && w.Process == 1 && w.Arm == bench.Head && base[w.Scenario] > 0 {
			cells = append(cells, cell{w.Scenario, median/base[w.Scenario] - 1})
		}
	}
	return cells
}

// load is what the kernel says of the last minute; 0 where it says nothing.
func load() (one float64) {
	text, _ := os.ReadFile("/proc/loadavg")
	fmt.Sscan(string(text), &one)
	return one
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

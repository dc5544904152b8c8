package history

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// entriesOf makes a history from proxied values beside a direct one of 1 ms; the
// last is the current run. Commits are c0, c1 and so on.
func entriesOf(proxied ...float64) (history []Entry, current Entry) {
	for i, v := range proxied {
		history = append(history, Entry{
			SHA: fmt.Sprintf("c%d", i), Fingerprint: "f", Tool: "v1.0.0",
			Scenarios: map[string]map[bench.Metric]Value{"json/c1/1KB": {
				bench.LatencyTypical: {LogRatio: math.Log(v / 1e-3), Overhead: v - 1e-3},
				bench.LatencyP95:     {LogRatio: 10 * float64(i)}, // too noisy to be followed
			}},
		})
	}
	return history[:len(history)-1], history[len(history)-1]
}

func repeat(v float64, n int) (all []float64) {
	for range n {
		all = append(all, v)
	}
	return all
}

func tenPercent(string, bench.Metric) Limit { return Limit{Share: 0.10, Floor: 5e-6} }

func TestDriftNamesTheStep(t *testing.T) {
	// From 2 ms to 2.2 ms, 20 % of the overhead, at c25.
	history, current := entriesOf(append(repeat(2e-3, 25), repeat(2.2e-3, 6)...)...)
	notes := Drift(history, current, tenPercent)
	if len(notes) != 1 {
		t.Fatalf("%+v", notes)
	}
	n := notes[0]
	if n.Scenario != "json/c1/1KB" || n.Metric != bench.LatencyTypical || n.SHA != "c25" {
		t.Errorf("%+v", n)
	}
	for what, pair := range map[string][2]float64{
		"change": {n.Change, math.Log(1.1)},
		"step":   {n.Step, math.Log(1.1)},
		// 10 % of an overhead that is half of the value
		"limit": {tenPercent("", "").onRatio(Value{LogRatio: math.Log(2), Overhead: 1e-3}), math.Log(1.05)},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
}

func TestDriftSeesSmallSteps(t *testing.T) {
	var values []float64
	for i := range 31 {
		values = append(values, 2e-3*math.Pow(1.005, float64(i)))
	}
	history, current := entriesOf(values...)
	notes := Drift(history, current, tenPercent)
	if len(notes) != 1 {
		t.Fatalf("%+v", notes)
	}
	// 20 runs lie between now and the median of runs 10 to 30 back.
	if n := notes[0]; math.Abs(n.Change-20*math.Log(1.005)) > 1e-12 || n.Step <= 0 || n.Step >= n.Change {
		t.Errorf("%+v: the change is %v, no single step is all of it", n, 20*math.Log(1.005))
	}
}

func TestDriftIsQuiet(t *testing.T) {
	noisy := func(n int, later float64) []float64 {
		rng := rand.New(rand.NewPCG(7, 7))
		var v []float64
		for i := range n {
			x := 2e-3 * math.Exp(0.01*rng.NormFloat64())
			if i > n/2 {
				x *= later
			}
			v = append(v, x)
		}
		return v
	}
	for name, c := range map[string]struct {
		values []float64
		spoil  func(history []Entry, current *Entry)
		limit  Limit
		notes  int
	}{
		"unchanged":              {values: noisy(31, 1), limit: Limit{0.10, 5e-6}},
		"changed":                {values: noisy(31, 1.2), limit: Limit{0.10, 5e-6}, notes: 1},
		"faster":                 {values: noisy(31, 0.8), limit: Limit{0.10, 5e-6}, notes: 1},
		"below the floor":        {values: noisy(31, 1.2), limit: Limit{0.10, 1e-3}},
		"few past runs":          {values: append(repeat(2e-3, 13), 3e-3), limit: Limit{0.10, 5e-6}},
		"just enough":            {values: append(repeat(2e-3, 14), 3e-3), limit: Limit{0.10, 5e-6}, notes: 1},
		"other fingerprint":      {values: noisy(31, 1.2), spoil: func(_ []Entry, c *Entry) { c.Fingerprint = "g" }},
		"other major version":    {values: noisy(31, 1.2), spoil: func(_ []Entry, c *Entry) { c.Tool = "v2.0.0" }},
		"other minor version":    {values: noisy(31, 1.2), limit: Limit{0.10, 5e-6}, spoil: func(_ []Entry, c *Entry) { c.Tool = "v1.7.0" }, notes: 1},
		"of no release":          {values: noisy(31, 1.2), limit: Limit{0.10, 5e-6}, spoil: func(_ []Entry, c *Entry) { c.Tool = "devel" }, notes: 1},
		"no fingerprint":         {values: noisy(31, 1.2), spoil: blank},
		"longer than the window": {values: append(repeat(3e-3, 40), repeat(2e-3, 31)...), limit: Limit{0.10, 5e-6}},
		"only the current":       {values: []float64{1}},
		"other scenario": {values: noisy(31, 1.2), spoil: func(h []Entry, _ *Entry) {
			for i := range h {
				h[i].Scenarios = nil
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			history, current := entriesOf(c.values...)
			if c.spoil != nil {
				c.spoil(history, &current)
			}
			if notes := Drift(history, current, func(string, bench.Metric) Limit { return c.limit }); len(notes) != c.notes {
				t.Errorf("%+v, want %d notes", notes, c.notes)
			}
		})
	}
}

func blank(history []Entry, current *Entry) {
	for i := range history {
		history[i].Fingerprint = ""
	}
	current.Fingerprint = ""
}

func TestDriftDoesNotDivideACommit(t *testing.T) {
	history, current := entriesOf(append(repeat(2e-3, 25), repeat(2.2e-3, 6)...)...)
	for i := range history {
		history[i].SHA = "same"
	}
	current.SHA = "same"
	notes := Drift(history, current, tenPercent)
	if len(notes) != 1 || notes[0].SHA != "" || notes[0].Step != 0 {
		t.Errorf("%+v", notes)
	}
}

func TestDriftStandsAnOddMachine(t *testing.T) {
	values := append(repeat(2e-3, 25), repeat(2.2e-3, 6)...)
	values[3] = 4e-3
	history, current := entriesOf(values...)
	if notes := Drift(history, current, tenPercent); len(notes) != 1 || notes[0].SHA != "c25" {
		t.Errorf("%+v", notes)
	}
}

// TestDriftWithoutOverhead: of a gateway that is no slower than the mock alone no
// share can be taken, so the floor is left: 5 µs of 0.9 ms.
func TestDriftWithoutOverhead(t *testing.T) {
	history, current := entriesOf(append(repeat(0.9e-3, 30), 0.95e-3)...)
	notes := Drift(history, current, tenPercent)
	limit := tenPercent("", "").onRatio(Value{LogRatio: math.Log(0.9), Overhead: -0.1e-3})
	if len(notes) != 1 || math.Abs(limit-math.Log1p(5e-6/0.9e-3)) > 1e-12 {
		t.Errorf("%+v, limit %v", notes, limit)
	}
	for i := range history {
		history[i].Scenarios["json/c1/1KB"][bench.LatencyTypical] = Value{LogRatio: 0.01, Overhead: -1e-6}
	}
	if notes := Drift(history, current, tenPercent); len(notes) != 0 {
		t.Errorf("medians that disagree: %+v", notes)
	}
}

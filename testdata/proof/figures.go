package proof

import (
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Figures are those of an unchanged gateway, of which the changes of rows are shares.
type Figures struct{ rounds []bench.Round }

// FiguresOf takes them from a run of it.
func FiguresOf(run bench.Run) (Figures, error) {
	f := Figures{slices.DeleteFunc(slices.Clone(run.Rounds), func(r bench.Round) bool { return r.Void != "" })}
	if sum := f.added() + f.cpu() + f.memory(); math.IsNaN(sum) {
		return f, fmt.Errorf("the unchanged gateway was not measured wholly: %d rounds", len(f.rounds))
	}
	return f, nil
}

// of is the median over the rounds of an arm in a scenario, empty for all.
func (f Figures) of(arm bench.Arm, scenario string, metric bench.Metric) float64 {
	var all []float64
	for _, r := range f.rounds {
		if value, ok := r.Metrics[metric]; ok && r.Arm == arm && (scenario == "" || r.Scenario == scenario) {
			all = append(all, value)
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// overhead is what the gateway adds in a scenario, in seconds.
func (f Figures) overhead(scenario string, metric bench.Metric) float64 {
	return f.of(bench.Head, scenario, metric) - f.of(bench.Direct, scenario, metric)
}

// added is the overhead of one request at a time: the mean of JSON and streams.
func (f Figures) added() float64 {
	return (f.overhead(single, bench.LatencyP50) + f.overhead(stream, bench.TotalP50)) / 2
}

// cpu is the CPU time of a request, in seconds.
func (f Figures) cpu() float64 { return f.of(bench.Head, "", bench.CPUPerRequest) }

// memory is the peak of the resident memory, in bytes.
func (f Figures) memory() float64 { return f.of(bench.Head, "", bench.RSSPeak) }

// The scenarios of one request at a time.
const single, stream = "json/c1/10KB", "sse/c1/10KB"

// Change is what head has more than base. The zero value is nothing.
type Change struct {
	Args string // arguments of the gateway
	Link string // flags of the linker, with which it is built anew
	// Edit changes the configuration of a gateway from a registry; Says is that in words.
	Edit func(config string) string
	Says string
}

// Text is the change as a line of the record has it.
func (c Change) Text() string { return c.Args + c.Link + c.Says }

// fault is a head with a fault of the reference gateway.
func fault(text string) func(Figures, uint64) Change {
	return func(Figures, uint64) Change { return Change{Args: "-fault " + text} }
}

// burning is a head that uses more CPU time: percent of what seconds are, by fault.
func burning(name string, percent float64, seconds func(Figures) float64, more ...string) func(Figures, uint64) Change {
	return func(f Figures, _ uint64) Change {
		args := fmt.Sprintf("-fault %s=%.0fns", name, math.Round(seconds(f)*1e9*percent/100))
		for _, word := range more {
			args += " " + word
		}
		return Change{Args: args}
	}
}

package count

import (
	"cmp"
	"math"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/count/callgrind"
	"github.com/org/proxy-bench-action/internal/stats"
)

// tally is what all processes of a gateway have done in some time.
type tally struct {
	instructions float64
	functions    map[identity]*figure
	allocations  map[string]float64
}

// identity is what a function is known by.
type identity struct{ name, module string }

// figure is what was counted of a function.
type figure struct {
	own, calls float64
	file       string
	line       int
}

// tallyOf sums profiles.
func tallyOf(profiles []callgrind.Profile) tally {
	t := tally{functions: map[identity]*figure{}, allocations: map[string]float64{}}
	for _, p := range profiles {
		t.instructions += float64(p.Instructions)
		of := make([]*figure, len(p.Functions))
		for i, f := range p.Functions {
			of[i] = t.function(f)
			of[i].own += float64(f.Instructions)
		}
		for _, c := range p.Calls {
			of[c.To].calls += float64(c.Times)
			to := allocator(p.Functions[c.To].Name)
			if to != "" && to != allocator(p.Functions[c.From].Name) {
				t.allocations[to] += float64(c.Times)
			}
		}
	}
	return t
}

func (t tally) function(f callgrind.Function) *figure {
	id := identity{f.Name, path.Base(f.Object)}
	if f.Object == "" {
		id.module = ""
	}
	if t.functions[id] == nil {
		t.functions[id] = &figure{file: f.File, line: f.Line}
	}
	return t.functions[id]
}

// rest is what a gateway does when nothing is asked: what counting itself costs, each
// time, and what happens in a second.
type rest struct{ once, second tally }

// perRequest is one batch without rest.
type perRequest struct {
	rest     rest
	seconds  float64
	requests float64
}

// of is a count of the batch for each request.
func (p perRequest) of(batch, once, second float64) float64 {
	return max(0, (batch-once-second*p.seconds)/p.requests)
}

// reduced is a batch, for each request.
func (p perRequest) reduced(batch tally) tally {
	t := tally{
		instructions: p.of(batch.instructions, p.rest.once.instructions, p.rest.second.instructions),
		functions:    map[identity]*figure{}, allocations: map[string]float64{},
	}
	for id, f := range batch.functions {
		once, second := p.rest.once.own(id), p.rest.second.own(id)
		t.functions[id] = &figure{own: p.of(f.own, once.own, second.own), calls: p.of(f.calls, once.calls, second.calls), file: f.file, line: f.line}
	}
	for name, n := range batch.allocations {
		t.allocations[name] = p.of(n, p.rest.once.allocations[name], p.rest.second.allocations[name])
	}
	return t
}

func (t tally) own(id identity) figure {
	if f := t.functions[id]; f != nil {
		return *f
	}
	return figure{}
}

// less is what t has more than o, for each second.
func (t tally) less(o tally, seconds float64) tally {
	return perRequest{rest: rest{once: o}, requests: seconds}.reduced(t)
}

const (
	// mostFunctions is how many functions are kept of a cell, leastShare how much of its
	// instructions each of them has at least.
	mostFunctions = 60
	leastShare    = 0.001
	// longestName is how much of a name is kept: that of a generic function can have
	// thousands of characters.
	longestName = 300
)

// functionsOf are those with the most instructions of their own, with the median of the
// batches.
func functionsOf(batches []tally) []bench.Function {
	var total []float64
	own, calls := map[identity][]float64{}, map[identity][]float64{}
	places := map[identity]*figure{}
	for _, b := range batches {
		total = append(total, b.instructions)
		for id, f := range b.functions {
			own[id], calls[id] = append(own[id], f.own), append(calls[id], f.calls)
			places[id] = f
		}
	}
	var all []bench.Function
	for id, values := range own {
		f := bench.Function{
			Name: bounded(id.name), Module: bounded(id.module), File: bounded(places[id].file), Line: places[id].line,
			Instructions: rounded(median(values, len(batches))), Calls: rounded(median(calls[id], len(batches))),
		}
		if f.Instructions >= leastShare*median(total, len(batches)) && f.Instructions > 0 {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b bench.Function) int {
		return cmp.Or(cmp.Compare(b.Instructions, a.Instructions), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Module, b.Module))
	})
	return all[:min(len(all), mostFunctions)]
}

// allocationsOf are the medians of the batches.
func allocationsOf(batches []tally) map[string]float64 {
	var all []map[string]float64
	for _, b := range batches {
		all = append(all, b.allocations)
	}
	return medians(all)
}

// medians are those of the counts by name. A name that most batches lack is left out.
func medians(batches []map[string]float64) map[string]float64 {
	values := map[string][]float64{}
	for _, b := range batches {
		for name, n := range b {
			values[name] = append(values[name], n)
		}
	}
	out := map[string]float64{}
	for name, v := range values {
		if m := rounded(median(v, len(batches))); m > 0 {
			out[name] = m
		}
	}
	return out
}

// median is that of n values, of which those that are not there are zero.
func median(values []float64, n int) float64 {
	all := append(make([]float64, max(0, n-len(values))), values...)
	m, err := stats.Median(all)
	if err != nil {
		return 0 // there are none
	}
	return m
}

// rounded leaves thousandths.
func rounded(v float64) float64 { return math.Round(v*1000) / 1000 }

// bounded is a name from outside that a file can hold.
func bounded(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if utf8.RuneCountInString(name) <= longestName {
		return name
	}
	return string([]rune(name)[:longestName]) + "…"
}

package work

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

const (
	// mostFunctions is how many functions are listed.
	mostFunctions = 8
	// leastShare is from which share of the instructions of a request on a function is.
	leastShare = 0.002
)

// functions are those whose own instructions changed most in the direction in which the
// whole did, of the first process pair.
func (c cell) functions() (all []bench.FunctionChange) {
	p := c.pairs[0]
	whole, _, _ := instructions(p.base)
	grew, _ := p.growthOf()
	for _, f := range matched(p.base.Functions, p.head.Functions) {
		by := f.Head - f.Base
		if grew.by() < 0 {
			by = -by
		}
		if by >= leastShare*whole {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b bench.FunctionChange) int {
		return cmp.Compare(max(b.Head-b.Base, b.Base-b.Head), max(a.Head-a.Base, a.Base-a.Head))
	})
	return all[:min(len(all), mostFunctions)]
}

// matched sets the functions of base beside those of head. Where there are no symbols a
// name is an address, which another build has for something else: these are set beside
// each other by the order of what they cost, in each module.
func matched(base, head []bench.Function) (all []bench.FunctionChange) {
	at := map[string]int{}
	add := func(f bench.Function, rank map[string]int, set func(*bench.FunctionChange, bench.Function)) {
		id := path.Base(f.Module) + "\x00" + f.Name
		if unnamed(f.Name) {
			id = path.Base(f.Module) + "\x00#" + string(rune(rank[f.Module]))
			rank[f.Module]++
		}
		i, known := at[id]
		if !known {
			i, at[id] = len(all), len(all)
			all = append(all, bench.FunctionChange{})
		}
		change := &all[i]
		change.Name, change.File, change.Line, change.Module = f.Name, f.File, f.Line, f.Module
		set(change, f)
	}
	ranks := map[string]int{}
	for _, f := range base {
		add(f, ranks, func(c *bench.FunctionChange, f bench.Function) {
			c.Base, c.BaseCalls = c.Base+f.Instructions, c.BaseCalls+f.Calls
		})
	}
	ranks = map[string]int{}
	for _, f := range head {
		add(f, ranks, func(c *bench.FunctionChange, f bench.Function) {
			c.Head, c.HeadCalls = c.Head+f.Instructions, c.HeadCalls+f.Calls
		})
	}
	return all
}

// unnamed says whether a function's name is an address.
func unnamed(name string) bool { return strings.HasPrefix(name, "0x") }

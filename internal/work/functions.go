package work

import (
	"cmp"
	"fmt"
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

// matched sets the functions of base beside those of head: by name. Where there are no
// symbols a name is an address, which another build has for something else. Unless most
// addresses are the same, as in one program with another setting, those are set beside
// each other by the order of what they cost, in each module.
func matched(base, head []bench.Function) (all []bench.FunctionChange) {
	moved := movedModules(base, head)
	at := map[string]int{}
	add := func(f bench.Function, rank map[string]int, set func(*bench.FunctionChange, bench.Function)) {
		module := path.Base(f.Module)
		id := module + "\x00" + f.Name
		if unnamed(f.Name) && moved[module] {
			id = fmt.Sprintf("%s\x00%d", module, rank[module])
			rank[module]++
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

// movedModules are those without symbols in which the addresses of base and head are
// mostly others.
func movedModules(base, head []bench.Function) map[string]bool {
	addresses := func(all []bench.Function) map[string]map[string]bool {
		modules := map[string]map[string]bool{}
		for _, f := range all {
			if module := path.Base(f.Module); unnamed(f.Name) {
				if modules[module] == nil {
					modules[module] = map[string]bool{}
				}
				modules[module][f.Name] = true
			}
		}
		return modules
	}
	moved := map[string]bool{}
	heads := addresses(head)
	for module, names := range addresses(base) {
		same := 0
		for name := range names {
			if heads[module][name] {
				same++
			}
		}
		moved[module] = 2*same < min(len(names), len(heads[module]))
	}
	return moved
}

// unnamed says whether a function's name is an address.
func unnamed(name string) bool { return strings.HasPrefix(name, "0x") }

package work

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// leastBatches is of how many batches a median and a spread are made.
	leastBatches = 3
	// unsteady is a spread with which a cell decides nothing: a collector or a compiler
	// works beside the requests.
	unsteady = 0.04
)

// pair is one scenario of one process pair.
type pair struct{ base, head bench.Work }

// instructions are those of a request of one process, see [Middle].
func instructions(w bench.Work) (median, spread float64, ok bool) {
	if len(w.Instructions) < leastBatches {
		return 0, 0, false
	}
	return Middle(w.Instructions)
}

// Middle is the median of batches and, as a share of it, how far their quartiles lie
// apart: one batch in which a collector ran moves neither. Zeros are no count.
func Middle(batches []float64) (median, spread float64, ok bool) {
	sorted := slices.Sorted(slices.Values(batches))
	median, err := stats.Median(sorted)
	if err != nil || median <= 0 {
		return 0, 0, false
	}
	last := len(sorted) - 1
	return median, (sorted[last-last/4] - sorted[last/4]) / median, true
}

// Calls are all calls of a request, whatever their names.
func Calls(byName map[string]float64) (n float64) {
	for _, each := range byName {
		n += each
	}
	return n
}

// growth is how the instructions of a request changed in one process pair.
type growth struct {
	base, head float64
	spread     float64 // the larger one, a share
}

// by is the share by which they grew.
func (g growth) by() float64 { return g.head/g.base - 1 }

// surely says whether the change is at least a share, and more than so many times what
// batches differ by.
func (g growth) surely(share, times float64) bool {
	by := max(g.by(), -g.by())
	return by >= share && by > times*g.spread
}

// growthOf compares a pair; why says what keeps it from that.
func (p pair) growthOf() (g growth, why string) {
	base, baseSpread, ok := instructions(p.base)
	head, headSpread, also := instructions(p.head)
	if !ok || !also {
		return g, "too few batches were counted"
	}
	g = growth{base: base, head: head, spread: max(baseSpread, headSpread)}
	if g.spread > unsteady {
		return g, fmt.Sprintf("its batches differ by %.1f %% (above %.0f %% nothing is decided)", 100*g.spread, 100*unsteady)
	}
	return g, ""
}

// cell is one scenario with all its process pairs.
type cell struct {
	scenario string
	pairs    []pair
}

// cellsOf sorts what was counted with both gateways, in the order of the file.
func cellsOf(all []bench.Work) (cells []cell) {
	for _, head := range all {
		if head.Arm != bench.Head {
			continue
		}
		at := slices.IndexFunc(all, func(w bench.Work) bool {
			return w.Arm == bench.Base && w.Scenario == head.Scenario && w.Process == head.Process
		})
		if at < 0 {
			continue
		}
		i := slices.IndexFunc(cells, func(c cell) bool { return c.scenario == head.Scenario })
		if i < 0 {
			i = len(cells)
			cells = append(cells, cell{scenario: head.Scenario})
		}
		cells[i].pairs = append(cells[i].pairs, pair{all[at], head})
	}
	return cells
}

// growths are those of the pairs.
func (c cell) growths() (all []growth) {
	for _, p := range c.pairs {
		g, _ := p.growthOf()
		all = append(all, g)
	}
	return all
}

// blurred says whether a change stands out that batches differ too much to decide by.
func (c cell) blurred() bool {
	large := func(g growth) bool { return g.surely(alone, 0) }
	return len(c.with(steady).pairs) == 0 && slices.ContainsFunc(c.growths(), large)
}

// with is the cell with some of its process pairs.
func (c cell) with(has func(pair) bool) cell {
	c.pairs = slices.DeleteFunc(slices.Clone(c.pairs), func(p pair) bool { return !has(p) })
	return c
}

// steady says whether a pair may decide.
func steady(p pair) bool {
	_, why := p.growthOf()
	return why == ""
}

func hasInstructions(p pair) bool {
	return len(p.base.Instructions) > 0 && len(p.head.Instructions) > 0
}

func hasCalls(p pair) bool { return len(p.base.SystemCalls) > 0 && len(p.head.SystemCalls) > 0 }

func hasAllocations(p pair) bool { return len(p.base.Allocations) > 0 && len(p.head.Allocations) > 0 }

package proof

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Row is one kind of decision.
type Row struct {
	Name string
	Is   string
	// Gateway is that of the base, by name; see [Gateways].
	Gateway string
	// Head is what head has more, of the figures of the base, and for a seed; nil: it is
	// unchanged.
	Head func(Figures, uint64) Change
	// Measured says that Head needs the figures.
	Measured bool
	Flags    []string // of gate: suite and time
	Only     string   // the one scenario that changes; empty: all may
	Shards   int      // machines that measure, one after the other; 0: it is no such gate
	Count    int      // decisions, where the command line does not say
	Finds    *Find    // what has to be said of head; nil: that is no question
}

// Find is what has to be said of head, by the name of a behaviour or a diagnosis.
type Find struct {
	Name    string
	Changes []bench.Change
}

// Unchanged says whether head is the same gateway as base.
func (r Row) Unchanged() bool { return r.Head == nil || r.Name == "relink" }

// Found says whether a decision has found what it should. New harm has to be a regression.
func (r Row) Found(d Decision) bool {
	return r.Finds != nil && slices.ContainsFunc(d.Findings, func(f Finding) bool {
		return f.Name == r.Finds.Name && slices.Contains(r.Finds.Changes, f.Change) &&
			(!f.Harm || !f.New() || d.Outcome == bench.Regression)
	})
}

// The suites: a small one, in the time given, and that of a gate by default.
var (
	reduced = small("50s")
	minute  = small("60s")
	whole   = []string{}
)

func small(budget string) []string {
	return []string{"--modes", "json,sse", "--concurrency", "1,10", "--body", "10KB", "--time-budget", budget}
}

// Rows are all rows. A new one goes to the end: its place gives the seeds of its decisions.
var Rows = slices.Concat(unchanged, slowed, others, fromRegistries(), spread)

var unchanged = []Row{
	{Name: "aa", Is: "unchanged, the reference gateway, the default suite and time", Gateway: "go", Flags: whole, Count: 30},
	{Name: "aa-go", Is: "unchanged, in Go", Gateway: "go", Flags: reduced, Count: 90},
	{Name: "aa-rust", Is: "unchanged, in Rust", Gateway: "rust", Flags: reduced, Count: 90},
	{Name: "aa-node", Is: "unchanged, in Node", Gateway: "node", Flags: reduced, Count: 90},
	{Name: "relink", Is: "the same source in another order of linking: -randlayout", Gateway: "go", Flags: reduced, Count: 10, Head: relinked},
	{Name: "luck", Is: "unchanged; starts for 3 s, and each process draws from 0 to 50 % more CPU time per request (-fault process-luck=25)", Gateway: "luck", Flags: reduced, Count: 10},
	{Name: "wait", Is: "unchanged; the mock waits 20 ms before it answers", Gateway: "wait", Flags: reduced, Count: 10},
	{Name: "wait-double", Is: "the same, and overhead doubled", Gateway: "wait", Flags: reduced, Count: 10, Measured: true, Head: burning("burn", 100, jsonAdded)},
}

// relinked is the same source in another order of linking, another one for each seed.
func relinked(_ Figures, seed uint64) Change {
	return Change{Link: fmt.Sprintf("-randlayout=%d", seed%1000+1)}
}

func jsonAdded(f Figures) float64 { return f.overhead(single, bench.LatencyP50) }

var slowed = slices.Concat(
	each([]string{"0.3", "1", "3"}, func(percent string) Row {
		return Row{Name: "stall" + percent, Is: percent + " % of the requests wait 40 ms (-fault pause)", Head: fault("pause=" + percent + "%")}
	}),
	each([]string{"2", "5", "7", "10"}, func(percent string) Row {
		return Row{Name: "all" + percent, Is: percent + " % of the overhead of one request at a time, as CPU time, everywhere (-fault burn)", Measured: true, Head: burning("burn", number(percent), Figures.added)}
	}),
	each([]string{"2", "5", "7", "10"}, func(percent string) Row {
		return Row{Name: "one" + percent, Is: percent + " % of the overhead of " + single + ", there only", Measured: true, Only: single, Head: burning("burn", number(percent), jsonAdded, "-only", single)}
	}),
	each([]string{"7", "20"}, func(percent string) Row {
		return Row{Name: "cpu" + percent, Is: percent + " % of the CPU time of a request, after its answer", Measured: true, Head: burning("burn-after", number(percent), Figures.cpu)}
	}),
)

// each are rows of the reference gateway that differ in their strength.
func each(strengths []string, row func(percent string) Row) (all []Row) {
	for _, percent := range strengths {
		r := row(percent)
		r.Gateway, r.Flags, r.Count = "go", reduced, 10
		all = append(all, r)
	}
	return all
}

func number(text string) (n float64) {
	fmt.Sscan(text, &n)
	return n
}

var others = []Row{
	{Name: "memory", Is: "half of the peak memory more, from the start on", Gateway: "go", Flags: reduced, Count: 10, Measured: true, Head: func(f Figures, _ uint64) Change {
		return Change{Args: fmt.Sprintf("-fault memory=%.0fKB", math.Round(f.memory()/1024/2))}
	}},
	{Name: "error0.5", Is: "0.5 % of the requests fail", Gateway: "go", Flags: reduced, Count: 10, Head: fault("error=0.5%")},
	{Name: "error50", Is: "half of the requests fail", Gateway: "go", Flags: reduced, Count: 10, Head: fault("error=50%")},
	{Name: "slow", Is: "unchanged; 50 ms a request, one at a time, starts for 8 s; the default suite and time", Gateway: "slow", Flags: whole, Count: 10},
	{Name: "slow30", Is: "the same, and 65 ms a request", Gateway: "slow", Flags: whole, Count: 10, Head: fault("delay=15ms")},
	{Name: "latency10", Is: "10 % of the latency of " + single + ", there only; the default suite and time", Gateway: "go", Flags: whole, Count: 10, Measured: true, Only: single, Head: burning("burn", 10, jsonLatency, "-only", single)},
}

func jsonLatency(f Figures) float64 { return f.of(bench.Head, single, bench.LatencyP50) }

var spread = []Row{
	{Name: "shards", Is: "unchanged; three shards of a minute, one after the other, merged", Gateway: "go", Flags: minute, Count: 30, Shards: 3},
	{Name: "shards15", Is: "15 % of the latency of " + single + ", there only; three shards with the default suite and time", Gateway: "go", Flags: whole, Count: 10, Shards: 3, Measured: true, Only: single, Head: burning("burn", 15, jsonLatency, "-only", single)},
}

// Names are those of all rows.
func Names() (all []string) {
	for _, r := range Rows {
		all = append(all, r.Name)
	}
	return all
}

// Named is a row, and its place from 1.
func Named(name string) (Row, int) {
	i := slices.IndexFunc(Rows, func(r Row) bool { return r.Name == name })
	return Rows[i], i + 1
}

// isAA says whether a row is one of those that are called unchanged.
func (r Row) isAA() bool { return r.Name == "aa" || strings.HasPrefix(r.Name, "aa-") }

package gallery

import (
	"cmp"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Measured is what the page says of one gateway. Times are in seconds.
type Measured struct {
	Gateway string `json:"gateway"` // Gateway.Name
	Version string `json:"version"`
	Tool    string `json:"tool"` // version of proxy-bench
	API     string `json:"api"`
	Date    string `json:"date"` // such as 2026-01-31
	Machine string `json:"machine"`
	CPUs    int    `json:"cpus"`
	// Foreign is the share of the machine that other processes used; Budget the
	// time budget; Rounds the fewest valid rounds of a scenario.
	Foreign  float64 `json:"foreign_cpu"`
	Budget   float64 `json:"time_budget_seconds"`
	Rounds   int     `json:"rounds"`
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`

	Cells    map[string]Cell `json:"cells"` // by scenario
	Memory   float64         `json:"memory_bytes,omitempty"`
	Upstream float64         `json:"upstream_requests,omitempty"` // per request, of the scenario furthest from 1
	Causes   []string        `json:"likely_causes,omitempty"`
	// Rewrites says how right answers are written anew, in JSON and in streams.
	Rewrites map[bench.Mode]string `json:"rewrites,omitempty"`
}

// Cell is one scenario: medians over its rounds.
type Cell struct {
	Direct     float64 `json:"direct_p50"`               // last byte, without the gateway
	Overhead   float64 `json:"overhead_p50"`             // of the last byte
	FirstEvent float64 `json:"first_event_overhead_p50"` // 0 for JSON
	CPU        float64 `json:"cpu_per_request"`
	Throughput float64 `json:"throughput"`
}

func (m Measured) gateway() Gateway { return All[place(m.Gateway)] }

// Of takes from a run what the page says of the gateway.
func Of(g Gateway, version string, run bench.Run) Measured {
	rounds := summary.NewIndex(run.Rounds)
	m := Measured{
		Gateway: g.Name, Version: version, Tool: tool(run), API: run.Plan.API,
		Date:    run.Started.UTC().Format("2006-01-02"),
		Machine: run.Environment.CPUModel, CPUs: run.Environment.CPUs,
		Foreign: run.Validity.Foreign, Budget: run.Plan.Budget,
		Cells: make(map[string]Cell), Rewrites: make(map[bench.Mode]string),
		Upstream: 1,
	}
	for _, s := range run.Suite() {
		id := s.ID()
		of := rounds.Of(id, bench.Head)
		if len(of) == 0 {
			continue
		}
		if m.Rounds == 0 || len(of) < m.Rounds {
			m.Rounds = len(of)
		}
		m.Cells[id] = cell(rounds, s)
		for _, r := range of {
			m.Requests += r.Requests
			for _, n := range r.Errors {
				m.Failed += n
			}
		}
		if peak, ok := rounds.Median(id, bench.Head, bench.RSSPeak); ok {
			m.Memory = max(m.Memory, peak)
		}
		if upstream, ok := rounds.Median(id, bench.Head, bench.UpstreamRequests); ok && distance(upstream) > distance(m.Upstream) {
			m.Upstream = upstream
		}
	}
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		said := bench.WordRewrites(slices.DeleteFunc(slices.Clone(run.Rewrites), func(r bench.Rewrite) bool {
			return r.Arm != bench.Head || r.Mode != mode
		}))
		if said != "" {
			m.Rewrites[mode] = said
		}
	}
	for _, d := range diagnose.Run(run) {
		m.Causes = append(m.Causes, string(d.Name))
	}
	return m
}

// tool names the program: a build without a version by the commit, since it is built
// and run in its own repository.
func tool(run bench.Run) string {
	if sha := run.Commit.SHA; run.Tool.Version == "devel" && len(sha) >= 12 {
		return "at commit " + sha[:12]
	}
	return run.Tool.Version
}

// distance is how far from one request of each a ratio is, whichever way.
func distance(ratio float64) float64 { return max(ratio-1, 1-ratio) }

func cell(rounds summary.Index, s bench.Scenario) Cell {
	last := bench.LatencyP50
	if s.Mode == bench.SSE {
		last = bench.TotalP50
	}
	median := func(arm bench.Arm, m bench.Metric) float64 {
		value, _ := rounds.Median(s.ID(), arm, m)
		return value
	}
	overhead := func(m bench.Metric) float64 {
		value, err := stats.Median(rounds.Overheads(s.ID(), bench.Head, m))
		if err != nil {
			return 0
		}
		return value
	}
	c := Cell{
		Direct: median(bench.Direct, last), Overhead: overhead(last),
		CPU: median(bench.Head, bench.CPUPerRequest), Throughput: median(bench.Head, bench.Throughput),
	}
	if s.Mode == bench.SSE {
		c.FirstEvent = overhead(bench.FirstEventP50)
	}
	return c
}

// Put replaces what was measured of a gateway, or adds it; the list is in the order
// of All.
func Put(all []Measured, m Measured) []Measured {
	all = slices.DeleteFunc(slices.Clone(all), func(old Measured) bool { return old.Gateway == m.Gateway })
	all = append(all, m)
	slices.SortFunc(all, func(a, b Measured) int { return cmp.Compare(place(a.Gateway), place(b.Gateway)) })
	return all
}

func place(name string) int {
	return slices.IndexFunc(All, func(g Gateway) bool { return g.Name == name })
}

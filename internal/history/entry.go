package history

import (
	"math"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Window is how many runs of main a history keeps.
const Window = 30

// Entry is what is kept of one run of main.
type Entry struct {
	SHA         string    `json:"sha,omitempty"`
	Started     time.Time `json:"started"`
	Fingerprint string    `json:"fingerprint"` // of requests and answers; only equal ones compare
	CPUModel    string    `json:"cpu_model"`
	Tool        string    `json:"tool,omitempty"` // the version that measured; older entries lack it
	// Scenarios has the tracked metrics by Scenario.ID. What was not measured,
	// or not beside the direct arm, is not in it.
	Scenarios map[string]map[bench.Metric]Value `json:"scenarios"`
}

// Value is one metric of one scenario in one run, as medians over its valid
// rounds.
type Value struct {
	// LogRatio is that of ln(proxied/direct), both from the same round: what is
	// left of the value when the speed of the machine is taken out.
	LogRatio float64 `json:"log_ratio"`
	Overhead float64 `json:"overhead"` // that of proxied − direct, in the metric's unit; can be negative
}

// tracked are the metrics of an Entry: those that can be gated and have a
// direct arm to be measured against, with the medians beside them.
var tracked = bench.Metrics(func(d bench.Description) bool {
	median := d.Statistic == bench.P50 && (d.Clock == bench.AtLastByte || d.Clock == bench.AtFirstEvent)
	return median || d.Metric.IsClock() && d.Gate >= bench.Gated
})

// Append returns a history with run at its end and the oldest entries beyond
// the [Window] dropped; history itself is not modified. Runs with another
// fingerprint stay in it, and so do several runs of one commit: they show how
// much machines differ. A run that has no value to keep is not added.
func Append(history []Entry, run bench.Run) []Entry {
	all := slices.Clone(history)
	if e := NewEntry(run); len(e.Scenarios) > 0 {
		all = append(all, e)
	}
	return slices.Clone(last(all, Window))
}

func last[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }

// NewEntry sums up the head arm of run.
func NewEntry(run bench.Run) Entry {
	e := Entry{
		SHA:         run.Commit.SHA,
		Started:     run.Started.UTC(),
		Fingerprint: run.Plan.Fingerprint,
		CPUModel:    run.Environment.CPUModel,
		Tool:        run.Tool.Version,
		Scenarios:   make(map[string]map[bench.Metric]Value),
	}
	rounds := summary.NewIndex(run.Rounds)
	for _, scenario := range rounds.Scenarios() {
		values := make(map[bench.Metric]Value)
		for _, m := range tracked {
			if v, ok := medians(rounds.Rows(scenario), m); ok {
				values[m] = v
			}
		}
		if len(values) > 0 {
			e.Scenarios[scenario] = values
		}
	}
	return e
}

func medians(rows []summary.Row, m bench.Metric) (Value, bool) {
	var ratios, overheads []float64
	for _, row := range rows {
		overhead, ok := row.Overhead(bench.Head, m)
		if !ok || !(row.Head.Metrics[m] > 0 && row.Direct.Metrics[m] > 0) {
			continue
		}
		// Not of the quotient, which can overflow.
		ratios = append(ratios, math.Log(row.Head.Metrics[m])-math.Log(row.Direct.Metrics[m]))
		overheads = append(overheads, overhead)
	}
	ratio, err := stats.Median(ratios)
	if err != nil {
		return Value{}, false
	}
	overhead, err := stats.Median(overheads)
	return Value{LogRatio: ratio, Overhead: overhead}, err == nil
}

// like says whether the figures of two entries mean the same.
func (e Entry) like(fingerprint, tool string) bool {
	return e.Fingerprint == fingerprint && fingerprint != "" && !bench.OtherMajor(e.Tool, tool)
}

// Alike are the entries whose figures mean the same as those of a run: asked the same,
// and measured by the same major version of the tool.
func Alike(history []Entry, run bench.Run) []Entry {
	return slices.DeleteFunc(slices.Clone(history), func(e Entry) bool { return !e.like(run.Plan.Fingerprint, run.Tool.Version) })
}

// Figures are ln(proxied/direct) of the entries, by scenario and metric, oldest first.
func Figures(history []Entry) map[string]map[bench.Metric][]float64 {
	all := make(map[string]map[bench.Metric][]float64)
	for _, entry := range history {
		for scenario, values := range entry.Scenarios {
			if all[scenario] == nil {
				all[scenario] = make(map[bench.Metric][]float64)
			}
			for m, v := range values {
				all[scenario][m] = append(all[scenario][m], v.LogRatio)
			}
		}
	}
	return all
}

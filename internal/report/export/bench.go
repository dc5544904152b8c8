// Package export writes the rounds of a run for other programs: as CSV, and in
// the Go benchmark format. It scales nothing and leaves nothing out. run.json
// itself is the record's.
package export

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Bench writes the valid rounds in the Go benchmark format
// (https://go.dev/design/14313-benchmark-format), a line for each round of an
// arm of a scenario, for benchstat to read:
//
//	benchstat -col /arm bench.txt
//	benchstat -col '/arm@(base head)' -filter '/arm:(base OR head)' bench.txt
//
// What differs from run to run (commit, seed, void rounds) stands in lines that
// the format ignores: benchstat puts results with different configuration into
// different tables, and two runs are there to be compared.
func Bench(w io.Writer, run bench.Run) error {
	var b strings.Builder
	line(&b, "# commit", run.Commit.String())
	line(&b, "# seed", strconv.FormatUint(run.Seed, 10))
	line(&b, "# started", run.Started.UTC().Format("2006-01-02T15:04:05Z"))
	if !run.Validity.Complete {
		line(&b, "# incomplete", cmp.Or(run.Validity.Incomplete, "the run does not say why"))
	}
	if valid, void := summary.CountRounds(run.Rounds); void > 0 {
		line(&b, "# rounds", fmt.Sprintf("%d, and %d void ones left out", valid, void))
	}
	line(&b, "goos", "linux") // the only system that anything is measured on
	line(&b, "goarch", run.Environment.Arch)
	line(&b, "cpu", run.Environment.CPUModel)
	line(&b, "api", run.Plan.API)
	names := make(map[bench.Metric]string) // of units
	for _, r := range run.Rounds {
		for m := range r.Metrics {
			if names[m] == "" {
				names[m] = unit(m)
			}
		}
	}
	units(&b, names)
	// In this order benchstat has its rows and columns; a trial measures in random
	// order.
	rounds := summary.NewIndex(run.Rounds)
	for _, c := range run.Scenarios {
		for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
			for _, r := range rounds.Of(c.Scenario.ID(), arm) {
				if len(r.Metrics) > 0 {
					result(&b, c.Scenario, r, run.Environment.GOMAXPROCS, names)
				}
			}
		}
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the benchmark format: %w", err)
	}
	return nil
}

// line writes a key and its value, where there is one.
func line(b *strings.Builder, key, value string) {
	if value = plain.Clean(value); value != "" {
		fmt.Fprintf(b, "%s: %s\n", key, value)
	}
}

// units says which direction is better, for each unit once: latency_typical
// and total_typical are both sec/op.
func units(b *strings.Builder, names map[bench.Metric]string) {
	better := make(map[string]string)
	for m, name := range names {
		switch d, _ := m.Describe(); d.Better {
		case bench.Lower:
			better[name] = "lower"
		case bench.Higher:
			better[name] = "higher"
		case bench.Neither:
		}
	}
	for _, u := range slices.Sorted(maps.Keys(better)) {
		fmt.Fprintf(b, "Unit %s better=%s\n", u, better[u])
	}
}

// unit names m so that benchstat scales it: the words "sec" and "B" between
// dashes and slashes are units to it.
func unit(m bench.Metric) string {
	switch m {
	case bench.JSON.Primary(), bench.SSE.Primary():
		return "sec/op"
	case bench.Throughput:
		return "req/sec"
	case bench.CPUPerRequest:
		return "cpu-sec/op"
	case bench.Reconnects:
		return "reconnects/op"
	case bench.UpstreamConnections:
		return "upstream-connections/op"
	}
	name := strings.ReplaceAll(plain.Token(string(m)), "_", "-")
	switch d, _ := m.Describe(); d.Unit {
	case bench.Seconds:
		return name + "-sec"
	case bench.Bytes:
		return name + "-B"
	default:
		return name
	}
}

// result writes the line of a round; the primary metric is the first as
// everywhere in the format.
func result(b *strings.Builder, s bench.Scenario, r *bench.Round, procs int, names map[bench.Metric]string) {
	fmt.Fprintf(b, "BenchmarkGateway/mode=%s/c=%d/body=%s/arm=%s-%d %d",
		plain.Token(string(s.Mode)), s.Concurrency, s.Sizes(), r.Arm, procs, r.Requests)
	for _, m := range inOrder(r.Metrics, s.Mode.Primary()) {
		b.WriteString(" " + strconv.FormatFloat(r.Metrics[m], 'g', -1, 64) + " " + names[m])
	}
	b.WriteByte('\n')
}

// inOrder sorts the metrics by name, the primary one first as everywhere in
// the format.
func inOrder(metrics map[bench.Metric]float64, primary bench.Metric) []bench.Metric {
	names := slices.Sorted(maps.Keys(metrics))
	if i := slices.Index(names, primary); i > 0 {
		copy(names[1:i+1], names[:i])
		names[0] = primary
	}
	return names
}

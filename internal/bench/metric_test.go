package bench_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

var update = flag.Bool("update", false, "write the metrics into the schema")

// The schema documents the format: it has the names, words and units of the
// metric table.
func TestSchemaHasTheMetricTable(t *testing.T) {
	const file = "../../testdata/schema/run.schema.json"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	units := map[bench.Unit]string{bench.Seconds: "seconds", bench.Bytes: "bytes", bench.PerSecond: "per second", bench.Count: "a number"}
	all := bench.Metrics(func(bench.Description) bool { return true })
	var properties, names []string
	for _, m := range all {
		d, _ := m.Describe()
		properties = append(properties, fmt.Sprintf(`        "%s": {
          "type": "number",
          "description": "%s; %s"
        }`, m, d.Text, units[d.Unit]))
		names = append(names, fmt.Sprintf(`        "%s"`, m))
	}
	slices.Sort(names)
	want := between(t, string(text), "\n    \"metrics\": {\n", "\n      \"properties\": {\n", strings.Join(properties, ",\n"), "\n      }\n")
	want = between(t, want, "\n    \"metric\": {\n", "\n      \"enum\": [\n", strings.Join(names, ",\n"), "\n      ]\n")
	switch {
	case want == string(text):
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s has other metrics than the table; go test ./internal/bench -update writes them", file)
	}
}

// between replaces what lies between the first begin after section and the next
// end.
func between(t *testing.T, text, section, begin, with, end string) string {
	t.Helper()
	head, rest, found := strings.Cut(text, section)
	middle, rest, began := strings.Cut(rest, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !began || !ended {
		t.Fatalf("the schema has no %q with %q", section, begin)
	}
	return head + section + middle + begin + with + end + tail
}

func TestTheTableNamesEachMetricOnce(t *testing.T) {
	labels := make(map[string]bench.Metric)
	for _, m := range bench.Metrics(func(bench.Description) bool { return true }) {
		d, known := m.Describe()
		if !known || d.Metric != m || d.Text == "" || d.Unit == "" {
			t.Errorf("%s is described as %+v", m, d)
		}
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			if label := fmt.Sprint(mode, d.Label); d.In(mode) && labels[label] != "" {
				t.Errorf("%s and %s are both called %q", m, labels[label], d.Label)
			} else if d.In(mode) {
				labels[label] = m
			}
		}
		if d.Clock != bench.NoClock && d.Unit != bench.Seconds {
			t.Errorf("%s has a clock and the unit %s", m, d.Unit)
		}
	}
	if len(labels) == 0 {
		t.Error("the table is empty")
	}
}

// What is gated decides in every run, so that a change to it is made here too.
func TestWhatIsGated(t *testing.T) {
	for s, want := range map[bench.Scenario]string{
		{Mode: bench.JSON}:             "[latency_typical latency_p95 latency_mean cpu_per_request rss_peak]",
		{Mode: bench.SSE}:              "[first_event_typical first_event_p95 first_delta_typical total_typical total_p95 total_mean cpu_per_request rss_peak]",
		{Mode: bench.SSE, Paced: true}: "[first_event_typical first_delta_typical total_typical gap_max]",
	} {
		got := bench.Metrics(func(d bench.Description) bool { return s.GateOf(d) >= bench.Gated })
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
	if got := bench.JSON.Metric(bench.AtFirstEvent, bench.Typical); got != "" {
		t.Errorf("a JSON answer has the event metric %s", got)
	}
}

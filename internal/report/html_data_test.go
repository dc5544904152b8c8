package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestHTMLHoldsTheData(t *testing.T) {
	for name, run := range map[string]bench.Run{
		"full": fullReport("pass").Run, "errors": variants()["errors"], "no round": variants()["no_round"], "interrupted": variants()["interrupted"],
		"tricky settings": trickySettings(),
	} {
		got := unpack(t, htmlOf(t, Report{Run: run}))
		if got.Seed != run.Seed || len(got.Rounds) != len(run.Rounds) || planOf(t, got) != planOf(t, run) {
			t.Errorf("%s: seed %d, %d rounds, plan %v", name, got.Seed, len(got.Rounds), got.Plan)
			continue
		}
		for i, r := range run.Rounds {
			if !alike(got.Rounds[i], r) {
				t.Fatalf("%s: round %d is\n%+v, want\n%+v", name, i, got.Rounds[i], r)
			}
		}
	}
}

func planOf(t *testing.T, run bench.Run) string {
	t.Helper()
	text, err := json.Marshal(run.Plan)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// trickySettings has what looks like the place of the rounds before it.
func trickySettings() bench.Run {
	run := variants()["one_scenario"]
	run.Seed = math.MaxUint64
	run.Plan.Answer = map[string]any{"rounds": []any{}, "x": `"rounds":[]`}
	return run
}

// unpack does what the document's script does.
func unpack(t *testing.T, text string) bench.Run {
	t.Helper()
	var packed string
	for _, n := range documentOf(t, text) {
		if id, _ := attribute(n, "id"); id == "packed" {
			packed = content(n)
		}
	}
	zipped, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(zipped))
	if err != nil {
		t.Fatal(err)
	}
	var data struct {
		Run                           [2]string
		Metrics, Slices, Distribution []bench.Metric
		Rounds                        [][]json.RawMessage
	}
	if err := json.NewDecoder(z).Decode(&data); err != nil {
		t.Fatal(err)
	}
	var run bench.Run
	if err := json.Unmarshal([]byte(data.Run[0]+"[]"+data.Run[1]), &run); err != nil {
		t.Fatal(err)
	}
	for _, row := range data.Rounds {
		var r bench.Round
		var metrics []*float64
		var slices, distribution [][]float64
		for i, into := range []any{&r.Round, &r.Stage, &r.Scenario, &r.Arm, &r.Process, &r.Requests, &metrics, &slices, &distribution, &r} {
			if err := json.Unmarshal(row[i], into); err != nil {
				t.Fatal(err)
			}
		}
		r.Metrics = make(map[bench.Metric]float64)
		for i, v := range metrics {
			if v != nil {
				r.Metrics[data.Metrics[i]] = *v
			}
		}
		r.Slices, r.Distribution = byName(data.Slices, slices), byName(data.Distribution, distribution)
		run.Rounds = append(run.Rounds, r)
	}
	return run
}

func byName(names []bench.Metric, values [][]float64) map[bench.Metric][]float64 {
	all := make(map[bench.Metric][]float64)
	for i, of := range values {
		if of != nil {
			all[names[i]] = of
		}
	}
	return all
}

// alike is true for rounds that differ by less than seven digits show.
func alike(a, b bench.Round) bool {
	near := func(x, y float64) bool { return x == y || math.Abs(x-y) <= 1e-6*math.Abs(y) }
	lists := func(x, y map[bench.Metric][]float64) bool {
		return maps.EqualFunc(x, y, func(x, y []float64) bool { return slices.EqualFunc(x, y, near) })
	}
	return a.Round == b.Round && a.Stage == b.Stage && a.Scenario == b.Scenario && a.Arm == b.Arm &&
		a.Process == b.Process && a.Requests == b.Requests && a.Void == b.Void && a.Disturbed == b.Disturbed &&
		maps.Equal(a.Errors, b.Errors) && maps.Equal(a.Omitted, b.Omitted) &&
		maps.EqualFunc(a.Metrics, b.Metrics, near) && lists(a.Slices, b.Slices) && lists(a.Distribution, b.Distribution)
}

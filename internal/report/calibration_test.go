package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// calibration is one of two scenarios, one metric of which has gaps.
func calibration() bench.Calibration {
	run := variants()["errors"]
	rate := func(k, n int, low, high float64) bench.Rate {
		return bench.Rate{Gates: n, Regressions: k, Inconclusive: 2, Share: float64(k) / float64(n), CI: bench.Interval{low, high}}
	}
	c := bench.Calibration{
		Schema: bench.CalibrationSchema, Tool: run.Tool, Commit: run.Commit, Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Environment: run.Environment, Policy: bench.DefaultPolicy(),
		Seed: 7, Rounds: 12, GateRounds: 15,
		Difference:  bench.Group{Group: "all", Members: []string{"json/c1/100B", "sse/c50/100KB"}, Stage: bench.Screen, Rounds: 12, Shift: new(0.004), P: new(0.6), PBetter: new(0.4)},
		FalseAlarms: rate(0, 400, 0, 0.0095),
		Drift:       bench.Drift{PerRound: -0.0012, CI: &bench.Interval{-0.004, 0.002}, SD: 0.21, Autocorrelation: 0.34},
		Warnings:    []string{"a gate has 15 rounds, and these were drawn from only 12: measure longer for a better estimate"},
	}
	for _, w := range []bench.Where{bench.Everywhere, bench.OneScenario} {
		for i, change := range []float64{0.05, 0.10, 0.20} {
			c.Power = append(c.Power, bench.Power{Change: change, Where: w, Rate: rate(80+10*i, 100, 0.711, 1)})
		}
	}
	for _, id := range []string{"json/c1/100B", "sse/c50/100KB"} {
		typical, p95 := bench.LatencyTypical, bench.LatencyP95
		if strings.HasPrefix(id, "sse") {
			typical, p95 = bench.TotalTypical, bench.TotalP95
		}
		c.Noise = append(c.Noise,
			bench.Noise{Scenario: id, Metric: typical, Rounds: 12, Between: new(0.081), Within: new(0.152), Process: new(0.061), Resolution: new(0.092), Limit: new(0.05), Least: new(0.045), Carried: true},
			bench.Noise{Scenario: id, Metric: p95, Rounds: 12, Between: new(0.31), Resolution: new(0.52), Limit: new(0.2), Least: new(0.23)},
			bench.Noise{Scenario: id, Metric: bench.CPUPerRequest, Reason: "round 3 has a value of 0 or below, which has no ratio"})
	}
	c.Carried = []bench.Carried{
		{Metric: bench.LatencyTypical, Scenarios: 1, Carried: 1, Least: new(0.1), Worst: "json/c1/100B"},
		{Metric: bench.LatencyP95, Scenarios: 1, Least: new(0.25), Worst: "json/c1/100B"},
		{Metric: bench.CPUPerRequest, Scenarios: 2, Worst: "json/c1/100B"},
		{Metric: bench.TotalTypical, Scenarios: 1, Carried: 1, Least: new(0.1), Worst: "sse/c50/100KB"},
		{Metric: bench.TotalP95, Scenarios: 1, Least: new(0.25), Worst: "sse/c50/100KB"},
	}
	return c
}

func TestCalibration(t *testing.T) {
	for name, style := range map[string]terminal.Style{"calibration": {}, "calibration_all": {All: true}} {
		got := render(t, func(w io.Writer) error { return terminal.Write(w, report.Calibration(calibration()), style) })
		golden(t, name+".txt", got)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func TestCalibrationIsSafeForATerminal(t *testing.T) {
	c := calibration()
	evil := "\x1b[2J\u202e\n" + strings.Repeat("x", 2000)
	c.Environment.CPUModel, c.Warnings, c.Power[0].Where = evil, []string{evil}, bench.Where(evil)
	c.Noise[0].Scenario, c.Noise[0].Metric, c.Noise[0].Reason = evil, bench.LatencyTypical, evil
	c.Carried[0].Metric, c.Carried[0].Worst = bench.Metric(evil), evil
	got := render(t, func(w io.Writer) error { return terminal.Write(w, report.Calibration(c), terminal.Style{All: true}) })
	if strings.ContainsAny(got, "\x1b\u202e\r") {
		t.Errorf("control characters reach the terminal: %q", got)
	}
}

// calibrationSchema needs the other two, whose parts it uses.
func calibrationSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, file := range []string{"run.schema.json", "verdict.schema.json", "calibration.schema.json"} {
		text, err := os.ReadFile(filepath.Join("../../testdata/schema", file))
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.AddResource(schemas+file, document); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile(schemas + "calibration.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCalibrationJSONFollowsItsSchema(t *testing.T) {
	s := calibrationSchema(t)
	good := render(t, func(w io.Writer) error { return record.WriteCalibration(w, calibration()) })
	if err := validate(t, s, good); err != nil {
		t.Error(err)
	}
	var back bench.Calibration
	if err := json.Unmarshal([]byte(good), &back); err != nil {
		t.Fatal(err)
	}
	if again := render(t, func(w io.Writer) error { return record.WriteCalibration(w, back) }); again != good {
		t.Error("read and written again it differs")
	}
	for name, edit := range map[string][2]string{
		"unknown field":   {`"gate_rounds": 15`, `"gate_rounds": 15, "gates": 1`},
		"another version": {"calibration/v1", "calibration/v2"},
		"unknown place":   {`"where": "everywhere"`, `"where": "somewhere"`},
		"unknown metric":  {`"total_p95"`, `"total_p96"`},
		"missing field":   {`"autocorrelation": 0.34`, `"sd": 0.21`},
		"share above 1":   {`"share": 0.8`, `"share": 1.8`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the calibration has no %s", name, edit[0])
		}
		if validate(t, s, bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

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
	"github.com/org/proxy-bench-action/internal/report/calibrated"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// calibration is one of two scenarios, one metric of which has gaps, on a good machine.
func calibration() bench.Calibration {
	run := variants()["errors"]
	rate := func(k, n int, low, high float64) bench.Rate {
		return bench.Rate{Gates: n, Regressions: k, Inconclusive: 2, Share: float64(k) / float64(n), CI: bench.Interval{low, high}}
	}
	c := bench.Calibration{
		Schema: bench.CalibrationSchema, Tool: run.Tool, Commit: run.Commit, Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Environment: run.Environment, Policy: bench.DefaultPolicy(),
		Seed: 7, Rounds: 54, Pairs: 27,
		Gate:        bench.GatePlan{Budget: 240, PairSeconds: 6.61, Pairs: 15, Room: new(36), Needed: 8},
		Difference:  bench.Group{Group: "all", Members: []string{"json/c1/100B", "sse/c50/100KB"}, Stage: bench.Screen, Rounds: 12, Shift: new(0.004), P: new(0.6), PBetter: new(0.4)},
		FalseAlarms: rate(0, 400, 0, 0.0095),
		Found: []bench.Found{
			{Where: bench.OneScenario, Of: bench.OfOverhead, Change: new(0.15), Worst: "sse/c50/100KB", WorstChange: new(0.19)},
			{Where: bench.Everywhere, Of: bench.OfOverhead, Change: new(0.10)},
		},
		Drift: bench.Drift{PerRound: -0.0012, CI: &bench.Interval{-0.004, 0.002}, SD: 0.21, Autocorrelation: 0.34},
	}
	for _, w := range []bench.Where{bench.OneScenario, bench.Everywhere} {
		for i, change := range []float64{0.07, 0.10, 0.15} {
			c.Power = append(c.Power, bench.Power{Change: change, Where: w, Rate: rate(70+10*i, 100, 0.711, 1)})
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

// calibrations are those of other machines.
func calibrations() map[string]bench.Calibration {
	all := make(map[string]bench.Calibration)
	change := func(name string, edit func(*bench.Calibration)) {
		c := calibration()
		edit(&c)
		all[name] = c
	}
	change("quiet", func(c *bench.Calibration) {
		c.Found[0].Change, c.Found[0].WorstChange, c.Found[1].Change = new(0.07), new(0.07), new(0.05)
		c.Advice.Threshold = new(0.03)
	})
	change("noisy", func(c *bench.Calibration) {
		c.Found[0].Change, c.Found[0].WorstChange, c.Found[1].Change = new(0.3), new(0.87), new(0.2)
		c.Advice = bench.Advice{
			Noisy:     []string{"sse/c1/100B", "sse/c10/100KB", "sse/c50/100KB", "json/c50/100KB", "json/c50/100B"},
			Threshold: new(0.5), Budget: new(480.0),
		}
		for _, id := range c.Advice.Noisy {
			c.Noise = append(c.Noise, bench.Noise{Scenario: id, Metric: bench.CPUPerRequest, Rounds: 54, Between: new(0.02)})
		}
		c.FalseAlarms.Regressions, c.FalseAlarms.CI[1], c.FalseAlarms.Inconclusive = 3, 0.0218, 31
		c.Warnings = []string{"the machine was disturbed in 9 of 54 rounds (other programs used 31 % of its CPU time, its host took 2 %): calibrate again in a quieter hour, or expect gates that are as noisy"}
	})
	change("hopeless", func(c *bench.Calibration) {
		c.Found = []bench.Found{
			{Where: bench.OneScenario, Of: bench.OfValue, Worst: "sse/c50/100KB", Reason: "none is found: changes of up to 400 % were tried"},
			{Where: bench.Everywhere, Of: bench.OfValue, Reason: "none is found: changes of up to 400 % were tried"},
		}
		c.Advice = bench.Advice{Noisy: []string{"json/c1/100B", "sse/c50/100KB"}}
	})
	change("slow", func(c *bench.Calibration) {
		c.Gate = bench.GatePlan{Budget: 240, PairSeconds: 41.2, Pairs: 5, Room: new(5), Needed: 8, OneStage: true}
		c.Found, c.Power = nil, nil
		c.Advice = bench.Advice{Budget: new(330.0)}
	})
	return all
}

func TestCalibration(t *testing.T) {
	check := func(name string, c bench.Calibration, style terminal.Style) {
		got := render(t, func(w io.Writer) error { return terminal.Write(w, calibrated.Document(c), style) })
		golden(t, name+".txt", got)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
	check("calibration", calibration(), terminal.Style{})
	check("calibration_all", calibration(), terminal.Style{All: true})
	for name, c := range calibrations() {
		check("calibration_"+name, c, terminal.Style{})
	}
}

// The page about it shows what it prints.
func TestCalibrationInTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../../docs/calibrate.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := render(t, func(w io.Writer) error {
		return terminal.Write(w, calibrated.Document(calibration()), terminal.Style{})
	})
	if !strings.Contains(string(page), "```text\n"+shown+"```\n") {
		t.Errorf("docs/calibrate.md does not show\n%s", shown)
	}
}

// Who does not ask for the statistics does not have to know their words.
func TestCalibrationIsInPlainWords(t *testing.T) {
	all := calibrations()
	all["good"] = calibration()
	for name, c := range all {
		got := render(t, func(w io.Writer) error { return terminal.Write(w, calibrated.Document(c), terminal.Style{}) })
		for _, word := range []string{"SD", "MDC", "Wilson", "resampl", "autocorrelation", "correlation", "dispersion", "interval", "carried", "slices"} {
			if strings.Contains(got, word) {
				t.Errorf("%s: %q in\n%s", name, word, got)
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
	c.Found[0].Worst, c.Found[1].Change, c.Found[1].Reason, c.Advice.Noisy = evil, nil, evil, []string{evil}
	got := render(t, func(w io.Writer) error { return terminal.Write(w, calibrated.Document(c), terminal.Style{All: true}) })
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
		"unknown field":   {`"rounds": 54`, `"rounds": 54, "gates": 1`},
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

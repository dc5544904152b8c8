package record

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
)

// WriteRun writes run.json, schema [bench.RunSchema]: indented, maps in the order
// of their keys. A run without rounds has an empty list of them, not null.
func WriteRun(w io.Writer, run bench.Run) error {
	run.Plan.Arms = append([]bench.Arm{}, run.Plan.Arms...)
	run.Scenarios = append([]bench.Cell{}, run.Scenarios...)
	run.Rounds = append([]bench.Round{}, run.Rounds...)
	if run.Plan.Answer == nil {
		run.Plan.Answer = map[string]any{}
	}
	if run.Validity.Ceiling == nil {
		run.Validity.Ceiling = map[string]float64{}
	}
	for i := range run.Rounds {
		r := &run.Rounds[i]
		if r.Metrics == nil {
			r.Metrics = map[bench.Metric]float64{}
		}
		if r.Slices == nil {
			r.Slices = map[bench.Metric][]float64{}
		}
	}
	return encode(w, run, "run")
}

// WriteVerdict writes verdict.json, schema [bench.VerdictSchema], in the same way.
func WriteVerdict(w io.Writer, v bench.Verdict) error {
	v.Scenarios = append([]bench.ScenarioVerdict{}, v.Scenarios...)
	v.Comparisons = append([]bench.Comparison{}, v.Comparisons...)
	v.Groups = append([]bench.Group{}, v.Groups...)
	v.Diagnoses = append([]bench.Diagnosis{}, v.Diagnoses...)
	for i := range v.Diagnoses {
		v.Diagnoses[i].Scenarios = append([]string{}, v.Diagnoses[i].Scenarios...)
	}
	for i := range v.Groups {
		v.Groups[i].Members = append([]string{}, v.Groups[i].Members...)
	}
	return encode(w, v, "verdict")
}

// WriteCalibration writes calibration.json, schema [bench.CalibrationSchema], in
// the same way.
func WriteCalibration(w io.Writer, c bench.Calibration) error {
	c.Power = append([]bench.Power{}, c.Power...)
	c.Found = append([]bench.Found{}, c.Found...)
	c.Noise = append([]bench.Noise{}, c.Noise...)
	c.Carried = append([]bench.Carried{}, c.Carried...)
	c.Difference.Members = append([]string{}, c.Difference.Members...)
	return encode(w, c, "calibration")
}

func encode(w io.Writer, document any, what string) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		return fmt.Errorf("writing the %s as JSON: %w", what, err)
	}
	return nil
}

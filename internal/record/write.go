package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
)

// WriteRun writes run.json, schema [bench.RunSchema]: indented, maps in the order
// of their keys. A run without rounds has an empty list of them, not null.
//
// The rounds are nearly all of it, and are written one by one: the encoder keeps what it
// writes in memory twice.
func WriteRun(w io.Writer, run bench.Run) error {
	rounds := run.Rounds
	run.Plan.Arms = append([]bench.Arm{}, run.Plan.Arms...)
	run.Scenarios = append([]bench.Cell{}, run.Scenarios...)
	run.Rounds = []bench.Round{}
	if run.Plan.Answer == nil {
		run.Plan.Answer = map[string]any{}
	}
	if run.Validity.Ceiling == nil {
		run.Validity.Ceiling = map[string]float64{}
	}
	var rest bytes.Buffer
	if err := encode(&rest, run, "run"); err != nil {
		return err
	}
	if len(rounds) == 0 {
		_, err := rest.WriteTo(w)
		return err
	}
	before, after, _ := bytes.Cut(rest.Bytes(), []byte(noRounds))
	if _, err := w.Write(before); err != nil {
		return err
	}
	if err := writeRounds(w, rounds); err != nil {
		return fmt.Errorf("writing the run as JSON: %w", err)
	}
	_, err := w.Write(after)
	return err
}

// noRounds is an empty list of rounds as it is written. No text has it in it: line ends of
// theirs are escaped.
const noRounds = "\n  \"rounds\": []"

// writeRounds writes what stands in the place of noRounds.
func writeRounds(w io.Writer, rounds []bench.Round) error {
	var one bytes.Buffer
	e := json.NewEncoder(&one)
	e.SetIndent("    ", "  ")
	e.SetEscapeHTML(false)
	begin := "\n  \"rounds\": [\n    "
	for _, r := range rounds {
		if r.Metrics == nil {
			r.Metrics = map[bench.Metric]float64{}
		}
		if r.Slices == nil {
			r.Slices = map[bench.Metric][]float64{}
		}
		one.Reset()
		one.WriteString(begin)
		begin = ",\n    "
		if err := e.Encode(&r); err != nil {
			return err
		}
		if _, err := w.Write(bytes.TrimRight(one.Bytes(), "\n")); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n  ]")
	return err
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

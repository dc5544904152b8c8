package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
)

// JSON writes the run as run.json has it, schema [bench.RunSchema]: indented,
// maps in the order of their keys. A run without rounds has an empty list of
// them, not null.
func JSON(w io.Writer, run bench.Run) error {
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
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(run); err != nil {
		return fmt.Errorf("writing the run as JSON: %w", err)
	}
	return nil
}

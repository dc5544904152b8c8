//go:build platform

package report_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/montanaflynn/stats"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/export"
)

// benchstat is the tool that a stranger would ask.
const benchstat = "golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da"

// TestPlatformBenchstatAgrees: of a real run, benchstat finds the medians of what decides
// in bench.txt, in all arms of all scenarios.
func TestPlatformBenchstatAgrees(t *testing.T) {
	run := saved("pass")
	path := filepath.Join(t.TempDir(), "bench.txt")
	var text bytes.Buffer
	if err := export.Bench(&text, run); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd := exec.Command("go", "run", benchstat, "-format", "csv", "-col", "/arm", "-filter", ".unit:sec/op", path)
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.Bytes())
	}
	seen := 0
	for name, found := range medians(t, out) {
		scenario := scenarioOf(t, run, name)
		for arm, got := range found {
			seen++
			if want := medianOf(t, run, scenario, arm); math.Abs(got-want) > 1e-6*want {
				t.Errorf("%s %s: benchstat says %v, the rounds %v", scenario.ID, arm, got, want)
			}
		}
	}
	if want := len(run.Scenarios) * len(run.Plan.Arms); seen != want {
		t.Errorf("benchstat knows %d of %d medians:\n%s", seen, want, out)
	}
}

// medians reads benchstat's table: by benchmark, by arm.
func medians(t *testing.T, table []byte) map[string]map[bench.Arm]float64 {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(table))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[bench.Arm]float64{}
	var arms map[int]bench.Arm // by column
	for _, row := range rows {
		switch {
		case row[0] == "" && len(row) > 1 && row[1] == string(bench.Direct):
			arms = map[int]bench.Arm{}
			for i, cell := range row {
				if cell != "" {
					arms[i] = bench.Arm(cell)
				}
			}
		case strings.HasPrefix(row[0], "Gateway/"):
			all[row[0]] = map[bench.Arm]float64{}
			for i, arm := range arms {
				if all[row[0]][arm], err = strconv.ParseFloat(row[i], 64); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return all
}

// scenarioOf finds the scenario of a benchmark's name.
func scenarioOf(t *testing.T, run bench.Run, name string) bench.Cell {
	t.Helper()
	for _, c := range run.Scenarios {
		want := fmt.Sprintf("Gateway/mode=%s/c=%d/body=%s-", c.Mode, c.Concurrency, bench.Size(c.BodyBytes))
		if strings.HasPrefix(name, want) {
			return c
		}
	}
	t.Fatalf("%s is no scenario", name)
	return bench.Cell{}
}

func medianOf(t *testing.T, run bench.Run, scenario bench.Cell, arm bench.Arm) float64 {
	t.Helper()
	var values []float64
	for _, r := range run.Rounds {
		if r.Scenario == scenario.ID && r.Arm == arm && r.Void == "" {
			values = append(values, r.Metrics[scenario.Mode.Primary()])
		}
	}
	m, err := stats.Median(values)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

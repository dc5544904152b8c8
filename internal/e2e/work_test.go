//go:build measured

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/work"
)

// workFault is work that nobody waits for: what of a request it changes, and a function
// that has to be named, by a part of its name or of that of its module.
type workFault struct{ fault, mode, what, function string }

var workFaults = []struct {
	name   string
	start  func(testing.TB, string) func(args string) string
	faults []workFault
}{
	{"reference", reference, []workFault{
		{"parse-again", "json", bench.Instructions, "encoding/json"},
		{"format-log", "json", bench.Instructions, "fmt."},
		{"copy-headers", "json", bench.Instructions, "maps"},
		{"copy-events", "sse", bench.Instructions, "runtime."},
		{"compile-regexp", "json", bench.Instructions, "regexp/syntax"},
		{"fsync", "json", "fsyncs", ""},
		{"open-file", "json", "opens", ""},
		{"churn", "json", "connects", ""},
		{"", "json", "", ""},
	}},
	{"axum", axum, []workFault{
		{"parse-again", "json", bench.Instructions, "axum"},
		{"format-log", "json", bench.Instructions, "axum"},
		{"copy-headers", "json", bench.Instructions, "axum"},
		{"copy-events", "sse", bench.Instructions, "axum"},
		{"compile-regexp", "json", bench.Instructions, "axum"},
		{"fsync", "json", "fsyncs", ""},
		{"open-file", "json", "opens", ""},
		{"churn", "json", "connects", ""},
		{"", "json", "", ""},
	}},
}

// TestMeasuredWork: what no clock shows in the time of a gate is counted, and of the same
// program nothing is said.
func TestMeasuredWork(t *testing.T) {
	for _, g := range workFaults {
		rig := newFaultRig(t, zoo{gateway: g.start})
		for _, f := range g.faults {
			t.Run(g.name+"/"+f.fault, func(t *testing.T) {
				t.Parallel() // counts do not mind
				changes, counts := rig.counted(t, f)
				for _, c := range changes {
					t.Logf("%s, %s: %s", c.What, c.Outcome, c.Text)
				}
				i := slices.IndexFunc(changes, func(c bench.WorkChange) bool { return c.What == f.what && c.Head > c.Base })
				switch {
				case f.fault == "" && len(changes) > 0:
					t.Errorf("%d changes of nothing", len(changes))
				case f.fault == "":
				case i < 0:
					t.Errorf("%s did not grow: %s", f.what, counts)
				case f.function != "" && !slices.ContainsFunc(changes[i].Functions, func(fn bench.FunctionChange) bool { return strings.Contains(fn.Name+" of "+fn.Module, f.function) }):
					t.Errorf("no function %s in %+v", f.function, changes[i].Functions)
				}
			})
		}
	}
}

// TestMeasuredCanaries: what changes nothing of what a program does moves its clocks by 4
// to 6 %, and its counts by less than is noted.
func TestMeasuredCanaries(t *testing.T) {
	rig := newFaultRig(t, zoo{gateway: reference})
	for name, canary := range map[string]func(t *testing.T, program string) string{
		"relinked": func(t *testing.T, program string) string {
			build := exec.Command("go", "build", "-ldflags=-randlayout=7", "-o", program, "./testdata/gateways/reference")
			build.Dir = filepath.Join("..", "..")
			mustRun(t, build)
			return started(program)("")
		},
		"another name": func(t *testing.T, program string) string {
			program += strings.Repeat("-of-some-length", 8)
			goBuild(t, program, "./testdata/gateways/reference")
			return started(program)("")
		},
		"a larger environment": func(t *testing.T, program string) string {
			goBuild(t, program, "./testdata/gateways/reference")
			return strings.Replace(started(program)(""), "gateway:\n", "gateway:\n  env: {PADDING: "+strings.Repeat("x", 3000)+"}\n", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			head := canary(t, filepath.Join(t.TempDir(), "canary"))
			run := rig.count(t, rig.gateway(""), head, "json,sse")
			for _, w := range run.Work {
				t.Logf("%s, %s: %.0f", w.Arm, w.Scenario, w.Instructions)
			}
			for _, c := range work.Compare(run.Work, bench.DefaultWork) {
				t.Errorf("%s: %s", c.Scenario, c.Text)
			}
		})
	}
}

// counted is what changes with a fault, beside the gateway without, and the instructions
// of each batch.
func (r faultRig) counted(t *testing.T, f workFault) (changes []bench.WorkChange, counts string) {
	t.Helper()
	args := ""
	if f.fault != "" {
		args = "-fault " + f.fault
	}
	run := r.count(t, r.gateway(""), r.gateway(args), f.mode)
	for _, w := range run.Work {
		counts += fmt.Sprintf("\n%s, process %d, %s: %.0f", w.Arm, w.Process, w.Scenario, w.Instructions)
	}
	return work.Compare(run.Work, bench.DefaultWork), counts
}

// count counts the gateways of two configurations.
func (r faultRig) count(t *testing.T, base, head, modes string) (run bench.Run) {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{"base.yml": base, "head.yml": head} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := exec.CommandContext(t.Context(), r.bench, "count", "--config", "head.yml", "--base-config", "base.yml", "--modes", modes, "--body", "100B", "--json")
	count.Dir = dir
	var said bytes.Buffer
	count.Stderr = &said
	out, err := count.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", count, err, said.String())
	}
	if err := json.Unmarshal(out, &run); err != nil {
		t.Fatal(err)
	}
	for _, w := range run.Work {
		if w.Uncounted != "" {
			t.Errorf("%s, %s: %s", w.Arm, w.Scenario, w.Uncounted)
		}
	}
	return run
}

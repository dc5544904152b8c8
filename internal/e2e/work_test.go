//go:build measured

package e2e

import (
	"bytes"
	"encoding/json"
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
		{"fsync", "json", "fsyncs", ""},
		{"open-file", "json", "opens", ""},
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
				changes := rig.counted(t, f)
				for _, c := range changes {
					t.Logf("%s, %s: %s", c.What, c.Outcome, c.Text)
				}
				i := slices.IndexFunc(changes, func(c bench.WorkChange) bool { return c.What == f.what && c.Head > c.Base })
				switch {
				case f.fault == "" && len(changes) > 0:
					t.Errorf("%d changes of nothing", len(changes))
				case f.fault == "":
				case i < 0:
					t.Errorf("%s did not grow", f.what)
				case f.function != "" && !slices.ContainsFunc(changes[i].Functions, func(fn bench.FunctionChange) bool { return strings.Contains(fn.Name+" of "+fn.Module, f.function) }):
					t.Errorf("no function %s in %+v", f.function, changes[i].Functions)
				}
			})
		}
	}
}

// counted is what changes with a fault, beside the gateway without.
func (r faultRig) counted(t *testing.T, f workFault) []bench.WorkChange {
	t.Helper()
	dir := t.TempDir()
	args := ""
	if f.fault != "" {
		args = "-fault " + f.fault
	}
	for file, args := range map[string]string{"base.yml": "", "head.yml": args} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(r.gateway(args)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := exec.CommandContext(t.Context(), r.bench, "count", "--config", "head.yml", "--base-config", "base.yml", "--modes", f.mode, "--body", "100B", "--json")
	count.Dir = dir
	var said bytes.Buffer
	count.Stderr = &said
	out, err := count.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", count, err, said.String())
	}
	var run bench.Run
	if err := json.Unmarshal(out, &run); err != nil {
		t.Fatal(err)
	}
	for _, w := range run.Work {
		if w.Uncounted != "" {
			t.Errorf("%s, %s: %s", w.Arm, w.Scenario, w.Uncounted)
		}
	}
	return work.Compare(run.Work, bench.DefaultWork)
}

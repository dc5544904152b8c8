package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The suites that show a fault, each as small as it can be.
const (
	// Two bodies in one mode, and the rounds that an interval of 99 % needs.
	steady = `suite: {modes: [sse], concurrency: [1], body: [1KB, 10KB]}
measure: {rounds: 8, time_budget: 60s}
`
	sizes = `suite: {modes: [json], concurrency: [1], body: [1KB, 10KB, 100KB]}
measure: {rounds: 8, time_budget: 60s}
`
	reused = `suite: {modes: [json, sse], concurrency: [4], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
	slow = `suite: {modes: [sse], concurrency: [2], body: [1KB]}
measure: {rounds: 2, time_budget: 60s}
`
	// A backend that takes its time, so that the machine is not what is used up.
	thinking = `suite: {modes: [json], concurrency: [1, 4, 24], body: [1KB]}
mock: {latency: 5ms}
measure: {rounds: 2, time_budget: 60s}
`
	// Streams that last, of events of which a buffer of 16 KB holds three.
	paced = `suite: {modes: [sse], concurrency: [2], body: [1KB]}
mock: {first_event: 8ms, chunks: 10, chunk_size: 4KB, chunk_interval: 2ms}
measure: {rounds: 2, time_budget: 60s}
`
	frequent = `suite: {modes: [sse], concurrency: [10], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
	// So many at once that few requests come alone.
	crowded = `suite: {modes: [sse], concurrency: [50], body: [1KB]}
measure: {rounds: 2, time_budget: 60s}
`
	filling = `suite: {modes: [json, sse], concurrency: [4, 8], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
)

// faults are the faults of the reference gateway with what each looks like; with
// any of them nothing else may be said. Not among them are two that do not show
// under such a load: a slow start after idle, since no gateway is idle for long
// here, and an ignored disconnect, since no client goes away. What damages a
// stream is let loose on the few that come alone: a gateway that damages all of
// them ends the measurement with that error, before there is anything to explain.
var faults = []struct {
	fault string
	suite string
	want  bench.DiagnosisName
}{
	{"delay=300us", steady, bench.FixedCost},
	{"burn=300us", steady, bench.FixedCost},
	{"slow-percent=50", steady, bench.FixedCost},
	{"delay-first-event=1ms", steady, bench.FixedCost},
	{"delay-chunk=100us", steady, bench.FixedCost},
	{"parse", sizes, bench.CostPerByte},
	{"per-byte=1ns", sizes, bench.CostPerByte},
	{"quadratic=100ns", sizes, bench.CostPerByte},
	{"lock", thinking, bench.Queueing},
	{"pool=4", thinking, bench.Queueing},
	{"nagle", slow, bench.DelayedACK},
	{"churn", reused, bench.ConnectionChurn},
	{"churn-streams", reused, bench.ConnectionChurn},
	{"buffer", paced, bench.BufferedAnswer},
	{"buffer=16KB", paced, bench.CoalescedEvents},
	{"hold-head", paced, bench.HeldHead},
	{"stall=1/400", frequent, bench.RareStall},
	{"drop-chunk -only sse/c1", crowded, bench.StreamDamage},
	{"double-chunk -only sse/c1", crowded, bench.StreamDamage},
	{"reorder-chunks -only sse/c1", crowded, bench.StreamDamage},
	{"merge-chunks -only sse/c1", crowded, bench.StreamDamage},
	{"lose-end -only sse/c1", crowded, bench.StreamDamage},
	{"error=1%", reused, bench.FailingRequests},
	{"leak=10KB", filling, bench.MemoryGrowth},
	{"goroutine-leak", filling, bench.MemoryGrowth},
	{"background-burn=10%", reused, bench.BackgroundCPU},
}

// tries is how often a fault is measured before it counts as not found: other
// programs share the machine.
const tries = 3

// TestFaults measures gateways with one fault each beside one without: what is
// diagnosed must be the fault, it must be new, and there must be nothing else.
func TestFaults(t *testing.T) {
	rig := newFaultRig(t)
	for _, f := range faults {
		t.Run(f.fault, func(t *testing.T) {
			for n := 1; ; n++ {
				wrong := rig.misdiagnosed(t, f.fault, f.suite, f.want)
				if wrong == "" {
					return
				}
				t.Logf("try %d: %s", n, wrong)
				if n == tries {
					t.Fatalf("not found as %s in %d tries", f.want, tries)
				}
			}
		})
	}
}

// TestNoFault measures the gateway without a fault beside itself, with every
// suite that a fault is found by.
func TestNoFault(t *testing.T) {
	rig := newFaultRig(t)
	for _, suite := range []string{steady, sizes, thinking, paced, filling} {
		all := rig.diagnose(t, "", suite)
		if len(all) > 0 { // other programs share the machine: what is there is there again
			t.Logf("once, %s: %+v", strings.Split(suite, "\n")[0], all)
			all = rig.diagnose(t, "", suite)
		}
		if len(all) > 0 {
			t.Errorf("a gateway without a fault, %s: %+v", strings.Split(suite, "\n")[0], all)
		}
	}
}

// faultRig has the built programs.
type faultRig struct{ bench, gateway string }

func newFaultRig(t *testing.T) faultRig {
	t.Helper()
	dir := t.TempDir()
	r := faultRig{filepath.Join(dir, "proxy-bench"), filepath.Join(dir, "reference")}
	for path, pkg := range map[string]string{r.bench: "./cmd/proxy-bench", r.gateway: "./testdata/gateways/reference"} {
		build := exec.Command("go", "build", "-o", path, pkg)
		build.Dir = filepath.Join("..", "..")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", build, err, out)
		}
	}
	return r
}

// misdiagnosed says what is wrong with the diagnoses; empty when nothing is.
func (r faultRig) misdiagnosed(t *testing.T, fault, suite string, want bench.DiagnosisName) string {
	t.Helper()
	found := false
	for _, d := range r.diagnose(t, "-fault "+fault, suite) {
		t.Logf("%s (%s) %v: %s", d.Name, d.Course, d.Scenarios, d.Seen)
		switch {
		case d.Course != bench.Appeared:
			return fmt.Sprintf("%s is said to be %s", d.Name, d.Course)
		case d.Name == want:
			found = true
		default:
			return fmt.Sprintf("%s, which it is not: %s", d.Name, d.Seen)
		}
	}
	if !found {
		return "nothing is said"
	}
	return ""
}

// diagnose measures the gateway with arguments beside the one without.
func (r faultRig) diagnose(t *testing.T, args, suite string) []bench.Diagnosis {
	t.Helper()
	dir := t.TempDir()
	config := func(name, args string) string {
		path := filepath.Join(dir, name)
		text := fmt.Sprintf("version: 1\ngateway:\n  start: exec %s -listen \"127.0.0.1:$PORT\" -upstream \"$UPSTREAM_URL\" %s\n  ready: {path: /health, timeout: 20s}\n%s", r.gateway, args, suite)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out := filepath.Join(dir, "out")
	run := exec.CommandContext(ctx, r.bench, "run", "--config", config("head.yml", args), "--base-config", config("base.yml", ""), "--out", out)
	// Requests that fail are an exit status, too, and what some faults are.
	if text, err := run.CombinedOutput(); !exited(err) {
		t.Fatalf("%v\n%s", err, text)
	}
	compare := exec.CommandContext(ctx, r.bench, "compare", "--json", filepath.Join(out, "run.json"))
	text, err := compare.Output()
	if !exited(err) {
		t.Fatal(err)
	}
	var v bench.Verdict
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v.Diagnoses
}

// exited is true when a program ended by itself, whatever its status.
func exited(err error) bool {
	var status *exec.ExitError
	return err == nil || errors.As(err, &status) && status.Exited()
}

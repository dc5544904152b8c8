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
	"slices"
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
	// Head and first event are written apart also by a gateway that would write
	// them together if both were there.
	later = `suite: {modes: [sse], concurrency: [2], body: [1KB]}
mock: {first_event: 5ms}
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
	// What no round has; the rounds beside it are few.
	leaving = `suite: {modes: [sse], concurrency: [1], body: [1KB], probes: [disconnect]}
measure: {rounds: 2, time_budget: 60s}
`
	piling = `suite: {modes: [sse], concurrency: [1], body: [1KB], probes: [slow-reader]}
measure: {rounds: 2, time_budget: 60s}
`
	resting = `suite: {modes: [sse], concurrency: [1], body: [1KB], probes: [idle]}
measure: {rounds: 2, time_budget: 60s}
`
	probed = `suite: {modes: [sse], concurrency: [1], body: [1KB], probes: [disconnect, slow-reader, idle]}
measure: {rounds: 2, time_budget: 60s}
`
	filling = `suite: {modes: [json, sse], concurrency: [4, 8], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
)

// fault is one of a gateway, the suite that it is looked for with, and what it
// looks like.
type fault struct {
	fault string
	suite string
	want  bench.DiagnosisName
}

// zoo is a gateway with its faults; with any of them nothing else may be said.
// What damages a stream is let loose on few: a gateway that damages all of them
// ends the measurement with that error, before there is anything to explain.
type zoo struct {
	name   string
	build  func(t testing.TB, path string)
	faults []fault
}

var zoos = []zoo{
	{"reference", buildReference, []fault{
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
		{"ignore-disconnect", leaving, bench.IgnoredDisconnect},
		{"buffer", piling, bench.UnboundedBuffering},
		{"slow-after-idle", resting, bench.SlowAfterIdle},
	}},
	{"axum", buildAxum, []fault{
		{"delay=300us", steady, bench.FixedCost},
		{"burn=300us", steady, bench.FixedCost},
		{"delay-first-event=1ms", steady, bench.FixedCost},
		{"parse", sizes, bench.CostPerByte},
		{"per-byte=1ns", sizes, bench.CostPerByte},
		{"lock", thinking, bench.Queueing},
		{"pool=4", thinking, bench.Queueing},
		{"nagle", later, bench.DelayedACK},
		{"churn", reused, bench.ConnectionChurn},
		{"churn-streams", reused, bench.ConnectionChurn},
		{"buffer", paced, bench.BufferedAnswer},
		{"buffer=16KB", paced, bench.CoalescedEvents},
		{"drop-chunk=1%", frequent, bench.StreamDamage},
		{"error=1%", reused, bench.FailingRequests},
		{"leak=10KB", filling, bench.MemoryGrowth},
	}},
}

// clean are the suites with which a gateway without a fault must have nothing
// said of it: all that a fault is found by, but for doubles.
var clean = []string{steady, sizes, thinking, paced, filling, probed}

// tries is how often a fault is measured before it counts as not found: other
// programs share the machine.
const tries = 3

// TestFaults measures gateways with one fault each beside one without: what is
// diagnosed must be the fault, it must be new, and there must be nothing else.
func TestFaults(t *testing.T) {
	for _, z := range zoos {
		t.Run(z.name, func(t *testing.T) {
			rig := newFaultRig(t, z)
			for _, f := range z.faults {
				t.Run(f.fault, func(t *testing.T) { rig.mustFind(t, f) })
			}
		})
	}
}

func (r faultRig) mustFind(t *testing.T, f fault) {
	for n := 1; ; n++ {
		found, wrong := r.look(t, f)
		if found && wrong == "" {
			return
		}
		t.Logf("try %d: found %v; %s", n, found, wrong)
		if n == tries {
			t.Fatalf("not found as %s in %d tries", f.want, tries)
		}
	}
}

// TestNoFault measures each gateway without a fault beside itself.
func TestNoFault(t *testing.T) {
	for _, z := range zoos {
		t.Run(z.name, func(t *testing.T) {
			rig := newFaultRig(t, z)
			for _, suite := range clean {
				all := rig.diagnose(t, "", suite)
				if len(all) > 0 { // other programs share the machine: what is there is there again
					t.Logf("once, %s: %+v", strings.Split(suite, "\n")[0], all)
					all = rig.diagnose(t, "", suite)
				}
				if len(all) > 0 {
					t.Errorf("a gateway without a fault, %s: %+v", strings.Split(suite, "\n")[0], all)
				}
			}
		})
	}
}

// weaker are faults at falling strengths, for the smallest that is still found.
var weaker = map[string][]fault{
	"reference": {
		{"delay=100us", steady, bench.FixedCost},
		{"delay=50us", steady, bench.FixedCost},
		{"delay=25us", steady, bench.FixedCost},
		{"per-byte=0.5ns", sizes, bench.CostPerByte},
		{"per-byte=0.2ns", sizes, bench.CostPerByte},
		{"per-byte=0.1ns", sizes, bench.CostPerByte},
		{"pool=8", thinking, bench.Queueing},
		{"pool=12", thinking, bench.Queueing},
		{"pool=16", thinking, bench.Queueing},
	},
}

// BenchmarkFaults prints how often each fault is found at its first try, and how
// often something else is said; with -benchtime 10x, of ten runs each. Strengths
// that no test asks for are among them.
func BenchmarkFaults(b *testing.B) {
	for _, z := range zoos {
		rig := newFaultRig(b, z)
		for _, f := range slices.Concat(z.faults, weaker[z.name]) {
			b.Run(z.name+"/"+f.fault, func(b *testing.B) {
				found, wrong := 0, 0
				for range b.N {
					is, other := rig.look(b, f)
					if is {
						found++
					}
					if other != "" {
						wrong++
						b.Log(other)
					}
				}
				b.ReportMetric(float64(found), "found")
				b.ReportMetric(float64(wrong), "false")
				b.ReportMetric(0, "ns/op")
			})
		}
		for i, suite := range clean {
			b.Run(fmt.Sprintf("%s/clean-%d", z.name, i+1), func(b *testing.B) {
				wrong := 0
				for range b.N {
					if all := rig.diagnose(b, "", suite); len(all) > 0 {
						wrong++
						b.Logf("%+v", all)
					}
				}
				b.ReportMetric(float64(wrong), "false")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// faultRig has the built programs.
type faultRig struct{ bench, gateway string }

func newFaultRig(t testing.TB, z zoo) faultRig {
	t.Helper()
	dir := t.TempDir()
	r := faultRig{filepath.Join(dir, "proxy-bench"), filepath.Join(dir, z.name)}
	goBuild(t, r.bench, "./cmd/proxy-bench")
	z.build(t, r.gateway)
	return r
}

func goBuild(t testing.TB, path, pkg string) {
	t.Helper()
	build := exec.Command("go", "build", "-o", path, pkg)
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
}

func buildReference(t testing.TB, path string) { goBuild(t, path, "./testdata/gateways/reference") }

// buildAxum needs cargo, which not everybody has who runs the tests.
func buildAxum(t testing.TB, path string) {
	t.Helper()
	const dir = "../../testdata/gateways/axum"
	if _, err := exec.LookPath("cargo"); err != nil {
		message := "NO CARGO: the axum gateway is not built: " + err.Error()
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	build := exec.Command("cargo", "build", "--locked", "--release", "--quiet")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build, err, out)
	}
	program, err := os.ReadFile(filepath.Join(dir, "target", "release", "axum-gateway"))
	if err == nil {
		err = os.WriteFile(path, program, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// look measures a gateway with a fault, and says whether the fault was found and
// what else was, which is wrong.
func (r faultRig) look(t testing.TB, f fault) (found bool, wrong string) {
	t.Helper()
	for _, d := range r.diagnose(t, "-fault "+f.fault, f.suite) {
		t.Logf("%s (%s) %v: %s", d.Name, d.Course, d.Scenarios, d.Seen)
		switch {
		case d.Course != bench.Appeared:
			wrong = fmt.Sprintf("%s is said to be %s", d.Name, d.Course)
		case d.Name == f.want:
			found = true
		default:
			wrong = fmt.Sprintf("%s, which it is not: %s", d.Name, d.Seen)
		}
	}
	return found, wrong
}

// diagnose measures the gateway with arguments beside the one without.
func (r faultRig) diagnose(t testing.TB, args, suite string) []bench.Diagnosis {
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
	ran, err := run.CombinedOutput()
	if !exited(err) {
		t.Fatalf("%v\n%s", err, ran)
	}
	compare := exec.CommandContext(ctx, r.bench, "compare", "--json", filepath.Join(out, "run.json"))
	var v bench.Verdict
	var complaint bytes.Buffer
	compare.Stderr = &complaint
	text, err := compare.Output()
	if !exited(err) {
		t.Fatal(err)
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&v); err != nil {
		t.Fatalf("%v in %q: %s\n%s", err, text, &complaint, ran)
	}
	return v.Diagnoses
}

// exited is true when a program ended by itself, whatever its status.
func exited(err error) bool {
	var status *exec.ExitError
	return err == nil || errors.As(err, &status) && status.Exited()
}

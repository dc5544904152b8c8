//go:build measured

package e2e

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
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
	pacing = `chunks: 10, chunk_size: 4KB, chunk_interval: 2ms`
	paced  = `suite: {modes: [sse], concurrency: [2], body: [1KB]}
mock: {first_event: 8ms, ` + pacing + `}
measure: {rounds: 2, time_budget: 60s}
`
	frequent = `suite: {modes: [sse], concurrency: [10], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
	filling = `suite: {modes: [json, sse], concurrency: [4, 8], body: [1KB]}
measure: {rounds: 3, time_budget: 60s}
`
)

// fault is one of a gateway, the suite that it is looked for with, and what it
// looks like. Weaker are falling strengths below the one that tests ask for.
type fault struct {
	fault  string
	suite  string
	want   bench.DiagnosisName
	weaker []string
}

// zoo is a gateway with its faults; with any of them nothing else may be said.
// What damages a stream damages a share of them: a gateway that damages all of
// them ends the measurement with that error, before there is anything to explain.
type zoo struct {
	name string
	// gateway builds it, and gives its part of a configuration for some arguments.
	gateway func(t testing.TB, dir string) func(args string) string
	faults  []fault
}

var zoos = []zoo{
	{"reference", reference, []fault{
		{"delay=300us", steady, diagnose.FixedCost.Name, []string{"100us", "50us", "35us", "25us", "20us", "15us"}},
		{"burn=300us", steady, diagnose.FixedCost.Name, []string{"100us", "50us", "35us", "25us"}},
		{"slow-percent=50", steady, diagnose.FixedCost.Name, []string{"30", "20"}},
		{"delay-first-event=1ms", steady, diagnose.FixedCost.Name, []string{"100us", "50us"}},
		{"delay-chunk=100us", steady, diagnose.FixedCost.Name, []string{"50us", "20us"}},
		{"parse", sizes, diagnose.CostPerByte.Name, nil},
		{"per-byte=1ns", sizes, diagnose.CostPerByte.Name, []string{"0.7ns", "0.5ns", "0.4ns", "0.3ns"}},
		{"quadratic=100ns", sizes, diagnose.CostPerByte.Name, []string{"30ns", "10ns"}},
		{"lock", thinking, diagnose.Queueing.Name, nil},
		{"pool=4", thinking, diagnose.Queueing.Name, []string{"5", "6", "8"}},
		{"nagle", slow, diagnose.DelayedACK.Name, nil},
		{"poll=100ms", steady, diagnose.TimerWait.Name, []string{"50ms"}},
		{"churn", reused, diagnose.ConnectionChurn.Name, nil},
		{"churn-streams", reused, diagnose.ConnectionChurn.Name, nil},
		{"buffer", paced, diagnose.BufferedAnswer.Name, nil},
		{"buffer=16KB", paced, diagnose.CoalescedEvents.Name, []string{"12KB", "8KB"}},
		{"hold-head", paced, diagnose.HeldHead.Name, nil},
		{"stall=1/400", frequent, diagnose.RareStall.Name, []string{"1/1000", "1/2000"}},
		{"drop-chunk=1%", frequent, diagnose.StreamDamage.Name, []string{"0.1%", "0.03%"}},
		{"double-chunk=1%", frequent, diagnose.StreamDamage.Name, []string{"0.1%"}},
		{"reorder-chunks=1%", frequent, diagnose.StreamDamage.Name, []string{"0.1%"}},
		{"merge-chunks=1%", frequent, diagnose.StreamDamage.Name, []string{"0.1%"}},
		{"lose-end=1%", frequent, diagnose.StreamDamage.Name, []string{"0.1%"}},
		{"error=1%", reused, diagnose.FailingRequests.Name, []string{"0.5%", "0.2%"}},
		{"leak=10KB", filling, diagnose.MemoryGrowth.Name, []string{"3KB", "1KB"}},
		{"goroutine-leak", filling, diagnose.MemoryGrowth.Name, nil},
		{"background-burn=10%", reused, diagnose.BackgroundCPU.Name, []string{"7%", "5%"}},
	}},
	{"axum", axum, []fault{
		{"delay=300us", steady, diagnose.FixedCost.Name, nil},
		{"burn=300us", steady, diagnose.FixedCost.Name, nil},
		{"delay-first-event=1ms", steady, diagnose.FixedCost.Name, nil},
		{"parse", sizes, diagnose.CostPerByte.Name, nil},
		{"per-byte=1ns", sizes, diagnose.CostPerByte.Name, nil},
		{"lock", thinking, diagnose.Queueing.Name, nil},
		{"pool=4", thinking, diagnose.Queueing.Name, nil},
		{"nagle", later, diagnose.DelayedACK.Name, nil},
		{"churn", reused, diagnose.ConnectionChurn.Name, nil},
		{"churn-streams", reused, diagnose.ConnectionChurn.Name, nil},
		{"buffer", paced, diagnose.BufferedAnswer.Name, nil},
		{"buffer=16KB", paced, diagnose.CoalescedEvents.Name, nil},
		{"drop-chunk=1%", frequent, diagnose.StreamDamage.Name, nil},
		{"error=1%", reused, diagnose.FailingRequests.Name, nil},
		{"leak=10KB", filling, diagnose.MemoryGrowth.Name, nil},
	}},
	// Of a gateway that many run there is only the one without faults.
	{"haproxy", haproxy, nil},
}

// clean are the suites with which a gateway without a fault must have nothing
// said of it: all that a fault is found by, but for doubles.
var clean = []string{steady, sizes, thinking, paced, filling}

// A fault has to be found, in as many tries at the most: other programs share the
// machine. How often it is found in ten is in docs/faults.md.
const tries = 3

// TestMeasuredFaults measures gateways with one fault each beside one without: what is
// diagnosed must be the fault, it must be new, and there must be nothing else.
func TestMeasuredFaults(t *testing.T) {
	for _, z := range zoos {
		if len(z.faults) == 0 {
			continue
		}
		t.Run(z.name, func(t *testing.T) {
			rig := newFaultRig(t, z)
			for _, f := range z.faults {
				t.Run(f.fault, func(t *testing.T) { rig.mustFind(t, f) })
			}
		})
	}
}

func (r faultRig) mustFind(t *testing.T, f fault) {
	for n := 1; n <= tries; n++ {
		found, wrong := r.look(t, f)
		if found[f.want] && wrong == "" {
			return
		}
		t.Logf("try %d: found %v; %s", n, found[f.want], wrong)
	}
	t.Errorf("found as %s and as nothing else in none of %d tries", f.want, tries)
}

// TestMeasuredNoFault measures each gateway without a fault beside itself.
func TestMeasuredNoFault(t *testing.T) {
	for _, z := range zoos {
		t.Run(z.name, func(t *testing.T) {
			rig := newFaultRig(t, z)
			for _, suite := range clean {
				all := rig.diagnose(t, "", suite)
				if len(all) > 0 { // other programs share the machine: what is there is there again
					t.Logf("once, %s: %+v", firstLine(suite), all)
					all = rig.diagnose(t, "", suite)
				}
				if len(all) > 0 {
					t.Errorf("a gateway without a fault, %s: %+v", firstLine(suite), all)
				}
			}
		})
	}
}

// firstLine is what tells a suite from the others.
func firstLine(suite string) string {
	line, _, _ := strings.Cut(suite, "\n")
	return line
}

//go:build measured

package e2e

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
)

// oftenEnough is the share of the runs that have to find a fault of a strength.
const oftenEnough = 0.9

// BenchmarkFaults counts, with -benchtime 10x in ten runs each, what is said of
// gateways without a fault, and how often each fault is found: at the strength
// that tests ask for, then at weaker ones until it is not found often enough. It
// ends with the tables of docs/faults.md.
func BenchmarkFaults(b *testing.B) {
	rigs := make(map[string]faultRig)
	for _, z := range zoos {
		rigs[z.name] = newFaultRig(b, z)
	}
	cleanly := "| gateway | suite | runs | diagnosed, all wrong |\n|---|---|---|---|\n"
	for _, z := range zoos {
		for i, suite := range clean {
			c := counted(b, fmt.Sprintf("%s/clean-%d", z.name, i+1), rigs[z.name], fault{suite: suite})
			if c.runs == 0 {
				continue // not asked for
			}
			cleanly += fmt.Sprintf("| %s | `%s` | %d | %d |\n", z.name, firstLine(suite), c.runs, c.wrong)
		}
	}
	found := "| gateway | fault | strength | diagnosis | found | another, wrong |\n|---|---|---|---|---|---|\n"
	for _, z := range zoos {
		for _, f := range z.faults {
			name, strength, _ := strings.Cut(f.fault, "=")
			for _, strength := range append([]string{strength}, f.weaker...) {
				if f.fault = name; strength != "" {
					f.fault += "=" + strength
				}
				c := counted(b, z.name+"/"+f.fault, rigs[z.name], f)
				if c.runs == 0 {
					continue // not asked for
				}
				found += fmt.Sprintf("| %s | %s | %s | %s | %d of %d | %d |\n", z.name, name, cmp.Or(strength, "–"), f.want, c.found[f.want], c.runs, c.wrong)
				if float64(c.found[f.want]) < oftenEnough*float64(c.runs) {
					break
				}
			}
		}
	}
	b.Logf("\n%s\n%s", cleanly, found)
}

// What the default suite shows only of a backend that takes its time: its mock
// answers at once.
const (
	streaming = "mock: {first_event: 8ms, " + pacing + "}\n"
	waiting   = "mock: {latency: 10ms, first_event: 10ms, " + pacing + "}\n"
)

// together are faults that are told apart in one gateway, each at the weakest
// strength that its small suite finds, or weaker: a run takes two to four minutes.
var together = [][]fault{
	{{fault: "delay=25us", want: diagnose.FixedCost.Name}},
	{
		{fault: "per-byte=0.5ns", want: diagnose.CostPerByte.Name},
		{fault: "background-burn=5%", want: diagnose.BackgroundCPU.Name},
	},
	{
		{fault: "nagle", want: diagnose.DelayedACK.Name},
		{fault: "error=0.2%", want: diagnose.FailingRequests.Name},
		{fault: "drop-chunk=0.1%", want: diagnose.StreamDamage.Name},
		{fault: "leak=1KB", want: diagnose.MemoryGrowth.Name},
	},
	{
		{fault: "hold-head", suite: streaming, want: diagnose.HeldHead.Name},
		{fault: "churn", want: diagnose.ConnectionChurn.Name},
	},
	{
		{fault: "pool=8", suite: waiting, want: diagnose.Queueing.Name},
		{fault: "buffer=8KB", want: diagnose.CoalescedEvents.Name},
	},
	{{}}, // none
	{{fault: "stall=1/1000", want: diagnose.RareStall.Name}},
}

// BenchmarkFaultsByDefault counts the same with the default suite and its time
// budget of four minutes, on the reference gateway.
func BenchmarkFaultsByDefault(b *testing.B) {
	rig := newFaultRig(b, zoos[0])
	table := "| fault | diagnosis | found | another, wrong |\n|---|---|---|---|\n"
	for _, faults := range together {
		var names []string
		for _, f := range faults {
			names = append(names, cmp.Or(f.fault, "none"))
		}
		c := counted(b, strings.Join(names, ","), rig, faults...)
		for i, f := range faults {
			if c.runs > 0 {
				table += fmt.Sprintf("| %s | %s | %d of %d | %d |\n", names[i], cmp.Or(f.want, "–"), c.found[f.want], c.runs, c.wrong)
			}
		}
	}
	b.Logf("\n%s", table)
}

// count is how often a gateway was measured, and what was said.
type count struct {
	runs, wrong int
	found       map[bench.DiagnosisName]int
}

// counted measures as often as is wanted; a benchmark is called with one first.
func counted(b *testing.B, name string, rig faultRig, faults ...fault) count {
	c := count{found: make(map[bench.DiagnosisName]int)}
	b.Run(name, func(b *testing.B) {
		for ; c.runs < b.N; c.runs++ {
			found, other := rig.look(b, faults...)
			for name := range found {
				c.found[name]++
			}
			if other != "" {
				c.wrong++
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(c.wrong), "false")
		for _, f := range faults {
			if f.want != "" {
				b.ReportMetric(float64(c.found[f.want]), string(f.want))
			}
		}
	})
	return c
}

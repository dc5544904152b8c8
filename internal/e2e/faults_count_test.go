package e2e

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
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
			line, _, _ := strings.Cut(suite, "\n")
			cleanly += fmt.Sprintf("| %s | `%s` | %d | %d |\n", z.name, line, c.runs, c.wrong)
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
					break
				}
				found += fmt.Sprintf("| %s | %s | %s | %s | %d of %d | %d |\n", z.name, name, cmp.Or(strength, "–"), f.want, c.found, c.runs, c.wrong)
				if float64(c.found) < oftenEnough*float64(c.runs) {
					break
				}
			}
		}
	}
	b.Logf("\n%s\n%s", cleanly, found)
}

// count is how often a gateway was measured, and what was said.
type count struct{ runs, found, wrong int }

// counted measures as often as is wanted; a benchmark is called with one first.
func counted(b *testing.B, name string, rig faultRig, f fault) (c count) {
	b.Run(name, func(b *testing.B) {
		for ; c.runs < b.N; c.runs++ {
			is, other := rig.look(b, f)
			if is {
				c.found++
			}
			if other != "" {
				c.wrong++
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(c.wrong), "false")
		if f.want != "" {
			b.ReportMetric(float64(c.found), "found")
		}
	})
	return c
}

package summary

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Resources is what a gateway's process tree used. A memory figure of 0 is one that
// could not be read.
type Resources struct {
	CPU      []time.Duration // in each slice, in the order of the slices
	Idle     time.Duration   // between its slices, while other arms were driven
	IdleCPU  time.Duration   // used in Idle
	RSSIdle  int64           // bytes, when it was ready, before the first request
	RSSPeak  int64           // bytes, the most since the process started
	RSSAfter int64           // bytes, after the last slice
}

// gateway puts CPU time and memory of the process under test.
func (r *reducer) gateway(g *Resources) {
	if g == nil {
		for _, m := range []bench.Metric{bench.CPUPerRequest, bench.CPUIdle, bench.RSSIdle, bench.RSSPeak, bench.RSSAfter} {
			r.omit(m, noGateway)
		}
		return
	}
	r.cpu(g.CPU)
	if g.Idle > 0 {
		r.put(bench.CPUIdle, g.IdleCPU.Seconds()/g.Idle.Seconds())
	} else {
		r.omit(bench.CPUIdle, "no other arm was driven between its slices")
	}
	for m, bytes := range map[bench.Metric]int64{bench.RSSIdle: g.RSSIdle, bench.RSSPeak: g.RSSPeak, bench.RSSAfter: g.RSSAfter} {
		if bytes == 0 {
			r.omit(m, "could not be read")
			continue
		}
		r.put(m, float64(bytes))
	}
}

func (r *reducer) cpu(perSlice []time.Duration) {
	if len(perSlice) != len(r.slices) {
		r.omit(bench.CPUPerRequest, "was read for %d of %d slices", len(perSlice), len(r.slices))
		return
	}
	var total time.Duration
	for i, cpu := range perSlice {
		total += cpu
		if n := answered(&r.slices[i]); n > 0 {
			r.slice(bench.CPUPerRequest, cpu.Seconds()/float64(n))
		}
	}
	r.perRequest(bench.CPUPerRequest, total.Seconds())
}

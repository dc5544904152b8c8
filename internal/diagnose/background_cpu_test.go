package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// TestWorkBetweenSlicesIsNoBusyLoop: an interpreter works on in the moments between
// slices. Exchanges tell what it does when it rests, and few rounds tell nothing.
func TestWorkBetweenSlicesIsNoBusyLoop(t *testing.T) {
	spinning := set(map[bench.Metric]func(float64) float64{bench.CPUIdle: plus(0.07)})
	fact := func(arm bench.Arm, seen int) bench.Fact {
		return bench.Fact{Behaviour: busyAtRest, Arm: arm, Process: 1, Seen: seen, Of: 1}
	}
	for name, c := range map[string]struct {
		facts  []bench.Fact
		rounds int
		want   bool
	}{
		"no exchanges":              {nil, 12, true},
		"seen at rest":              {[]bench.Fact{fact(bench.Head, 1)}, 12, true},
		"seen at rest once":         {[]bench.Fact{fact(bench.Head, 0), fact(bench.Head, 1)}, 12, true},
		"rests":                     {[]bench.Fact{fact(bench.Head, 0)}, 12, false},
		"another rests":             {[]bench.Fact{fact(bench.Base, 0)}, 12, true},
		"there was no time to rest": {[]bench.Fact{{Behaviour: busyAtRest, Arm: bench.Head, Unseen: "no time"}}, 12, true},
		"two rounds":                {nil, 2, false},
	} {
		run := gateways(8, true, nil, spinning)
		run.Facts = c.facts
		if c.rounds < 12 {
			run.Rounds = slices.DeleteFunc(run.Rounds, func(r bench.Round) bool {
				return r.Round > c.rounds || r.Scenario != wide()[0].ID()
			})
		}
		found := slices.ContainsFunc(Run(run), func(d bench.Diagnosis) bool { return d.Name == BackgroundCPU.Name })
		if found != c.want {
			t.Errorf("%s: found %v, want %v", name, found, c.want)
		}
	}
	if _, ok := behaviour.Describe(busyAtRest); !ok {
		t.Errorf("%s is no behaviour", busyAtRest)
	}
}

// TestWorkAfterOneKindOfRequests: what goes on after JSON alone is of its requests, however
// few rounds with streams there are beside it.
func TestWorkAfterOneKindOfRequests(t *testing.T) {
	for sse, want := range map[float64]bool{0.01: false, 0.08: true} {
		run := gateways(8, true, nil, set(map[bench.Metric]func(float64) float64{bench.CPUIdle: plus(0.08)}))
		streams := 0
		for i, r := range run.Rounds {
			if r.Arm != bench.Head || !strings.HasPrefix(r.Scenario, string(bench.SSE)) {
				continue
			}
			if streams++; streams%5 == 0 {
				run.Rounds[i].Metrics[bench.CPUIdle] = sse
			} else {
				delete(run.Rounds[i].Metrics, bench.CPUIdle)
			}
		}
		found := slices.ContainsFunc(Run(run), func(d bench.Diagnosis) bool { return d.Name == BackgroundCPU.Name })
		if streams == 0 || found != want {
			t.Errorf("%v after streams (%d): found %v, want %v", sse, streams, found, want)
		}
	}
}

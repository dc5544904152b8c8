package diagnose

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// subject is one gateway with the direct path that was measured beside it.
type subject struct {
	scenarios []bench.Scenario
	arm       bench.Arm
	rounds    summary.Index
	warmUps   []bench.WarmUp
	facts     []bench.Fact // of all gateways
	machine   summary.Machine
	share     float64 // of a threshold that is enough, see lenient
}

// warmed is how many requests a process of the gateway was warmed with.
func (s subject) warmed(process int) (requests float64) {
	for _, w := range s.warmUps {
		if w.Arm == s.arm && w.Process == process {
			requests += float64(w.Requests)
		}
	}
	return requests
}

// seenNot is true when exchanges with the gateway could show a behaviour, and none did.
func (s subject) seenNot(name bench.BehaviourName) bool {
	seen, of := 0, 0
	for _, f := range s.facts {
		if f.Behaviour == name && f.Arm == s.arm {
			seen, of = seen+f.Seen, of+f.Of
		}
	}
	return of > 0 && seen == 0
}

// measured is true when the gateway itself has a round.
func (s subject) measured() bool { return s.rounds.Has(s.arm) }

// with is the same gateway with every threshold multiplied by share.
func (s subject) with(share float64) subject {
	s.share = share
	return s
}

// least is a threshold in the strictness asked for.
func (s subject) least(threshold float64) float64 { return s.share * threshold }

// figure is a number of one round; NaN where it has none.
type figure func(*bench.Round) float64

func metric(m bench.Metric) figure {
	return func(r *bench.Round) float64 {
		if v, ok := r.Metrics[m]; ok {
			return v
		}
		return math.NaN()
	}
}

// between is the time from one clock to a later one.
func between(earlier, later bench.Metric) figure {
	a, b := metric(earlier), metric(later)
	return func(r *bench.Round) float64 { return b(r) - a(r) }
}

// byRound are the figures of an arm in a scenario by the number of the round.
func (s subject) byRound(at bench.Scenario, arm bench.Arm, f figure) map[int]float64 {
	all := make(map[int]float64)
	for _, r := range s.rounds.Of(at.ID(), arm) {
		if v := f(r); !math.IsNaN(v) && !math.IsInf(v, 0) {
			all[r.Round] = v
		}
	}
	return all
}

// values are the figures of an arm in a scenario, in no order.
func (s subject) values(at bench.Scenario, arm bench.Arm, f figure) []float64 {
	return slices.Collect(maps.Values(s.byRound(at, arm, f)))
}

// both are the medians over the rounds of the gateway's figures and of the
// direct path's: NaN, for which no comparison holds, without one.
func (s subject) both(at bench.Scenario, f figure) (own, direct float64) {
	return s.own(at, f), median(s.values(at, bench.Direct, f))
}

func (s subject) own(at bench.Scenario, f figure) float64 { return median(s.values(at, s.arm, f)) }

func median(values []float64) float64 {
	m, err := stats.Median(values)
	if err != nil {
		return math.NaN()
	}
	return m
}

// inEach makes of a look at one scenario a look at all; seen is empty where
// there is nothing to find.
func inEach(look func(s subject, at bench.Scenario) (weight float64, seen string)) func(subject) []finding {
	return func(s subject) []finding {
		var found []finding
		for _, at := range s.scenarios {
			if weight, seen := look(s, at); seen != "" {
				found = append(found, finding{[]bench.Scenario{at}, weight, seen})
			}
		}
		return found
	}
}

// failing looks in each scenario for enough failures of some classes that the
// direct path does not have.
func failing(counted func(bench.ErrorClass) bool, enough func(s subject, n, of int) bool) func(subject) []finding {
	return inEach(func(s subject, at bench.Scenario) (share float64, seen string) {
		direct, _ := s.errors(at, bench.Direct)
		own, requests := s.errors(at, s.arm)
		failed, parts := 0, []string(nil)
		for _, class := range slices.Sorted(maps.Keys(own)) {
			if counted(class) && direct[class] == 0 && own[class] > 0 {
				failed += own[class]
				parts = append(parts, fmt.Sprintf("%d %s", own[class], class))
			}
		}
		if failed == 0 || !enough(s, failed, requests) {
			return 0, ""
		}
		return float64(failed) / float64(requests),
			fmt.Sprintf("%d of %d requests: %s; none without the gateway", failed, requests, strings.Join(parts, ", "))
	})
}

// errors counts the failed requests of an arm by class, and all requests.
func (s subject) errors(at bench.Scenario, arm bench.Arm) (classes map[bench.ErrorClass]int, requests int) {
	classes = make(map[bench.ErrorClass]int)
	for _, r := range s.rounds.Of(at.ID(), arm) {
		requests += r.Requests
		for class, n := range r.Errors {
			classes[class] += n
			requests += n
		}
	}
	return classes, requests
}

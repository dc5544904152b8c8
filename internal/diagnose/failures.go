package diagnose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

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

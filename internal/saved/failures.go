package saved

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Failures counts the requests through the gateways of a run.
type Failures struct {
	Failed, Sent int
	classes      map[bench.ErrorClass]bool
}

// FailuresOf counts a run's.
func FailuresOf(run bench.Run) Failures {
	f := Failures{classes: map[bench.ErrorClass]bool{}}
	for _, r := range run.Rounds {
		if r.Arm == bench.Direct {
			continue
		}
		f.Sent += r.Requests
		for class, n := range r.Errors {
			f.Failed += n
			f.Sent += n
			f.classes[class] = true
		}
	}
	return f
}

func (f Failures) String() string {
	var classes []string
	for _, class := range slices.Sorted(maps.Keys(f.classes)) {
		classes = append(classes, string(class))
	}
	return fmt.Sprintf("%d of %d requests through the gateway failed (%s)", f.Failed, f.Sent, strings.Join(classes, ", "))
}

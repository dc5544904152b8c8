package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// failuresLine counts what the mock failed on purpose and the gateways passed on;
// nothing where it was not asked to.
func (s *sheet) failuresLine() string {
	passedOn, answered := 0, 0
	for _, r := range s.run.Rounds {
		if r.Arm != bench.Direct {
			passedOn += r.Failures
			answered += r.Requests
		}
	}
	if passedOn == 0 {
		return ""
	}
	return fmt.Sprintf("failures of the backend: %d, of %d requests, were passed on as they should; they are in no time\n", passedOn, passedOn+answered)
}

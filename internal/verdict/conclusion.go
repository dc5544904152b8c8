package verdict

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The exit codes of a gate that has decided.
const (
	ExitPass         = 0
	ExitRegression   = 1
	ExitInconclusive = 4
)

// Conclusion is the exit code that an outcome leads to: not 0 only for a
// regression or an inconclusive outcome that failOn names and that nobody has
// accepted. The outcome stays what it is.
func Conclusion(v bench.Verdict, failOn []bench.Outcome, accepted bool) int {
	switch {
	case accepted || !slices.Contains(failOn, v.Outcome):
		return ExitPass
	case v.Outcome == bench.Regression:
		return ExitRegression
	case v.Outcome == bench.Inconclusive:
		return ExitInconclusive
	default:
		return ExitPass
	}
}

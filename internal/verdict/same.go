package verdict

import "github.com/org/proxy-bench-action/internal/bench"

// sameProgram is the reason of a verdict that nothing was measured for.
const sameProgram = "base and head are the same program (start line, environment, request settings and the content of every file that is run or bundled are equal): nothing was measured"

// Same is the verdict on a base and a head that are the same program: any difference
// that was measured would be noise.
func Same(p bench.Policy) bench.Verdict {
	return bench.Verdict{
		SameProgram: true,
		Schema:      bench.VerdictSchema,
		Outcome:     bench.Pass,
		Reason:      sameProgram,
		Rule:        bench.Rule{Alpha: p.Alpha, Delta: bench.Delta, Threshold: p.Threshold, Floor: p.Floor},
		Scenarios:   []bench.ScenarioVerdict{},
		Comparisons: []bench.Comparison{},
	}
}

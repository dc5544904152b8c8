package verdict

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestSame: nothing was measured and it passes, by the policy that would have decided.
func TestSame(t *testing.T) {
	p := bench.DefaultPolicy()
	p.Threshold = 0.07
	v := Same(p)
	if v.Outcome != bench.Pass || !v.SameProgram || v.Rule.Threshold != p.Threshold || v.Scenarios == nil || v.Comparisons == nil {
		t.Errorf("%+v", v)
	}
}

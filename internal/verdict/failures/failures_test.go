package failures

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Failures in many pairs are a regression at once, in one pair an open question, and a
// stray one is chance. What both arms have decides nothing.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name       string
		base, head []int // errors of each pair's hundred requests
		want       bench.Outcome
	}{
		{"a stray one", []int{0, 0, 0, 0}, []int{1, 0, 0, 0}, bench.Pass},
		{"one bad moment", []int{0, 0, 0, 0}, []int{60, 0, 0, 0}, bench.Inconclusive},
		{"half of all", []int{0, 0, 0, 0}, []int{50, 50, 50, 50}, bench.Regression},
		{"as many in both", []int{50, 50, 50, 50}, []int{50, 50, 50, 50}, bench.Pass},
	} {
		var rows []summary.Row
		for i := range c.base {
			row := summary.Row{Base: &bench.Round{}, Head: &bench.Round{}}
			for r, n := range map[*bench.Round]int{row.Base: c.base[i], row.Head: c.head[i]} {
				r.Round, r.Process, r.Requests = i+1, i+1, 100-n
				r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: n}
			}
			rows = append(rows, row)
		}
		all := Judge("", rows, Level(0.01)/2)
		if len(all) != 2 || all[0].Outcome != c.want {
			t.Errorf("%s: %+v, want %s", c.name, all, c.want)
		}
	}
	if all := Judge("", nil, Level(0.01)); all != nil {
		t.Errorf("nothing failed: %+v", all)
	}
}

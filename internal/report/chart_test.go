package report

import (
	"encoding/json"
	"math"
	"regexp"
	"testing"

	"github.com/org/proxy-bench-action/internal/figures"
)

// An axis ends beyond what it has to show, and begins at zero or below.
func TestChartAxis(t *testing.T) {
	axis := regexp.MustCompile(`y-axis "overhead in (?:µs|ms|s)" (-?[0-9.]+) --> (-?[0-9.]+)\n`)
	for _, values := range [][]float64{{41.2e-6, 38e-6}, {-2e-6, 1e-6}, {-5e-6, -1e-6}, {0.9999e-3, 1}, {12, 3}, {0, 0}, {1e-9, 2e-9}} {
		text := chart{title: "t", axis: "a", categories: []string{"1", "2"}, bars: values}.String()
		m := axis.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no axis in\n%s", text)
		}
		var low, high float64
		if err := json.Unmarshal([]byte("["+m[1]+","+m[2]+"]"), &[]*float64{&low, &high}); err != nil {
			t.Fatal(err)
		}
		s := figures.For(figures.Duration, values...)
		for _, v := range values {
			if v/s.Factor < low || v/s.Factor > high || low > 0 || math.IsInf(high, 0) || high < low {
				t.Errorf("%v does not lie in %s to %s", v, m[1], m[2])
			}
		}
	}
}

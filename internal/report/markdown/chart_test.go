package markdown

import (
	"encoding/json"
	"math"
	"regexp"
	"testing"
)

// An axis ends beyond what it has to show, and begins at zero or below.
func TestChartAxis(t *testing.T) {
	axis := regexp.MustCompile(`y-axis "overhead" (-?[0-9.]+) --> (-?[0-9.]+)\n`)
	for _, values := range [][]float64{{41.2, 38}, {-2, 1}, {-5, -1}, {0.9999, 1000}, {12, 3}, {0, 0}, {1e-3, 2e-3}} {
		text := xychart("t", "a", "overhead", []string{"1", "2"}, values, nil)
		m := axis.FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no axis in\n%s", text)
		}
		var low, high float64
		if err := json.Unmarshal([]byte("["+m[1]+","+m[2]+"]"), &[]*float64{&low, &high}); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if v < low || v > high || low > 0 || math.IsInf(high, 0) || high < low {
				t.Errorf("%v does not lie in %s to %s", v, m[1], m[2])
			}
		}
	}
}

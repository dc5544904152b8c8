package calibrate

import (
	"math"
	"testing"
)

// R: prop.test(k, n, correct=FALSE)$conf.int
func TestWilson(t *testing.T) {
	for _, tc := range []struct {
		k, n      int
		low, high float64
	}{
		{0, 400, 0, 0.009512294},
		{1, 10, 0.01787621, 0.4041500},
		{5, 10, 0.2365931, 0.7634069},
		{10, 10, 0.7224672, 1},
	} {
		got := wilson(tc.k, tc.n)
		if math.Abs(got[0]-tc.low) > 1e-6 || math.Abs(got[1]-tc.high) > 1e-6 {
			t.Errorf("%d of %d: %v, want %v and %v", tc.k, tc.n, got, tc.low, tc.high)
		}
	}
}

package stats

import (
	"math"
	"testing"
)

func TestStudentTSF(t *testing.T) {
	for _, c := range []struct{ x, df, want, tolerance float64 }{
		// pt(x, df, lower.tail=FALSE)
		{2.3, 74, 0.0121347813879177, 1e-12},
		{-1.1, 119, 0.863223804119226, 1e-12},
		{12, 74, 2.45848464659397e-19, 1e-11},
		{30, 60.5, 2.50873070475595e-38, 1e-11},
		{0.3, 1, 0.407226420922258, 1e-12},
		{2, 50000, 0.0227528315221487, 1e-7},
		{4, 20000, 3.17851427563405e-05, 1e-6},
		{0, 5, 0.5, 0},
		{math.Inf(1), 5, 0, 0},
		{math.Inf(-1), 5, 1, 0},
		{1e200, 3, 0, 0},
	} {
		near(t, "P(t ≥ x)", StudentTSF(c.x, c.df), c.want, c.tolerance)
	}
	for _, c := range [][2]float64{{math.NaN(), 5}, {1, math.NaN()}, {1, 0}, {1, -1}} {
		if got := StudentTSF(c[0], c[1]); !math.IsNaN(got) {
			t.Errorf("StudentTSF(%v, %v) = %v", c[0], c[1], got)
		}
	}
}

func TestStudentTSFConvergesForEveryDF(t *testing.T) {
	for df := 1e-6; df < 1e12; df *= 1.7 {
		last := 0.5
		for _, x := range []float64{1e-12, 1e-3, 0.5, 1, 3, 20, 1e4} {
			p := StudentTSF(x, df)
			if !(p >= 0 && p <= last*(1+1e-9)) {
				t.Fatalf("df %v, x %v: %v after %v", df, x, p, last)
			}
			last = p
		}
	}
}

func TestNormal(t *testing.T) {
	// pnorm(z, lower.tail=FALSE)
	near(t, "sf(1.3)", NormalSF(1.3), 0.0968004845856103, 1e-12)
	near(t, "sf(10)", NormalSF(10), 7.61985302416053e-24, 1e-12)
	// qnorm(p)
	near(t, "q(.975)", NormalQuantile(0.975), 1.95996398454005, 1e-12)
	near(t, "q(1e-10)", NormalQuantile(1e-10), -6.36134090240406, 1e-12)
	near(t, "q(.01/12)", NormalQuantile(0.01/12), -3.14398028706908, 1e-12)
}

package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// The oracle is the formula by hand.
func TestCochranQ(t *testing.T) {
	h, err := CochranQ([][]float64{{1, 2, 3, 4}, {2, 3, 5}, {7, 8, 8.5, 9, 6}})
	if err != nil {
		t.Fatal(err)
	}
	f := h.Q / float64(h.DF)
	// By hand: means 2.5, 3.333, 7.7; within 5 + 4.667 + 5.8 = 15.467 of 9 degrees.
	within := (5 + 14.0/3 + 5.8) / 9
	mean := (10 + 10 + 38.5) / 12
	between := (4*math.Pow(2.5-mean, 2) + 3*math.Pow(10.0/3-mean, 2) + 5*math.Pow(7.7-mean, 2)) / 2
	if math.Abs(f-between/within) > 1e-12 || h.DF != 2 {
		t.Errorf("F %v, want %v", f, between/within)
	}
	if left := (2*between - 2*within) / (12 - 50.0/12); math.Abs(h.Between-left) > 1e-12 {
		t.Errorf("between %v, want %v", h.Between, left)
	}
	// P(F(1, df) ≥ t²) is that of |T(df)| ≥ t.
	for _, df := range []float64{3, 10, 60} {
		for _, x := range []float64{0.1, 1, 2.5, 6} {
			if got, want := fisherSF(x*x, 1, df), 2*StudentTSF(x, df); math.Abs(got-want) > 1e-9 {
				t.Errorf("P(F(1, %v) ≥ %v) is %v, want %v", df, x*x, got, want)
			}
		}
	}
}

func TestCochranQLimits(t *testing.T) {
	for _, groups := range [][][]float64{nil, {{1, 2}}, {{1}, {2}}, {{1, 2}, {}}} {
		if _, err := CochranQ(groups); !errors.Is(err, ErrTooFew) {
			t.Errorf("%v: %v", groups, err)
		}
	}
	if _, err := CochranQ([][]float64{{1, math.NaN()}, {1, 2}}); err == nil {
		t.Error("NaN has a mean")
	}
	if h, _ := CochranQ([][]float64{{2, 2}, {2, 2}}); h.P != 1 || h.Between != 0 {
		t.Errorf("all equal: %+v", h)
	}
	if h, _ := CochranQ([][]float64{{2, 2}, {3, 3}}); h.P != 0 || math.IsInf(h.Q, 0) {
		t.Errorf("apart without noise: %+v", h)
	}
}

// TestCochranQHoldsItsLevel: of groups with one mean, one in twenty has a p of 5 %.
func TestCochranQHoldsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const trials = 2000
	alarms := 0
	for range trials {
		groups := make([][]float64, 3)
		for i := range groups {
			for range 5 {
				groups[i] = append(groups[i], rng.NormFloat64())
			}
		}
		if h, _ := CochranQ(groups); h.P <= 0.05 {
			alarms++
		}
	}
	if share := float64(alarms) / trials; share < 0.035 || share > 0.065 {
		t.Errorf("%.3f of groups with one mean at or below 0.05", share)
	}
}

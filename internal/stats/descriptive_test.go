package stats

import (
	"errors"
	"math"
	"testing"
)

func TestDescriptive(t *testing.T) {
	for _, c := range []struct {
		command string
		f       func([]float64) (float64, error)
		want    float64
	}{
		{"median(d)", Median, 0.019},
		{"mean(d)", Mean, 0.0163},
		{"sd(d)", SD, 0.0240094888649375},
	} {
		got, err := c.f(paired)
		noError(t, err)
		near(t, c.command, got, c.want, 1e-12)
	}
}

func TestFastestKeepsFourFifthsRoundedUp(t *testing.T) {
	for n, keep := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 4, 6: 5, 9: 8, 10: 8, 11: 9, 100: 80} {
		if got := len(Fastest(make([]int64, n))); got != keep {
			t.Errorf("n = %d: %d values, want the fastest %d", n, got, keep)
		}
	}
}

func TestQuantile(t *testing.T) {
	x := []float64{35, 15, 50, 20, 40}
	// quantile(c(15,20,35,40,50), c(.05,.3,.4,.5,1), type=1)
	for p, want := range map[float64]float64{0.05: 15, 0.3: 20, 0.4: 20, 0.5: 35, 1: 50} {
		got, err := Quantile(x, p)
		noError(t, err)
		near(t, "quantile", got, want, 0)
	}
	for _, p := range []float64{0, -0.1, 1.1, math.NaN()} {
		if _, err := Quantile(x, p); !errors.Is(err, ErrRange) {
			t.Errorf("p = %v: %v", p, err)
		}
	}
	if _, err := Quantile(nil, 0.5); !errors.Is(err, ErrTooFew) {
		t.Errorf("nothing: %v", err)
	}
}

func TestNearestRankIsTheWholeNumberMeant(t *testing.T) {
	// k/1000 of 1000 values is the k-th, whatever k/1000 rounds to in binary.
	sorted := sequence(1000, func(i float64) float64 { return i })
	for k := 1.0; k <= 1000; k++ {
		got, err := Quantile(sorted, k/1000)
		noError(t, err)
		if got != k {
			t.Errorf("%v-quantile of 1..1000 is %v", k/1000, got)
		}
	}
}

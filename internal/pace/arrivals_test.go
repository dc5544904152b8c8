package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func starts(t *testing.T, a Arrivals, rate float64, window time.Duration, seed uint64) []time.Duration {
	t.Helper()
	all, err := a.Starts(rate, window, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStartsAscendInsideTheWindowAtTheRate(t *testing.T) {
	for _, a := range []Arrivals{Evenly, Poisson} {
		for _, rate := range []float64{0.5, 7, 333.3, 50_000} {
			const window = 20 * time.Second
			all := starts(t, a, rate, window, 1)
			if !slices.IsSorted(all) || len(all) > 0 && (all[0] < 0 || all[len(all)-1] >= window) {
				t.Errorf("%s at %v/s: not ascending from 0 to %v", a, rate, window)
			}
			want := rate * window.Seconds()
			error5 := 1.0 // the ends
			if a == Poisson {
				error5 += 5 * math.Sqrt(want)
			}
			if math.Abs(float64(len(all))-want) > error5 {
				t.Errorf("%s at %v/s: %d starts in %v, want %.0f ± %.0f", a, rate, len(all), window, want, error5)
			}
		}
	}
}

func TestEvenlyHasEqualGaps(t *testing.T) {
	all, err := Evenly.Starts(3000, time.Second, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range all {
		if want := time.Duration(float64(i) / 3000 * 1e9); at != want {
			t.Fatalf("start %d at %v, want %v", i, at, want)
		}
	}
}

// TestPoissonGapsAreExponential by the Kolmogorov-Smirnov distance; 1.63/√n is
// its limit at 1 %, and the seeds are fixed.
func TestPoissonGapsAreExponential(t *testing.T) {
	for seed := range uint64(5) {
		const rate = 1000.0
		all := starts(t, Poisson, rate, 20*time.Second, seed)
		gaps := make([]float64, len(all))
		before := time.Duration(0)
		for i, at := range all {
			gaps[i], before = (at - before).Seconds(), at
		}
		slices.Sort(gaps)
		n := float64(len(gaps))
		distance := 0.0
		for i, gap := range gaps {
			p := 1 - math.Exp(-rate*gap)
			distance = max(distance, p-float64(i)/n, float64(i+1)/n-p)
		}
		if limit := 1.63 / math.Sqrt(n); distance > limit {
			t.Errorf("seed %d: distance %.4f from exponential gaps, limit %.4f", seed, distance, limit)
		}
	}
}

func TestPoissonFollowsItsGenerator(t *testing.T) {
	one, again, other := starts(t, Poisson, 100, time.Second, 1), starts(t, Poisson, 100, time.Second, 1), starts(t, Poisson, 100, time.Second, 2)
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Error("equal generators must give equal starts, and others other ones")
	}
}

func TestStartsRefuses(t *testing.T) {
	for _, c := range []struct {
		a      Arrivals
		rate   float64
		window time.Duration
	}{
		{"bursts", 1, time.Second},
		{Poisson, 0, time.Second},
		{Poisson, -1, time.Second},
		{Evenly, math.NaN(), time.Second},
		{Evenly, math.Inf(1), time.Second},
		{Evenly, 1, 0},
		{Evenly, MostStarts + 1, time.Second},
	} {
		if got, err := c.a.Starts(c.rate, c.window, rand.New(rand.NewPCG(1, 1))); err == nil {
			t.Errorf("%s at %v/s for %v: %d starts, want an error", c.a, c.rate, c.window, len(got))
		}
	}
}

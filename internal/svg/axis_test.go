package svg

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/figures"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{0, 1, []float64{0, 0.5, 1}}, // six steps of 0.2 are too many
		{0, 250, []float64{0, 100, 200}},
		{-0.3, 0.3, []float64{-0.2, -0.1, 0, 0.1, 0.2}},
		{1000.1, 1000.4, []float64{1000.1, 1000.2, 1000.3, 1000.4}},
	} {
		got := roundNumbers(c.low, c.high, 5)
		if !slices.Equal(got, c.want) {
			t.Errorf("from %v to %v: %v, want %v", c.low, c.high, got, c.want)
		}
	}
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{16, 45_000, []float64{100, 1000, 10_000}},
		{30, 900, []float64{50, 100, 200, 500}},
		{1, 50, []float64{1, 2, 5, 10, 20, 50}},
		{210, 330, []float64{300}},
	} {
		if got := roundFactors(c.low, c.high, 6); !slices.Equal(got, c.want) {
			t.Errorf("factors from %v to %v: %v, want %v", c.low, c.high, got, c.want)
		}
	}
}

// Whatever the values are, an axis ends, and puts every one of them on itself.
func TestAxesHoldEverything(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	odd := []float64{0, 1, -1, 1e-12, 1e14, -1e14, 1e300, math.Inf(1), math.NaN(), math.SmallestNonzeroFloat64, math.MaxFloat64}
	for range 2000 {
		var values []float64
		for range rng.IntN(5) {
			if rng.IntN(3) == 0 {
				values = append(values, odd[rng.IntN(len(odd))])
			} else {
				values = append(values, math.Exp(20*rng.NormFloat64()))
			}
		}
		for _, make := range []func(figures.Scale, []float64, float64, float64) (Axis, bool){Linear, Logarithmic} {
			a, ok := make(figures.OfTimes(values...), values, 44, 388)
			if !ok {
				continue
			}
			if len(a.Ticks) > 6 {
				t.Fatalf("%d ticks for %v", len(a.Ticks), values)
			}
			for _, v := range append(values, a.Ticks...) {
				if at := a.At(v); !(at >= 44 && at <= 388) {
					t.Fatalf("%v of %v is at %v", v, values, at)
				}
			}
		}
	}
	if _, ok := Linear(figures.One, nil, 0, 1); ok {
		t.Error("an axis of nothing")
	}
	if _, ok := Logarithmic(figures.One, []float64{0, -1}, 0, 1); ok {
		t.Error("a logarithmic axis of what is not above zero")
	}
}

func TestAxisMaps(t *testing.T) {
	a, _ := Linear(figures.One, []float64{-10, 10}, 100, 200)
	if at := a.At(0); math.Abs(at-150) > 1e-9 {
		t.Errorf("the middle is at %v", at)
	}
	l, _ := Logarithmic(figures.One, []float64{1, 100}, 100, 200)
	if at := l.At(10); math.Abs(at-150) > 1e-9 {
		t.Errorf("the middle of factors is at %v", at)
	}
}

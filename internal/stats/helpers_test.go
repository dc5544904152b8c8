package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// The numbers of the outside oracles are from R 4.2.2 and scipy 1.17.1; the
// command that gave them stands beside each.

// paired is the sample d of the R commands:
// d <- c(0.021,-0.013,0.034,0.008,0.052,-0.004,0.017,0.029,-0.022,0.041).
var paired = []float64{0.021, -0.013, 0.034, 0.008, 0.052, -0.004, 0.017, 0.029, -0.022, 0.041}

// near fails unless got agrees with want to a relative tolerance.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*max(math.Abs(want), 1e-300) {
		t.Errorf("%s = %.15g, want %.15g", what, got, want)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func source() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// noise returns n normal values, on a grid when step is above 0 so that ties
// and zeros occur.
func noise(r *rand.Rand, n int, step float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
		if step > 0 {
			x[i] = math.Round(x[i]/step) * step
		}
	}
	return x
}

func negated(x []float64) []float64 { return mapped(x, func(v float64) float64 { return -v }) }

func mapped(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
	}
	return y
}

// sequence returns f(1), …, f(n).
func sequence(n int, f func(i float64) float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = f(float64(i + 1))
	}
	return x
}

// strataOf returns strata of one round, with a level of its own and n slices an arm.
func strataOf(r *rand.Rand, pairs, n int, step, shift float64) []Stratum {
	strata := make([]Stratum, pairs)
	for i := range strata {
		level := r.NormFloat64()
		add := func(by float64) []float64 {
			return mapped(noise(r, n, step), func(v float64) float64 { return v + level + by })
		}
		strata[i] = Stratum{{Base: add(0), Head: add(shift)}}
	}
	return strata
}

// everyStatistic calls each function on the same two samples, so that the rule
// for undecidable data is checked for all of them in one place.
var everyStatistic = map[string]func(x, y []float64) error{
	"Median":             func(x, _ []float64) error { _, err := Median(x); return err },
	"Mean":               func(x, _ []float64) error { _, err := Mean(x); return err },
	"SD":                 func(x, _ []float64) error { _, err := SD(x); return err },
	"SignedRank":         func(x, _ []float64) error { _, err := SignedRank(x); return err },
	"AlignedMannWhitney": func(x, _ []float64) error { _, err := AlignedMannWhitney(x, 0); return err },
	"HodgesLehmannPaired": func(x, _ []float64) error {
		_, err := HodgesLehmannPaired(x, 0.95)
		return err
	},
	"MannWhitney": func(x, y []float64) error { _, err := MannWhitney(x, y); return err },
	"HodgesLehmannUnpaired": func(x, y []float64) error {
		_, err := HodgesLehmannUnpaired(x, y, 0.95)
		return err
	},
	"StratifiedMannWhitney": func(x, y []float64) error {
		_, err := StratifiedMannWhitney([]Stratum{{{x, y}}, {{x, y}}}, 0)
		return err
	},
	"TheilSen":      func(x, y []float64) error { _, err := TheilSen(x, y, 0.95); return err },
	"SplitTheilSen": func(x, y []float64) error { _, err := SplitTheilSen(x, y, 0.95); return err },
}

func TestUndecidableDataIsAnErrorValue(t *testing.T) {
	// The least number of values, all different, that each can decide on.
	least := map[string]int{"SD": 2, "TheilSen": 2, "SplitTheilSen": 3}
	for name, call := range everyStatistic {
		need := max(1, least[name])
		for n := range 4 {
			x := sequence(n, func(i float64) float64 { return i })
			err := call(x, x)
			if want := n < need; errors.Is(err, ErrTooFew) != want || (err != nil) != want {
				t.Errorf("%s of %d values: %v", name, n, err)
			}
		}
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if err := call([]float64{1, bad, 2, 3}, []float64{1, 2, 3, 4}); !errors.Is(err, ErrNotFinite) {
				t.Errorf("%s with %v: %v", name, bad, err)
			}
		}
	}
	for _, name := range []string{"MannWhitney", "HodgesLehmannUnpaired", "StratifiedMannWhitney", "TheilSen"} {
		if err := everyStatistic[name]([]float64{1, 2}, []float64{1, math.NaN()}); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%s with NaN in the second sample: %v", name, err)
		}
	}
	for _, name := range []string{"TheilSen", "SplitTheilSen"} {
		if err := everyStatistic[name]([]float64{1, 2, 3}, []float64{1, 2}); !errors.Is(err, ErrLength) {
			t.Errorf("%s of unequal lengths: %v", name, err)
		}
		if err := everyStatistic[name]([]float64{2, 2, 2}, []float64{1, 2, 3}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s of one x: %v", name, err)
		}
	}
}

func TestConfidenceOutOfRange(t *testing.T) {
	x := []float64{1, 2, 3}
	for _, c := range []float64{-1, 0, 1, 95, math.NaN()} {
		_, paired := HodgesLehmannPaired(x, c)
		_, unpaired := HodgesLehmannUnpaired(x, x, c)
		_, line := TheilSen(x, x, c)
		_, bend := SplitTheilSen(x, x, c)
		for _, err := range []error{paired, unpaired, line, bend} {
			if !errors.Is(err, ErrRange) {
				t.Errorf("confidence %v: %v", c, err)
			}
		}
	}
}

func TestInputIsNotModified(t *testing.T) {
	r := source()
	for name, call := range everyStatistic {
		x, y := noise(r, 9, 0), noise(r, 9, 0)
		x0, y0 := mapped(x, func(v float64) float64 { return v }), mapped(y, func(v float64) float64 { return v })
		noError(t, call(x, y))
		for i := range x {
			if x[i] != x0[i] || y[i] != y0[i] {
				t.Fatalf("%s changed its input", name)
			}
		}
	}
}

// FuzzEveryStatistic reads two samples from bytes: whatever they hold, there
// is a result or an error of the documented kinds, and no panic.
func FuzzEveryStatistic(f *testing.F) {
	f.Add([]byte{}, 1.0)
	f.Add([]byte{1, 1, 1, 1, 1, 1}, 0.0)
	f.Add([]byte{0, 255, 3, 7, 9, 200, 41, 5, 5, 5}, 1e300)
	f.Add([]byte{128, 1, 2, 3, 128, 4, 4, 9}, math.MaxFloat64)
	f.Add([]byte{9, 8, 7, 6, 5, 4, 3, 2, 1}, math.NaN())
	f.Fuzz(func(t *testing.T, data []byte, scale float64) {
		data = data[:min(len(data), 80)] // both sides of the exact limits
		var x, y []float64
		for i, b := range data {
			v := float64(int8(b)) / 127 * scale
			if i%2 == 0 {
				x = append(x, v)
			} else {
				y = append(y, v)
			}
		}
		for name, call := range everyStatistic {
			err := call(x, y)
			known := errors.Is(err, ErrTooFew) || errors.Is(err, ErrNotFinite) || errors.Is(err, ErrLength)
			if err != nil && !known {
				t.Errorf("%s: %v", name, err)
			}
		}
		checkRanges(t, x, y)
	})
}

// checkRanges holds what is true of any finite data.
func checkRanges(t *testing.T, x, y []float64) {
	t.Helper()
	inUnit := func(what string, p float64) {
		if !(p >= 0 && p <= 1) {
			t.Errorf("%s = %v", what, p)
		}
	}
	if a, err := AlignedMannWhitney(x, 0); err == nil {
		inUnit("aligned p greater", a.PGreater)
	}
	if m, err := MannWhitney(x, y); err == nil {
		inUnit("p", m.PGreater)
	}
	if s, err := StratifiedMannWhitney([]Stratum{{{x, y}}, {{y, x}, {x, y}}}, 0); err == nil {
		inUnit("stratified p", s.P(1, 60))
	}
	if e, err := HodgesLehmannPaired(x, 0.9); err == nil {
		inUnit("confidence", e.Confidence)
		if !(e.Low <= e.Value && e.Value <= e.High) {
			t.Errorf("estimate outside its interval: %+v", e)
		}
	}
}

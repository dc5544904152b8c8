package stats

import (
	"math"
	"testing"
)

func TestTheilSen(t *testing.T) {
	x := sequence(8, func(i float64) float64 { return i })
	y := []float64{3.1, 2.9, 4.4, 5.2, 4.9, 6.8, 6.1, 8.0}
	got, err := TheilSen(x, y, 0.95)
	noError(t, err)
	// theilslopes(y, x, 0.95, method="joint")
	near(t, "intercept", got.Intercept, 2.35, 1e-12)
	// The same, and g <- seq(-.5, 2, by=.0005)+.00013; range(g[sapply(g, function(b)
	// cor.test(x, y-b*x, method="kendall", exact=TRUE)$p.value > .05)]) on its grid;
	// confidence 1 - 2*P(C ≤ 5) with 1, 7, 27, 76, 174, 343 of the 8! orders.
	sameEstimate(t, "slope", got.Slope, Estimate{0.7, 0.425, 0.975, 1 - 2*628.0/40320, true}, 1e-12)
}

func TestTheilSenBeyondTheExactLimit(t *testing.T) {
	// x = np.tile(np.arange(1., 26), 3); y = np.sin(np.arange(75)*1.1)*3 + 0.4*x
	x := sequence(75, func(i float64) float64 { return math.Mod(i-1, 25) + 1 })
	y := sequence(75, func(i float64) float64 { return math.Sin((i-1)*1.1)*3 + 0.4*(math.Mod(i-1, 25)+1) })
	got, err := TheilSen(x, y, 0.95)
	noError(t, err)
	// theilslopes(y, x, 0.95, method="joint")
	near(t, "slope", got.Slope.Value, 0.4007983504334631, 1e-12)
	near(t, "intercept", got.Intercept, -0.0433192869739365, 1e-10)
	near(t, "low", got.Slope.Low, 0.3339181351210255, 5e-3) // within an order statistic
	near(t, "high", got.Slope.High, 0.45986987936138607, 5e-3)
	if got.Slope.Exact {
		t.Error("75 points said to be exact")
	}
}

// TestKendallNullIsTheEnumerationOfAllOrders covers the ties in x that several
// rounds of a size make.
func TestKendallNullIsTheEnumerationOfAllOrders(t *testing.T) {
	for _, x := range [][]float64{{1, 2, 3, 4, 5, 6}, {1, 1, 2, 2, 3, 3}, {1, 1, 1, 2, 3, 3}, {1, 1, 1, 1, 1, 2}} {
		groups := groupSizes(x)
		pmf := kendallPMF(groups)
		counts := make([]float64, len(pmf))
		orders := 0.0
		var visit func(y []float64, rest []float64)
		visit = func(y, rest []float64) {
			if len(rest) == 0 {
				concordant := 0
				for i := range x {
					for j := range i {
						if (x[i]-x[j])*(y[i]-y[j]) > 0 {
							concordant++
						}
					}
				}
				counts[concordant]++
				orders++
				return
			}
			for i, v := range rest {
				left := append(append([]float64{}, rest[:i]...), rest[i+1:]...)
				visit(append(y, v), left)
			}
		}
		visit(nil, []float64{1, 2, 3, 4, 5, 6})
		mean, square := 0.0, 0.0
		for c, p := range pmf {
			if math.Abs(p-counts[c]/orders) > 1e-14 {
				t.Errorf("x %v: P(C = %d) = %v, counted %v", x, c, p, counts[c]/orders)
			}
			mean += float64(c) * p
			square += float64(c*c) * p
		}
		near(t, "standard deviation", kendallSD(len(x), groups), math.Sqrt(square-mean*mean), 1e-10)
	}
}

func TestTheilSenSymmetries(t *testing.T) {
	r := source()
	for range 40 {
		n := 4 + r.IntN(30)
		x, y := noise(r, n, 0.5), noise(r, n, 0)
		x[0], x[1] = -9, 9
		l, err := TheilSen(x, y, 0.9)
		noError(t, err)
		mirrored, err := TheilSen(x, negated(y), 0.9)
		noError(t, err)
		sameEstimate(t, "negated y", mirrored.Slope,
			Estimate{-l.Slope.Value, -l.Slope.High, -l.Slope.Low, l.Slope.Confidence, true}, 0)
		scaled, err := TheilSen(x, mapped(y, func(v float64) float64 { return 4 * v }), 0.9)
		noError(t, err)
		near(t, "scaled y", scaled.Slope.Value, 4*l.Slope.Value, 0)
		r.Shuffle(n, func(i, j int) { x[i], x[j], y[i], y[j] = x[j], x[i], y[j], y[i] })
		shuffled, err := TheilSen(x, y, 0.9)
		noError(t, err)
		if shuffled != l {
			t.Fatalf("order of points matters: %+v, %+v", l, shuffled)
		}
	}
}

func TestBend(t *testing.T) {
	sizes := []float64{100, 1000, 10000, 100000}
	sweep := func(rounds int, f func(size float64) float64) (x, y []float64) {
		r := source()
		for range rounds {
			for _, s := range sizes {
				x, y = append(x, s), append(y, f(s)*(1+0.02*r.NormFloat64()))
			}
		}
		return x, y
	}
	straight := func(s float64) float64 { return 40 + 1e-3*s }
	bent := func(s float64) float64 { return 40 + 1e-3*s + 2e-2*max(0, s-10000) }
	for _, c := range []struct {
		what            string
		rounds          int
		f               func(float64) float64
		decidable, bent bool
	}{
		{"straight", 15, straight, true, false},
		{"bent", 15, bent, true, true},
		{"bent, one round", 1, bent, false, false},
	} {
		x, y := sweep(c.rounds, c.f)
		b, err := SplitTheilSen(x, y, 0.95)
		noError(t, err)
		if b.Pivot != 10000 || b.Decidable != c.decidable || b.Bent() != c.bent {
			t.Errorf("%s: %+v, bent %v", c.what, b, b.Bent())
		}
	}
}

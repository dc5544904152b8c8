package stats

import (
	"errors"
	"math"
	"testing"
)

// sines are five rounds of eight slices an arm:
// b <- lapply(1:5, function(r) sin((1:8)*1.3+r*2.7)+r)
// h <- lapply(1:5, function(r) sin((1:8)*2.9+r*1.1)+r+.35)
func sines(round func(float64) float64) []Stratum {
	strata := make([]Stratum, 5)
	for i := range strata {
		r := float64(i + 1)
		strata[i].Base = sequence(8, func(k float64) float64 { return round(math.Sin(k*1.3+r*2.7) + r) })
		strata[i].Head = sequence(8, func(k float64) float64 { return round(math.Sin(k*2.9+r*1.1) + r + 0.35) })
	}
	return strata
}

func TestStratifiedMannWhitney(t *testing.T) {
	exact := func(v float64) float64 { return v }
	halves := func(v float64) float64 { return math.RoundToEven(v * 2) }
	for _, c := range []struct {
		what                           string
		strata                         []Stratum
		margin, pooled                 float64
		wantT, wantV, dispersion, want float64
	}{
		// U <- mapply(function(x, y) wilcox.test(y-margin, x)$statistic, b, h); D <- U-32
		// V <- mapply(function(x, y) {t <- table(c(x, y-margin)); 64/12*(17-sum(t^3-t)/240)}, b, h)
		// phi <- var(D)/(sum(V)/5); f <- max(1, (60*pooled+4*phi)/64)
		// pt(sum(D)/sqrt(f*sum(V)), 64, lower.tail=FALSE)
		{"never below 1", sines(exact), 0.05, 1, 44, 453.333333333333, 0.189705882352941, 0.02141442601562},
		{"shrunk", sines(exact), 0.05, 2.5, 44, 453.333333333333, 0.189705882352941, 0.0914523039687481},
		{"ties: b <- lapply(b, function(v) round(v*2))", sines(halves), 0, 1.4, 49.5, 434.533333333333, 0.229268947529917, 0.0216604185419924},
	} {
		s, err := StratifiedMannWhitney(c.strata, c.margin)
		noError(t, err)
		near(t, c.what+": T", s.T, c.wantT, 0)
		near(t, c.what+": V", s.V, c.wantV, 1e-12)
		near(t, c.what+": φ", s.Dispersion, c.dispersion, 1e-12)
		near(t, c.what+": p", s.P(c.pooled), c.want, 1e-11)
	}
}

func TestPooledDispersionWeighsByDegreesOfFreedom(t *testing.T) {
	got, err := PooledDispersion([]Stratified{{Dispersion: 1, DF: 30}, {Dispersion: 4, DF: 10}, {Dispersion: 99}})
	noError(t, err)
	near(t, "pooled", got, 1.75, 1e-15)
	for _, none := range [][]Stratified{nil, {{V: 0}}} {
		if _, err := PooledDispersion(none); !errors.Is(err, ErrTooFew) {
			t.Errorf("%v: %v", none, err)
		}
	}
}

func TestStratifiedNeedsTwoFilledRounds(t *testing.T) {
	one := Stratum{Base: []float64{1, 2}, Head: []float64{1, 2}}
	for _, strata := range [][]Stratum{nil, {one}, {one, {Base: []float64{1}}}, {one, {Head: []float64{1}}}} {
		if _, err := StratifiedMannWhitney(strata, 0); !errors.Is(err, ErrTooFew) {
			t.Errorf("%v: %v", strata, err)
		}
	}
	if _, err := StratifiedMannWhitney([]Stratum{one, one}, math.NaN()); !errors.Is(err, ErrNotFinite) {
		t.Errorf("margin NaN: %v", err)
	}
}

func TestStratifiedAllEqualIsNoEvidence(t *testing.T) {
	same := Stratum{Base: make([]float64, 8), Head: make([]float64, 8)}
	s, err := StratifiedMannWhitney([]Stratum{same, same, same}, 0)
	noError(t, err)
	if s.P(1) != 1 || s.DF != 0 {
		t.Errorf("%+v", s)
	}
}

func TestStratifiedSymmetries(t *testing.T) {
	r := source()
	for trial := range 60 {
		strata := strataOf(r, 2+r.IntN(20), 8, []float64{0, 0.25}[trial%2], 0.3)
		s, err := StratifiedMannWhitney(strata, 0)
		noError(t, err)

		swapped := make([]Stratum, len(strata))
		moved := make([]Stratum, len(strata))
		for i, v := range strata {
			swapped[i] = Stratum{Base: v.Head, Head: v.Base}
			level := math.Ldexp(1, r.IntN(20)) // another level in every round
			scale := func(x float64) float64 { return x * level }
			moved[i] = Stratum{Base: mapped(v.Base, scale), Head: mapped(v.Head, scale)}
		}
		o, err := StratifiedMannWhitney(swapped, 0)
		noError(t, err)
		near(t, "T of swapped arms", o.T, -s.T, 0)
		near(t, "p of swapped arms", o.P(1.3), 1-s.P(1.3), 1e-9)

		l, err := StratifiedMannWhitney(moved, 0)
		noError(t, err)
		near(t, "p of rounds on another scale", l.P(1.3), s.P(1.3), 0)

		r.Shuffle(len(strata), func(i, j int) { strata[i], strata[j] = strata[j], strata[i] })
		p, err := StratifiedMannWhitney(strata, 0)
		noError(t, err)
		near(t, "p of rounds in another order", p.P(1.3), s.P(1.3), 1e-10)
	}
}

// TestStratifiedHoldsItsLevel draws scenarios whose slices share a fresh
// process per round and arm: at a nominal 5 % the test without φ rejects far
// too often, with φ it does not.
func TestStratifiedHoldsItsLevel(t *testing.T) {
	r := source()
	const trials, scenarios, rounds, slices = 60, 24, 15, 10
	with, without := 0, 0
	for range trials {
		var all []Stratified
		for range scenarios {
			strata := make([]Stratum, rounds)
			for i := range strata {
				process := noise(r, 2, 0)
				arm := func(k int) []float64 {
					return mapped(noise(r, slices, 0), func(v float64) float64 { return v + 0.5*process[k] })
				}
				strata[i] = Stratum{Base: arm(0), Head: arm(1)}
			}
			s, err := StratifiedMannWhitney(strata, 0)
			noError(t, err)
			all = append(all, s)
		}
		pooled, err := PooledDispersion(all)
		noError(t, err)
		for _, s := range all {
			if s.P(pooled) <= 0.05 {
				with++
			}
			if NormalSF(s.T/math.Sqrt(s.V)) <= 0.05 {
				without++
			}
		}
	}
	n := float64(trials * scenarios)
	if share := float64(with) / n; share < 0.03 || share > 0.07 {
		t.Errorf("with φ: %.3f of unchanged scenarios at or below 0.05", share)
	}
	if share := float64(without) / n; share < 0.12 {
		t.Errorf("without φ: %.3f, the case shows no over-dispersion", share)
	}
}

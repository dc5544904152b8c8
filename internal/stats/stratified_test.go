package stats

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// sines are five rounds of eight slices an arm:
// b <- lapply(1:5, function(r) sin((1:8)*1.3+r*2.7)+r)
// h <- lapply(1:5, function(r) sin((1:8)*2.9+r*1.1)+r+.35)
func sines(round func(float64) float64) []Stratum {
	strata := make([]Stratum, 5)
	for i := range strata {
		r := float64(i + 1)
		strata[i] = Stratum{{
			Base: sequence(8, func(k float64) float64 { return round(math.Sin(k*1.3+r*2.7) + r) }),
			Head: sequence(8, func(k float64) float64 { return round(math.Sin(k*2.9+r*1.1) + r + 0.35) }),
		}}
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
		near(t, c.what+": p", s.P(c.pooled, 60), c.want, 1e-11)
	}
}

func TestPooledDispersionWeighsByDegreesOfFreedom(t *testing.T) {
	for _, c := range []struct {
		what           string
		of             []Stratified
		want, weighing float64
	}{
		{"unequal", []Stratified{{Dispersion: 1, DF: 30}, {Dispersion: 4, DF: 10}, {Dispersion: 99}}, 1.75, 40},
		{"at most 60", []Stratified{{Dispersion: 2, DF: 55}, {Dispersion: 2, DF: 55}}, 2, 60},
		{"none", nil, 0, 0},
		{"without variance", []Stratified{{V: 0}}, 0, 0},
	} {
		phi, df := PooledDispersion(c.of)
		near(t, c.what+": φ̄", phi, c.want, 1e-15)
		near(t, c.what+": weight", df, c.weighing, 0)
	}
}

// With nothing known from elsewhere, only the strata's own variance counts.
func TestStratifiedWithoutOtherScenarios(t *testing.T) {
	s, err := StratifiedMannWhitney(sines(func(v float64) float64 { return v }), 0.05)
	noError(t, err)
	// phi is 1, see above, and pt(44/sqrt(453.333333333333), 4, lower.tail=FALSE) by its closed form:
	// x <- 44/sqrt(453.333333333333); .5-3/8*x/sqrt(1+x^2/4)*(1-x^2/(12*(1+x^2/4)))
	near(t, "p", s.P(0, 0), 0.0538256773216, 1e-11)
}

// TestRoundsOfOnePairAreOneStratum: what is repeated with the same processes is no
// new evidence, and the level of a round cancels inside a stratum too.
func TestRoundsOfOnePairAreOneStratum(t *testing.T) {
	r := source()
	for range 40 {
		once := luckyStrata(r, 8, 1, 10, 2)
		s, err := StratifiedMannWhitney(once, 0)
		noError(t, err)
		if s.Dispersion < 1 {
			continue // the floor of φ would tell the two apart
		}
		often := make([]Stratum, len(once))
		for i, stratum := range once {
			for range 5 {
				level := r.NormFloat64()
				move := func(v float64) float64 { return v + level }
				often[i] = append(often[i], Slices{mapped(stratum[0].Base, move), mapped(stratum[0].Head, move)})
			}
		}
		repeated, err := StratifiedMannWhitney(often, 0)
		noError(t, err)
		near(t, "p of rounds five times over", repeated.P(0, 0), s.P(0, 0), 1e-9)
		if repeated.DF != s.DF {
			t.Errorf("%d degrees of freedom, want %d", repeated.DF, s.DF)
		}
	}
}

func TestStratifiedNeedsTwoFilledRounds(t *testing.T) {
	one := Stratum{{Base: []float64{1, 2}, Head: []float64{1, 2}}}
	for _, strata := range [][]Stratum{nil, {one}, {one, {}}, {one, {{Base: []float64{1}}}}, {one, {{Head: []float64{1}}}}} {
		if _, err := StratifiedMannWhitney(strata, 0); !errors.Is(err, ErrTooFew) {
			t.Errorf("%v: %v", strata, err)
		}
	}
	if _, err := StratifiedMannWhitney([]Stratum{one, one}, math.NaN()); !errors.Is(err, ErrNotFinite) {
		t.Errorf("margin NaN: %v", err)
	}
}

func TestStratifiedAllEqualIsNoEvidence(t *testing.T) {
	same := Stratum{{Base: make([]float64, 8), Head: make([]float64, 8)}}
	s, err := StratifiedMannWhitney([]Stratum{same, same, same}, 0)
	noError(t, err)
	if s.P(1, 60) != 1 || s.DF != 0 {
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
			swapped[i] = Stratum{{Base: v[0].Head, Head: v[0].Base}}
			level := math.Ldexp(1, r.IntN(20)) // another level in every round
			scale := func(x float64) float64 { return x * level }
			moved[i] = Stratum{{Base: mapped(v[0].Base, scale), Head: mapped(v[0].Head, scale)}}
		}
		o, err := StratifiedMannWhitney(swapped, 0)
		noError(t, err)
		near(t, "T of swapped arms", o.T, -s.T, 0)
		near(t, "p of swapped arms", o.P(1.3, 60), 1-s.P(1.3, 60), 1e-9)

		l, err := StratifiedMannWhitney(moved, 0)
		noError(t, err)
		near(t, "p of rounds on another scale", l.P(1.3, 60), s.P(1.3, 60), 0)

		r.Shuffle(len(strata), func(i, j int) { strata[i], strata[j] = strata[j], strata[i] })
		p, err := StratifiedMannWhitney(strata, 0)
		noError(t, err)
		near(t, "p of rounds in another order", p.P(1.3, 60), s.P(1.3, 60), 1e-10)
	}
}

// luckyStrata draws pairs whose processes have luck of the SD given, in units of a
// slice's, shared by all slices of their rounds.
func luckyStrata(r *rand.Rand, pairs, rounds, slices int, luck float64) []Stratum {
	strata := make([]Stratum, pairs)
	for i := range strata {
		process := noise(r, 2, 0)
		for range rounds {
			level := r.NormFloat64()
			arm := func(k int) []float64 {
				return mapped(noise(r, slices, 0), func(v float64) float64 { return v + level + luck*process[k] })
			}
			strata[i] = append(strata[i], Slices{Base: arm(0), Head: arm(1)})
		}
	}
	return strata
}

// TestStratifiedHoldsItsLevel draws unchanged scenarios whose slices share their
// processes: the test without φ rejects them far too often, with φ it does not,
// even when few processes of much luck are behind many rounds.
func TestStratifiedHoldsItsLevel(t *testing.T) {
	const trials, scenarios, nominal = 60, 24, 0.05
	for _, c := range []struct {
		what          string
		pairs, rounds int
		first         int // rounds of the first pair
		slices        int // of each arm and round
		luck          float64
		least         float64 // what the test without φ has to reject for the case to show anything
	}{
		{"a process for each round", 15, 1, 1, 10, 0.5, 0.12},
		{"eight processes for 40 rounds, luck times four", 8, 5, 5, 10, 2, 0.3},
		{"a first pair of one round, as a gate begins", 10, 4, 1, 10, 0.5, 0.12},
		{"four slices of a slow gateway", 9, 1, 1, 4, 2, 0.12},
	} {
		r := source()
		with, without := 0, 0
		for range trials {
			all := make([]Stratified, scenarios)
			for i := range all {
				strata := luckyStrata(r, c.pairs, c.rounds, c.slices, c.luck)
				strata[0] = strata[0][:c.first]
				s, err := StratifiedMannWhitney(strata, 0)
				noError(t, err)
				all[i] = s
			}
			for i, s := range all {
				if s.P(PooledDispersion(slices.Delete(slices.Clone(all), i, i+1))) <= nominal {
					with++
				}
				if NormalSF(s.T/math.Sqrt(s.V)) <= nominal {
					without++
				}
			}
		}
		n := float64(trials * scenarios)
		if share := float64(with) / n; share < 0.03 || share > 0.07 {
			t.Errorf("%s: %.3f of unchanged scenarios at or below %v", c.what, share, nominal)
		}
		if share := float64(without) / n; share < c.least {
			t.Errorf("%s: without φ %.3f, the case shows no over-dispersion", c.what, share)
		}
	}
}

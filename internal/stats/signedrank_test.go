package stats

import (
	"math"
	"slices"
	"testing"
)

func TestSignedRank(t *testing.T) {
	big := sequence(70, func(i float64) float64 { return math.Sin(i*1.7) + 0.2 })
	tied := slices.DeleteFunc(
		sequence(70, func(i float64) float64 { return math.Round(math.Sin(i*1.7)*5+1) / 5 }),
		func(v float64) bool { return v == 0 })
	for _, c := range []struct {
		command string
		d       []float64
		want    SignedRankTest
		less    float64 // of the other side; 0: not known
	}{
		{
			"wilcox.test(d, exact=TRUE, alternative=)", paired,
			SignedRankTest{W: 45, PGreater: 0.0419921875, Exact: true},
			0.9677734375,
		},
		{
			// wilcoxon(d, zero_method="pratt", alternative=, method=PermutationMethod(n_resamples=10**6))
			"ties and zeros",
			[]float64{3, -1, 2, 2, -2, 5, 0, 1, 4, 0, -1, 3},
			SignedRankTest{W: 60, PGreater: 0.0439453125, Exact: true},
			0.9677734375,
		},
		{
			// big <- sin(1:70*1.7)+.2; wilcox.test(big, exact=FALSE, alternative=);
			// pnorm((70*71/4-.5)/sqrt(70*71*141/24), lower.tail=FALSE)
			"normal", big,
			SignedRankTest{W: 1638, PGreater: 0.0103995336320327},
			0.989760773900817,
		},
		{
			// b <- round(sin(1:70*1.7)*5+1)/5; b <- b[b!=0];
			// wilcox.test(b, exact=FALSE, alternative="greater"), and sd(W) = sqrt(sum(rank(abs(b))^2))/2
			"normal with ties", tied,
			SignedRankTest{W: 1402.5, PGreater: 0.00753910377260394},
			0,
		},
	} {
		got, err := SignedRank(c.d)
		noError(t, err)
		near(t, c.command+": W", got.W, c.want.W, 0)
		near(t, c.command+": greater", got.PGreater, c.want.PGreater, 1e-11)
		if got.Exact != c.want.Exact {
			t.Errorf("%s: exact %v", c.command, got.Exact)
		}
		if c.less != 0 {
			mirrored, err := SignedRank(negated(c.d))
			noError(t, err)
			near(t, c.command+": less", mirrored.PGreater, c.less, 1e-11)
		}
	}
}

func TestSignedRankIsTheEnumerationOfAllSigns(t *testing.T) {
	r := source()
	for range 60 {
		d := noise(r, 1+r.IntN(9), 0.5)
		got, err := SignedRank(d)
		noError(t, err)
		upper := 0
		for signs := range 1 << len(d) {
			flipped := slices.Clone(d)
			for i := range d {
				if signs>>i&1 == 1 {
					flipped[i] = -d[i]
				}
			}
			_, w := doubledRanks(flipped)
			if float64(w) >= 2*got.W {
				upper++
			}
		}
		all := float64(int(1) << len(d))
		near(t, "greater", got.PGreater, float64(upper)/all, 1e-14)
	}
}

func TestAllZeroIsNoEvidence(t *testing.T) {
	got, err := SignedRank(make([]float64, 20))
	noError(t, err)
	if got.PGreater != 1 || got.W != 0 {
		t.Errorf("%+v", got)
	}
}

// alignedU counts the pairs of the aligned samples, the definition that the
// closed form stands for.
func alignedU(d []float64) float64 {
	u := 0.0
	for _, head := range d {
		for _, base := range negated(d) {
			switch {
			case head/2 > base/2:
				u++
			case head == base:
				u += 0.5
			}
		}
	}
	return u
}

func TestAlignedUIsTwiceWLessThePositive(t *testing.T) {
	r := source()
	for _, step := range []float64{0, 0.5, 1} {
		for range 200 {
			d := noise(r, 1+r.IntN(80), step)
			got, err := AlignedMannWhitney(d, 0)
			noError(t, err)
			near(t, "U", got.U, alignedU(d), 0)
			positive, zeros := 0, 0
			for _, v := range d {
				if v > 0 {
					positive++
				}
				if v == 0 {
					zeros++
				}
			}
			if zeros == 0 && got.U != 2*got.W-float64(positive) {
				t.Fatalf("U = %v, W = %v, %d positive", got.U, got.W, positive)
			}
		}
	}
}

func TestAlignedMannWhitney(t *testing.T) {
	got, err := AlignedMannWhitney(paired, 0)
	noError(t, err)
	// wilcox.test(d, exact=TRUE, conf.int=TRUE, alternative="greater")
	near(t, "p", got.PGreater, 0.0419921875, 1e-14)
	near(t, "U", got.U, 2*45-7, 0)

	// The margin moves the null: the p is that of the sample less 0.01.
	less, err := AlignedMannWhitney(paired, 0.01)
	noError(t, err)
	moved, err := SignedRank(mapped(paired, func(v float64) float64 { return v - 0.01 }))
	noError(t, err)
	near(t, "p with margin", less.PGreater, moved.PGreater, 0)
}

func TestAlignedSymmetries(t *testing.T) {
	r := source()
	for range 100 {
		d := noise(r, 2+r.IntN(75), 0.25)
		a, err := AlignedMannWhitney(d, 0)
		noError(t, err)
		n := float64(len(d))

		swapped, err := AlignedMannWhitney(negated(d), 0)
		noError(t, err)
		near(t, "U of swapped arms", swapped.U, n*n-a.U, 0)

		scaled, err := AlignedMannWhitney(mapped(d, func(v float64) float64 { return 8 * v }), 0)
		noError(t, err)
		near(t, "p of scaled", scaled.PGreater, a.PGreater, 0)

		r.Shuffle(len(d), func(i, j int) { d[i], d[j] = d[j], d[i] })
		shuffled, err := AlignedMannWhitney(d, 0)
		noError(t, err)
		if shuffled != a {
			t.Fatalf("order of rounds matters: %+v, %+v", a, shuffled)
		}
	}
}

package stats

import (
	"math"
	"math/bits"
	"slices"
	"testing"
)

// x <- c(1.83,.5,1.62,2.48,1.68,1.88,1.55,3.06,1.3);
// y <- c(.878,.647,.598,2.05,1.06,1.29,1.06001,3.14,1.29001,2.2)
var (
	unpairedBase = []float64{1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30}
	unpairedHead = []float64{0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06001, 3.14, 1.29001, 2.2}
)

func sixty() (base, head []float64) {
	return sequence(60, func(i float64) float64 { return math.Sin(i * 1.3) }),
		sequence(60, func(i float64) float64 { return math.Sin(i*2.1) + 0.3 })
}

func TestMannWhitney(t *testing.T) {
	base60, head60 := sixty()
	grid := func(x []float64) []float64 { return mapped(x, func(v float64) float64 { return math.Round(v * 4) }) }
	for _, c := range []struct {
		command    string
		base, head []float64
		want       MannWhitneyTest
	}{
		{
			"wilcox.test(y, x, exact=TRUE, alternative='greater')", unpairedBase, unpairedHead,
			MannWhitneyTest{U: 30, PGreater: 0.8944878650761},
		},
		{
			"wilcox.test(x, y, exact=TRUE, alternative='greater')", unpairedHead, unpairedBase,
			MannWhitneyTest{U: 60, PGreater: 0.12140336443742},
		},
		{
			// a <- sin(1:60*1.3); b <- sin(1:60*2.1)+.3
			"wilcox.test(b, a, exact=FALSE, alternative='greater')", base60, head60,
			MannWhitneyTest{U: 2285, PGreater: 0.00549580400763324},
		},
		{
			"wilcox.test(round(b*4), round(a*4), exact=FALSE, alternative='greater')", grid(base60), grid(head60),
			MannWhitneyTest{U: 2200, PGreater: 0.0169665568711529},
		},
	} {
		got, err := MannWhitney(c.base, c.head)
		noError(t, err)
		near(t, c.command+": U", got.U, c.want.U, 0)
		near(t, c.command+": p", got.PGreater, c.want.PGreater, 1e-11)
	}
}

// TestMannWhitneyIsTheEnumerationOfAllLabels is the proof that the side of
// go-moremath in use is exact, with ties and without.
func TestMannWhitneyIsTheEnumerationOfAllLabels(t *testing.T) {
	r := source()
	for trial := range 120 {
		step := []float64{0, 0.5, 2}[trial%3]
		base, head := noise(r, 1+r.IntN(5), step), noise(r, 1+r.IntN(5), step)
		got, err := MannWhitney(base, head)
		noError(t, err)
		all := slices.Concat(base, head)
		labellings, upper := 0, 0
		for labels := range uint(1) << len(all) {
			if bits.OnesCount(labels) != len(head) {
				continue
			}
			var b, h []float64
			for i, v := range all {
				if labels>>i&1 == 1 {
					h = append(h, v)
				} else {
					b = append(b, v)
				}
			}
			u := rankSumU(slices.Sorted(slices.Values(b)), slices.Sorted(slices.Values(h)))
			labellings++
			if u >= got.U {
				upper++
			}
		}
		near(t, "p", got.PGreater, float64(upper)/float64(labellings), 1e-12)
	}
}

func TestMannWhitneyAllEqualIsNoEvidence(t *testing.T) {
	for _, n := range []int{1, 2, 10, 60} {
		same := make([]float64, n)
		got, err := MannWhitney(same, same)
		noError(t, err)
		if got.PGreater != 1 || got.U != float64(n*n)/2 {
			t.Errorf("n = %d: %+v", n, got)
		}
	}
}

func TestRankSumVarianceIsThatOfAllLabellings(t *testing.T) {
	// v <- c(1,1,2,4,4,4,7); u <- combn(7, 3, function(i) sum(rank(v)[i])); mean((u-mean(u))^2)
	sorted := []float64{1, 1, 2, 4, 4, 4, 7}
	for labels := range uint(1) << len(sorted) { // ties inside an arm count as those between them
		var x, y []float64
		for i, v := range sorted {
			if labels>>i&1 == 1 {
				x = append(x, v)
			} else {
				y = append(y, v)
			}
		}
		near(t, "variance", rankSumVariance(4, 3, tieTerm(x, y)), 7.28571428571429, 1e-12)
	}
}

package stats

import (
	"fmt"
	"math"

	"github.com/aclements/go-moremath/mathx"
)

// Heterogeneity is whether groups of values have one mean.
type Heterogeneity struct {
	// Q is Cochran's statistic, Σ wᵢ(ȳᵢ − ȳ)² with wᵢ = nᵢ/σ², and DF the groups less one.
	Q  float64
	DF int
	// P is the probability of such a Q, or a larger one, where there is one mean.
	P float64
	// Between is the variance between the means of groups that is left when that of the
	// values inside them is taken off (DerSimonian and Laird 1986); below 0 where they
	// differ less than chance would have it.
	Between float64
}

// CochranQ tests groups for one mean (Cochran, The combination of estimates from different
// experiments, Biometrics 10, 1954). σ² is estimated from all groups together, so that
// Q/DF has the F distribution with as many degrees of freedom below as there are values
// less groups: χ² would call too much a difference where they are few. It needs two
// groups and a group of two values.
func CochranQ(groups [][]float64) (Heterogeneity, error) {
	n, squares, sum, within := 0.0, 0.0, 0.0, 0.0
	var means []float64
	for _, g := range groups {
		if err := require(1, g); err != nil {
			return Heterogeneity{}, err
		}
		mean := 0.0
		for _, v := range g {
			mean += v / float64(len(g))
		}
		for _, v := range g {
			within += (v - mean) * (v - mean)
		}
		means = append(means, mean)
		size := float64(len(g))
		n, squares, sum = n+size, squares+size*size, sum+size*mean
	}
	df, inside := float64(len(groups)-1), n-float64(len(groups))
	if df < 1 || inside < 1 {
		return Heterogeneity{}, fmt.Errorf("%d groups with %v values: %w", len(groups), n, ErrTooFew)
	}
	between := 0.0
	for i, mean := range means {
		between += float64(len(groups[i])) * (mean - sum/n) * (mean - sum/n)
	}
	variance := within / inside
	h := Heterogeneity{DF: int(df), Between: (between - df*variance) / (n - squares/n)}
	switch {
	case between == 0:
		h.P = 1
	case variance > 0 && !math.IsInf(between/variance, 1):
		h.Q = between / variance
		h.P = fisherSF(h.Q/df, df, inside)
	default:
		h.Q = math.MaxFloat64 // they differ, and nothing inside them does
	}
	return h, nil
}

// fisherSF returns P(F ≥ x) of the F distribution, by the incomplete beta function
// (Abramowitz and Stegun 26.6.2).
func fisherSF(x, df1, df2 float64) float64 {
	return mathx.BetaInc(df2/(df2+df1*x), df2/2, df1/2)
}

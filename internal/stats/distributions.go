package stats

import (
	"math"

	"github.com/aclements/go-moremath/mathx"
	moremath "github.com/aclements/go-moremath/stats"
)

// NormalSF returns P(Z ≥ z) of the standard normal distribution, to full
// relative precision in the upper tail, where 1 − CDF would round to 0.
func NormalSF(z float64) float64 { return moremath.StdNormal.CDF(-z) }

// NormalQuantile returns z with P(Z ≤ z) = p; p outside [0, 1] gives NaN.
func NormalQuantile(p float64) float64 { return moremath.StdNormal.InvCDF(p) }

// maxBetaDF is where the continued fraction of mathx.BetaInc stops being sure
// to converge (it panics then); the normal transform is good to 4e-8 of the p
// at x = 2 and to 2e-6 at x = 4 from there on.
const maxBetaDF = 10000

// StudentTSF returns P(t ≥ x) of Student's t with df > 0 degrees of freedom,
// which need not be whole; anything else gives NaN.
//
// It goes by the incomplete beta function (Abramowitz and Stegun 26.7.1)
// because TDist.CDF of go-moremath computes the lower tail as 1 − (1 − p) and
// loses every p below 1e-16. Beyond 10000 degrees of freedom it is the normal
// transform 26.7.8 of the same book.
func StudentTSF(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsNaN(df) || df <= 0:
		return math.NaN()
	case x < 0:
		return 1 - StudentTSF(-x, df)
	case df > maxBetaDF:
		return NormalSF(x * (1 - 1/(4*df)) / math.Sqrt(1+x*x/(2*df)))
	case math.IsInf(x*x, 1):
		return 0
	}
	return mathx.BetaInc(df/(df+x*x), df/2, 0.5) / 2
}

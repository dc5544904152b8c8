// Package pace says how long the mock backend waits: delays as constants or as
// distributions to draw from.
//
// It is pure: the generator is handed in, nothing sleeps, and it knows neither
// what is delayed nor where the numbers were configured.
package pace

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Limit is the longest delay that Validate allows. No mock needs more, and sums of
// delays cannot overflow.
const Limit = time.Hour

// cut is where the normal and the lognormal distribution end, in standard
// deviations (of the logarithm for the lognormal one). One draw in 16,000 lies
// beyond and is moved to the edge, so that a time budget can rely on Max.
const cut = 4

type shape string

const (
	constant  shape = ""
	normal    shape = "normal"
	lognormal shape = "lognormal"
	quantiles shape = "quantiles"
)

// Dist is a distribution of delays. The zero value is the constant 0.
type Dist struct {
	shape  shape
	centre time.Duration   // the constant, the mean or the median
	sd     time.Duration   // normal
	sigma  float64         // lognormal: standard deviation of the logarithm
	points []time.Duration // quantiles
}

// Constant is always d.
func Constant(d time.Duration) Dist { return Dist{centre: d} }

// Normal is the normal distribution, cut at four standard deviations; negative
// delays become 0.
func Normal(mean, sd time.Duration) Dist {
	return Dist{shape: normal, centre: mean, sd: sd}
}

// Lognormal is median·exp(sigma·Z) with Z standard normal, cut at four.
func Lognormal(median time.Duration, sigma float64) Dist {
	return Dist{shape: lognormal, centre: median, sigma: sigma}
}

// Quantiles is the distribution whose quantiles at 0, 1/(n−1), …, 1 are the n
// points, with straight lines between them: two points are the uniform
// distribution, three its minimum, median and maximum.
func Quantiles(points []time.Duration) Dist {
	return Dist{shape: quantiles, points: slices.Clone(points)}
}

// Validate says which parameters are wrong; nil if none is.
func (d Dist) Validate() error {
	switch {
	case d.shape == quantiles && len(d.points) == 0:
		return errors.New("quantiles need at least one delay")
	case !slices.IsSorted(d.points):
		return errors.New("quantiles must rise")
	case d.centre < 0 || d.sd < 0 || d.sigma < 0 || len(d.points) > 0 && d.points[0] < 0:
		return errors.New("delays and spreads cannot be negative")
	case math.IsNaN(d.sigma):
		return errors.New("sigma must be a number")
	case d.upper() > float64(Limit):
		return fmt.Errorf("delays can exceed the limit of %v", Limit)
	}
	return nil
}

// IsConstant reports whether d was made by Constant.
func (d Dist) IsConstant() bool { return d.shape == constant }

// IsZero reports whether every delay is 0.
func (d Dist) IsZero() bool { return d.Max() == 0 }

// Sample draws a delay from 0 to Max. A constant does not use the generator, which
// may then be nil.
func (d Dist) Sample(r *rand.Rand) time.Duration {
	switch d.shape {
	case normal:
		return nonNegative(float64(d.centre) + float64(d.sd)*bell(r))
	case lognormal:
		return nonNegative(float64(d.centre) * math.Exp(d.sigma*bell(r)))
	case quantiles:
		return d.quantile(r.Float64())
	default:
		return max(0, d.centre)
	}
}

// Max is the longest delay that Sample can return.
func (d Dist) Max() time.Duration { return nonNegative(d.upper()) }

// Mean is the expected delay. For the normal distribution it ignores the cut, an
// error below 1e-5 standard deviations.
func (d Dist) Mean() time.Duration {
	switch d.shape {
	case normal:
		return nonNegative(d.rectifiedMean())
	case lognormal:
		return nonNegative(float64(d.centre) * cutLognormalMean(d.sigma))
	case quantiles:
		return d.polygonMean()
	default:
		return max(0, d.centre)
	}
}

// String writes the distribution for people.
func (d Dist) String() string { return d.text(time.Duration.String) }

func (d Dist) text(show func(time.Duration) string) string {
	switch d.shape {
	case normal:
		return fmt.Sprintf("normal(mean %s, sd %s)", show(d.centre), show(d.sd))
	case lognormal:
		return fmt.Sprintf("lognormal(median %s, sigma %v)", show(d.centre), d.sigma)
	case quantiles:
		words := make([]string, len(d.points))
		for i, p := range d.points {
			words[i] = show(p)
		}
		return "quantiles(" + strings.Join(words, ", ") + ")"
	default:
		return show(d.centre)
	}
}

func bell(r *rand.Rand) float64 { return min(cut, max(-cut, r.NormFloat64())) }

func nonNegative(ns float64) time.Duration {
	return time.Duration(min(max(0, math.Round(ns)), math.MaxInt64/2))
}

// upper is Max in nanoseconds before it is made to fit a time.Duration.
func (d Dist) upper() float64 {
	switch d.shape {
	case normal:
		return float64(d.centre) + cut*float64(d.sd)
	case lognormal:
		if d.centre == 0 {
			return 0 // and not 0·∞
		}
		return float64(d.centre) * math.Exp(cut*d.sigma)
	case quantiles:
		if len(d.points) == 0 {
			return 0
		}
		return float64(d.points[len(d.points)-1])
	default:
		return float64(d.centre)
	}
}

// quantile is the inverse of the cumulative distribution at p in [0, 1).
func (d Dist) quantile(p float64) time.Duration {
	n := len(d.points)
	if n < 2 {
		return d.Max()
	}
	at := p * float64(n-1)
	i := min(int(at), n-2)
	low, high := float64(d.points[i]), float64(d.points[i+1])
	return nonNegative(low + (at-float64(i))*(high-low))
}

// polygonMean is the mean of the middles of the segments between the points.
func (d Dist) polygonMean() time.Duration {
	n := len(d.points)
	if n < 2 {
		return d.Max()
	}
	sum := -(float64(d.points[0]) + float64(d.points[n-1])) / 2
	for _, p := range d.points {
		sum += float64(p)
	}
	return nonNegative(sum / float64(n-1))
}

// rectifiedMean is E max(0, X) = μ·Φ(μ/σ) + σ·φ(μ/σ) for X ~ N(μ, σ²).
func (d Dist) rectifiedMean() float64 {
	mean, sd := float64(d.centre), float64(d.sd)
	if sd == 0 {
		return mean
	}
	z := mean / sd
	return mean*phi(z) + sd*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
}

// cutLognormalMean is E exp(σ·Z) with Z ~ N(0, 1) moved to the edge beyond ±cut:
// the integral of exp(σz)·φ(z) between the edges, and both edges' mass.
func cutLognormalMean(sigma float64) float64 {
	inside := math.Exp(sigma*sigma/2) * (phi(cut-sigma) - phi(-cut-sigma))
	edges := phi(-cut) * (math.Exp(cut*sigma) + math.Exp(-cut*sigma))
	return inside + edges
}

// phi is the standard normal distribution function.
func phi(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

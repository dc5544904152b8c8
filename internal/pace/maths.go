package pace

import (
	"math"
	"math/rand/v2"
	"time"
)

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

package stats

import (
	"slices"

	descriptive "github.com/montanaflynn/stats"
)

// Median returns the middle value of x, for an even count the mean of the two.
func Median(x []float64) (float64, error) {
	if err := require(1, x); err != nil {
		return 0, err
	}
	return descriptive.Median(x)
}

// Mean returns the arithmetic mean of x.
func Mean(x []float64) (float64, error) {
	if err := require(1, x); err != nil {
		return 0, err
	}
	return descriptive.Mean(x)
}

// SD returns the sample standard deviation of x (divisor n − 1); it needs two
// values.
func SD(x []float64) (float64, error) {
	if err := require(2, x); err != nil {
		return 0, err
	}
	sd, err := descriptive.StandardDeviationSample(x)
	if err != nil {
		return 0, err
	}
	return finite(sd)
}

// TrimmedMeanFastest returns the mean of the smallest 80 % of x, ⌈0.8 n⌉
// values. Only the slow end is cut: latency has a floor but no ceiling, so the
// disturbances are all on one side. It is the location of a slice or round
// because it keeps more of the data than the median does and none of the tail.
func TrimmedMeanFastest(x []float64) (float64, error) {
	if err := require(1, x); err != nil {
		return 0, err
	}
	// Whole numbers: 0.8·n in floating point can land above the integer it means.
	keep := (4*len(x) + 4) / 5
	return descriptive.Mean(slices.Sorted(slices.Values(x))[:keep])
}

package stats

import descriptive "github.com/montanaflynn/stats"

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

// MAD is the median absolute deviation: half of the values are nearer to their median.
func MAD(x []float64) (float64, error) {
	if err := require(1, x); err != nil {
		return 0, err
	}
	return descriptive.MedianAbsoluteDeviation(x)
}

// Fastest is the first 80 % of sorted values, ⌈0.8 n⌉ of them, which the trimmed
// mean is of. Only the slow end is cut: latency has a floor but no ceiling, so the
// disturbances are all on one side. In A/A runs the variance of the trimmed mean is
// a third below the median's, because it uses more of the data.
func Fastest[T any](sorted []T) []T {
	// Whole numbers: 0.8·n in floating point can land above the integer it means.
	return sorted[:(4*len(sorted)+4)/5]
}

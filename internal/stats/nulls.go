package stats

import (
	"math"
	"sync"
)

// exactLimit is the largest sample whose signed-rank distribution is computed
// exactly. At 61 the normal approximation is off by at most 0.0014, which is
// up to 7 % of a p between 0.005 and 0.2.
const exactLimit = 60

// rankSumLimit is the same for two samples without ties, in either arm. It is
// the limit of go-moremath, so that the test and its interval change together.
const rankSumLimit = 50

// signPMF returns the distribution of the sum of those scores that carry a
// plus sign when every sign is a fair coin: with the ranks 1..n Wilcoxon's
// signed-rank null, with doubled midranks the same under ties. Index s holds
// P(sum = s).
func signPMF(scores []int) []float64 {
	total := 0
	for _, s := range scores {
		total += s
	}
	pmf := make([]float64, total+1)
	pmf[0] = 1
	reach := 0
	for _, s := range scores {
		reach += s
		for t := reach; t >= 0; t-- {
			p := pmf[t]
			if t >= s {
				p += pmf[t-s]
			}
			pmf[t] = p / 2
		}
	}
	return pmf
}

// rankPMF returns signPMF of the ranks 1..n, the null without ties, n at most
// exactLimit. A comparison needs it four times and a gate makes hundreds, of the same
// few n, so that it is kept; it must not be modified.
func rankPMF(n int) []float64 { return rankPMFs[n]() }

var rankPMFs = func() (all [exactLimit + 1]func() []float64) {
	for n := range all {
		all[n] = sync.OnceValue(func() []float64 {
			ranks := make([]int, n)
			for i := range ranks {
				ranks[i] = i + 1
			}
			return signPMF(ranks)
		})
	}
	return all
}()

// rankSumPMF returns the distribution of Mann-Whitney's U of n against m
// values without ties. The largest of i + j values belongs to the first sample
// with probability i/(i+j) and then beats all j of the second (Mann and
// Whitney 1947). Index u holds P(U = u).
func rankSumPMF(n, m int) []float64 {
	pmf := make([][]float64, m+1) // of i against j, each row replacing that of i − 1
	for j := range pmf {
		pmf[j] = make([]float64, n*j+1)
		pmf[j][0] = 1
	}
	for i := 1; i <= n; i++ {
		for j := 1; j <= m; j++ {
			p, less := pmf[j], pmf[j-1]
			first := float64(i) / float64(i+j)
			for u := i * j; u >= 0; u-- { // downward: p[u−j] is still that of i − 1
				v := 0.0
				if u >= j {
					v = first * p[u-j]
				}
				if u < len(less) {
					v += (1 - first) * less[u]
				}
				p[u] = v
			}
		}
	}
	return pmf[m]
}

// convolve returns the distribution of the sum of two independent counts.
func convolve(a, b []float64) []float64 {
	sum := make([]float64, len(a)+len(b)-1)
	for i, p := range a {
		for j, q := range b {
			sum[i+j] += p * q
		}
	}
	return sum
}

// exactOrder returns the largest k with P(S ≤ k − 1) ≤ (1 − confidence)/2, at
// least 1, and the confidence of the interval from the k-th smallest to the
// k-th largest of the sorted elementary estimates that S counts.
func exactOrder(pmf []float64, confidence float64) (k int, achieved float64) {
	tail := 0.0
	for k < len(pmf) && tail+pmf[k] <= (1-confidence)/2 {
		tail += pmf[k]
		k++
	}
	if k == 0 {
		k, tail = 1, pmf[0]
	}
	return k, max(0, 1-2*tail)
}

// normalOrder is [exactOrder] for a count with the given mean and standard
// deviation, by the normal approximation with continuity correction.
func normalOrder(mean, sd, confidence float64) (k int, achieved float64) {
	k = max(1, int(math.Floor(mean+0.5+sd*NormalQuantile((1-confidence)/2))))
	return k, max(0, 1-2*NormalSF((mean+0.5-float64(k))/sd))
}

package calibrate

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Each computes n results on all processors, in order, until ctx ends.
func Each[T any](ctx context.Context, n int, of func(i int) T) ([]T, error) {
	all := make([]T, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				all[i] = of(i)
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		next <- i
	}
	close(next)
	wg.Wait()
	return all, ctx.Err()
}

// Source is the randomness of one trial of something.
func Source(seed uint64, what string, trial int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%d", what, trial) // a hash.Hash never returns an error
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Count counts the outcomes of gates.
func Count(outcomes []bench.Outcome) bench.Rate {
	r := bench.Rate{Gates: len(outcomes)}
	for _, o := range outcomes {
		switch o {
		case bench.Regression:
			r.Regressions++
		case bench.Inconclusive:
			r.Inconclusive++
		}
	}
	r.Share = float64(r.Regressions) / float64(r.Gates)
	r.CI = wilson(r.Regressions, r.Gates)
	return r
}

// wilson is the 95 % score interval of k of n (Wilson 1927). It keeps close to
// its level near 0, where Wald's collapses and Clopper and Pearson's is wider
// than it need be (Brown, Cai and DasGupta 2001).
func wilson(k, n int) bench.Interval {
	z := stats.NormalQuantile(0.975)
	p, size := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	out := bench.Interval{max(0, centre-half), min(1, centre+half)}
	// The ends are exact there, but for the last digit.
	if k == 0 {
		out[0] = 0
	}
	if k == n {
		out[1] = 1
	}
	return out
}

package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/stats"
)

// What requests of one slice are like.
const (
	outlierShare, outlierFactor = 0.01, 5.0

	// firstShare is the part of a stream's time that passes before its first event,
	// deltaShare before the first that carries content, and firstSD how much those
	// parts vary from request to request.
	firstShare, deltaShare = 0.6, 0.65
	firstSD                = 0.1
)

// times are those of a slice's requests at one clock, the smallest first, in
// units of the slice's level.
type times struct {
	sorted        []float64
	typical, mean float64
}

func timesOf(all []float64) times {
	slices.Sort(all)
	return times{all, mean(stats.Fastest(all)), mean(all)}
}

func mean(all []float64) float64 {
	sum := 0.0
	for _, v := range all {
		sum += v
	}
	return sum / float64(len(all))
}

// pattern is a slice's requests without the level of the slice.
type pattern struct{ last, first, delta times }

// patterns is how many slices of a level are made once. Every slice of a trial is
// one of them at a level of its own: to make its requests anew would take ten times
// as long, and a gate has ten thousand slices.
const patterns = 4096

type patternKey struct {
	level    string
	requests int
}

var made sync.Map // of patternKey to func() []pattern

// patternsOf are the same for every trial.
func patternsOf(l Level, requests int) []pattern {
	made, _ := made.LoadOrStore(patternKey{l.Name, requests}, sync.OnceValue(func() []pattern {
		rng := rand.New(rand.NewPCG(uint64(requests), 0x5eed))
		all := make([]pattern, patterns)
		for i := range all {
			all[i] = newPattern(l, requests, rng)
		}
		return all
	}))
	return made.(func() []pattern)()
}

// newPattern draws requests that are lognormal with AR(1) and a few outliers.
func newPattern(l Level, requests int, rng *rand.Rand) pattern {
	last, first, delta := make([]float64, requests), make([]float64, requests), make([]float64, requests)
	ar := l.Request * rng.NormFloat64()
	innovation := l.Request * math.Sqrt(1-l.AR*l.AR)
	for i := range last {
		v := math.Exp(ar)
		ar = l.AR*ar + innovation*rng.NormFloat64()
		if rng.Float64() < outlierShare {
			v *= outlierFactor
		}
		part := v * math.Exp(firstSD*rng.NormFloat64())
		last[i], first[i], delta[i] = v, firstShare*part, deltaShare*part
	}
	return pattern{timesOf(last), timesOf(first), timesOf(delta)}
}

// delayed adds a delay, in units of the slice's level, to some requests drawn at
// random; the delay is before everything that a client sees.
func (p pattern) delayed(delay float64, count int, rng *rand.Rand) pattern {
	held := rng.Perm(len(p.last.sorted))[:count]
	add := func(v times) times {
		all := slices.Clone(v.sorted)
		for _, i := range held {
			all[i] += delay
		}
		return timesOf(all)
	}
	return pattern{add(p.last), add(p.first), add(p.delta)}
}

// part is a slice at one clock: offset + scale·times, in seconds.
type part struct {
	times
	offset, scale float64
}

func (p part) typical() float64 { return p.offset + p.scale*p.times.typical }
func (p part) mean() float64    { return p.offset + p.scale*p.times.mean }

// nth is the n-th largest request, from 0.
func (p part) nth(n int) float64 {
	if n >= len(p.sorted) {
		return math.Inf(-1)
	}
	return p.offset + p.scale*p.sorted[len(p.sorted)-1-n]
}

// above is how many of the requests exceed a limit.
func (p part) above(limit float64) int {
	n := 0
	for n < len(p.sorted) && p.nth(n) > limit {
		n++
	}
	return n
}

// requestsOf counts those of all parts.
func requestsOf(parts []part) (n int) {
	for _, p := range parts {
		n += len(p.sorted)
	}
	return n
}

// p95 is the nearest-rank 95th percentile of the requests of all parts.
func p95(parts []part) float64 {
	requests := requestsOf(parts)
	// The largest requests of each part are merged: there are few above the p95.
	taken, largest := make([]int, len(parts)), make([]float64, len(parts))
	for i, p := range parts {
		largest[i] = p.nth(0)
	}
	for range requests - (95*requests+99)/100 {
		i := top(largest)
		taken[i]++
		largest[i] = parts[i].nth(taken[i])
	}
	return largest[top(largest)]
}

// top is where the largest value is.
func top(all []float64) int {
	at := 0
	for i, v := range all {
		if v > all[at] {
			at = i
		}
	}
	return at
}

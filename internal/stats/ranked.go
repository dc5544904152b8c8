package stats

import (
	"math/bits"
	"slices"
)

// ranked are finite values of which a few are wanted by their rank, such as the median and
// the ends of an interval: to sort all of them, which are thousands of pairs of rounds, would
// take most of the time of a decision. Looking for one moves the values about.
type ranked struct {
	values []float64
	cuts   []int // ascending; no value before a cut is larger than one behind it
}

// fewRanked is from which on sorting is faster than splitting once more.
const fewRanked = 32

func (r *ranked) len() int { return len(r.values) }

// at is the value of a rank, from 0.
func (r *ranked) at(rank int) float64 {
	place, _ := slices.BinarySearch(r.cuts, rank+1)
	low, high := 0, len(r.values)
	if place > 0 {
		low = r.cuts[place-1]
	}
	if place < len(r.cuts) {
		high = r.cuts[place]
	}
	// Values that are split badly again and again are sorted: nobody has to wait for a file
	// that was made for it.
	for splits := 2 * bits.Len(uint(high-low)); high-low > fewRanked && splits > 0; splits-- {
		cut := low + split(r.values[low:high])
		r.cuts = slices.Insert(r.cuts, place, cut)
		if rank < cut {
			high = cut
		} else {
			low, place = cut, place+1
		}
	}
	slices.Sort(r.values[low:high])
	return r.values[rank]
}

// split moves values so that none before the place that it returns is larger than one from
// there on (Hoare 1961); there are values on both sides.
func split(values []float64) int {
	last := len(values) - 1
	a, b, c := values[0], values[last/2], values[last]
	pivot := max(min(a, b), min(max(a, b), c)) // the middle one
	for i, j := -1, last+1; ; {
		for i++; values[i] < pivot; i++ {
		}
		for j--; values[j] > pivot; j-- {
		}
		if i >= j {
			return j + 1
		}
		values[i], values[j] = values[j], values[i]
	}
}

// middle is their median.
func (r *ranked) middle() float64 {
	n := r.len()
	return r.at((n-1)/2)/2 + r.at(n/2)/2
}

// between are the k-th smallest and the k-th largest, from 1.
func (r *ranked) between(k int) (low, high float64) {
	return r.at(k - 1), r.at(r.len() - k)
}

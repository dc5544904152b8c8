package stats

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRanked: every value is where sorting puts it, in whatever order it is asked for.
func TestRanked(t *testing.T) {
	rng := source()
	for name, of := range map[string]func(i, n int) float64{
		"random":        func(int, int) float64 { return rng.NormFloat64() },
		"few different": func(int, int) float64 { return float64(rng.IntN(3)) },
		"all equal":     func(int, int) float64 { return 1 },
		"ascending":     func(i, _ int) float64 { return float64(i) },
		"descending":    func(i, _ int) float64 { return float64(-i) },
		"organ pipe":    func(i, n int) float64 { return float64(min(i, n-i)) },
	} {
		for _, n := range []int{1, 2, 3, 33, 34, 100, 1000} {
			values := make([]float64, n)
			for i := range values {
				values[i] = of(i, n)
			}
			want := slices.Sorted(slices.Values(values))
			r := ranked{values: slices.Clone(values)}
			for _, rank := range rng.Perm(n) {
				if got := r.at(rank); got != want[rank] {
					t.Fatalf("%s, %d values: rank %d is %v, want %v", name, n, rank, got, want[rank])
				}
			}
			slices.Sort(r.values)
			if !slices.Equal(r.values, want) || !slices.IsSorted(r.cuts) {
				t.Errorf("%s, %d values: a value is lost, or cuts %v are out of order", name, n, r.cuts)
			}
		}
	}
}

// TestSplit leaves values on both sides, so that a search comes to an end.
func TestSplit(t *testing.T) {
	rng := source()
	for n := 2; n < 40; n++ {
		for range 50 {
			values := make([]float64, n)
			for i := range values {
				values[i] = float64(rng.IntN(1 + n/3))
			}
			if at := split(values); at < 1 || at >= n || slices.Max(values[:at]) > slices.Min(values[at:]) {
				t.Fatalf("%v at %d", values, at)
			}
		}
	}
}

// BenchmarkRanked asks for what an estimate with two intervals needs.
func BenchmarkRanked(b *testing.B) {
	for _, n := range []int{120, 820, 15000} {
		rng := rand.New(rand.NewPCG(1, 1))
		values := make([]float64, n)
		for i := range values {
			values[i] = rng.NormFloat64()
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				r := ranked{values: slices.Clone(values)}
				r.middle()
				r.between(n/2 - n/10)
				r.between(n/2 - n/12)
			}
		})
		b.Run(fmt.Sprint(n, " sorted"), func(b *testing.B) {
			for b.Loop() {
				slices.Sort(slices.Clone(values))
			}
		})
	}
}

package stats

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func equal(p []float64) []float64 { return slices.Repeat([]float64{1}, len(p)) }

func TestHolm(t *testing.T) {
	for _, c := range []struct{ p, want []float64 }{
		// p.adjust(p, "holm")
		{[]float64{0.01, 0.04, 0.03, 0.005, 0.6}, []float64{0.04, 0.09, 0.09, 0.025, 0.6}},
		{[]float64{0.5, 0.02, 0.02, 0.9}, []float64{1, 0.08, 0.08, 1}},
		{[]float64{0.3}, []float64{0.3}},
		{nil, nil},
	} {
		got, err := Holm(c.p, equal(c.p))
		noError(t, err)
		if len(got) != len(c.want) {
			t.Fatalf("%v: %v", c.p, got)
		}
		for i := range got {
			near(t, "adjusted p", got[i], c.want[i], 1e-14)
		}
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := Holm([]float64{0.1, bad}, []float64{1, 1}); !errors.Is(err, ErrRange) {
			t.Errorf("p = %v: %v", bad, err)
		}
	}
}

// A weight is a hypothesis's part of the level: with 3 of 4 it is rejected at up to three
// quarters, and then the other at all of it.
func TestWeightedHolm(t *testing.T) {
	for _, c := range []struct{ p, weights, want []float64 }{
		{[]float64{0.03, 0.02}, []float64{3, 1}, []float64{0.04, 0.04}},
		{[]float64{0.03, 0.005}, []float64{3, 1}, []float64{0.03, 0.02}},
		{[]float64{0.01, 0.04, 0.02}, []float64{1, 0.5, 0.25}, []float64{0.0175, 0.06, 0.06}},
		{[]float64{0.9, 0.8}, []float64{1, 2}, []float64{1, 1}},
	} {
		got, err := Holm(c.p, c.weights)
		noError(t, err)
		for i := range got {
			near(t, "adjusted p", got[i], c.want[i], 1e-14)
		}
	}
	for _, bad := range [][]float64{{1}, {1, 0}, {1, -1}, {1, math.NaN()}} {
		if _, err := Holm([]float64{0.1, 0.2}, bad); !errors.Is(err, ErrRange) {
			t.Errorf("weights %v: %v", bad, err)
		}
	}
}

func TestSmallestPSignedRank(t *testing.T) {
	for _, c := range []struct {
		command string
		n       int
		want    float64
	}{
		{"psignrank(0, 6)", 6, 0.015625},
		{"psignrank(0, 40)", 40, 9.09494701772928e-13},
		{"pnorm((70*71/4-.5)/sqrt(70*71*141/24), lower.tail=FALSE)", 70, 1.8187058437273e-13},
	} {
		got, err := SmallestPSignedRank(c.n)
		noError(t, err)
		near(t, c.command, got, c.want, 1e-10)
	}
	if _, err := SmallestPSignedRank(0); !errors.Is(err, ErrTooFew) {
		t.Errorf("no rounds: %v", err)
	}
}

// Every round in favour of head is the clearest difference that there is.
func TestSmallestPSignedRankIsThatOfCleanData(t *testing.T) {
	for _, n := range []int{2, 6, 20, 55, 70} {
		plan, err := SmallestPSignedRank(n)
		noError(t, err)
		signed, err := SignedRank(sequence(n, func(i float64) float64 { return i }))
		noError(t, err)
		near(t, "signed rank", signed.PGreater, plan, 1e-10)
	}
}

func TestResolution(t *testing.T) {
	margin, limit := math.Log(1.01), math.Log(1.05)
	gate := []Stage{{Pairs: 15, Level: 0.05}, {Pairs: 40, Level: 0.01 / 12, Limit: limit}}
	for _, c := range []struct {
		what      string
		sd, power float64
		stages    []Stage
		want      float64
	}{
		// se <- sqrt(pi/3)*sd/sqrt(R); zb <- qnorm(1-(1-power)/2) for two stages, qnorm(power) for one;
		// exp(max(log(1.01)+(qnorm(1-level)+zb)*se, limit+zb*se))-1
		{"two stages, 95 %", 0.082, 0.95, gate, 0.0920459894886503},
		{"two stages, 80 %", 0.082, 0.80, gate, 0.0761118213292566},
		{"one stage, 80 %", 0.082, 0.80, []Stage{{20, 0.01 / 24, limit}}, 0.0924684915802338},
		{"quiet: the threshold decides", 0.01, 0.95, gate, 0.0533351127190074},
		{"no noise: the threshold itself", 0, 0.95, gate, 0.05},
	} {
		got, err := Resolution(c.sd, margin, c.power, c.stages...)
		noError(t, err)
		near(t, c.what, got, c.want, 1e-10)
	}
}

func TestResolutionRefuses(t *testing.T) {
	good := Stage{Pairs: 15, Level: 0.05}
	for _, c := range []struct {
		sd, power float64
		stages    []Stage
		want      error
	}{
		{0.1, 0.8, nil, ErrTooFew},
		{0.1, 0.8, []Stage{{0, 0.05, 0}}, ErrTooFew},
		{0.1, 0.8, []Stage{{15, 0, 0}}, ErrRange},
		{0.1, 0.8, []Stage{{15, 0.05, math.NaN()}}, ErrRange},
		{0.1, 1, []Stage{good}, ErrRange},
		{-0.1, 0.8, []Stage{good}, ErrRange},
		{math.NaN(), 0.8, []Stage{good}, ErrRange},
		{1e9, 0.8, []Stage{good}, ErrNotFinite},
	} {
		if _, err := Resolution(c.sd, 0, c.power, c.stages...); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestFisherExact(t *testing.T) {
	for _, c := range []struct {
		command                string
		baseE, base, headE, hd int64
		want                   float64
	}{
		// fisher.test(matrix(c(headE, head-headE, baseE, base-baseE), 2), alternative="greater")
		{"1 of 100, 7 of 100", 1, 100, 7, 100, 0.0324297010521325},
		{"0 of 5000, 5 of 5000", 0, 5000, 5, 5000, 0.031218751564063},
		{"3 of 10, 1 of 10", 3, 10, 1, 10, 0.956656346749226},
		{"none", 0, 10, 0, 10, 1},
		{"all", 10, 10, 10, 10, 1},
		{"phyper(1200-1, 2e6, 2e6, 2200, lower.tail=FALSE)", 1000, 2000000, 1200, 2000000, 1.08518969057612e-05},
		{"phyper(60-1, 1e9, 1e9, 70, lower.tail=FALSE)", 10, 1e9, 60, 1e9, 4.00240922996828e-10},
		{"phyper(500500-1, 1e6, 1e6, 1e6, lower.tail=FALSE)", 499500, 1000000, 500500, 1000000, 0.0788573562746763},
		{"phyper(90-1, 1e6, 3e6, 100, lower.tail=FALSE)", 10, 3000000, 90, 1000000, 6.58335025140851e-43},
	} {
		got, err := FisherExact(c.baseE, c.base, c.headE, c.hd)
		noError(t, err)
		near(t, c.command, got, c.want, 1e-10)
	}
	for _, c := range []struct {
		table [4]int64
		want  error
	}{
		{[4]int64{0, 0, 0, 5}, ErrTooFew},
		{[4]int64{0, 5, 0, 0}, ErrTooFew},
		{[4]int64{6, 5, 0, 5}, ErrRange},
		{[4]int64{0, 5, 6, 5}, ErrRange},
		{[4]int64{-1, 5, 0, 5}, ErrRange},
		{[4]int64{0, math.MaxInt64, 0, 5}, ErrRange},
	} {
		if _, err := FisherExact(c.table[0], c.table[1], c.table[2], c.table[3]); !errors.Is(err, c.want) {
			t.Errorf("%v: %v", c.table, err)
		}
	}
}

func FuzzFisherExact(f *testing.F) {
	f.Add(uint32(1), uint32(100), uint32(7), uint32(100))
	f.Add(uint32(0), uint32(1), uint32(1), uint32(1<<31))
	f.Fuzz(func(t *testing.T, baseErrors, base, headErrors, head uint32) {
		be, b, he, h := int64(baseErrors), int64(base), int64(headErrors), int64(head)
		p, err := FisherExact(be, b, he, h)
		if err != nil {
			return
		}
		if !(p >= 0 && p <= 1) {
			t.Fatalf("p = %v", p)
		}
		// With the arms swapped the tails overlap in the table seen, so they sum to 1 or more.
		if q, err := FisherExact(he, h, be, b); err != nil || p+q < 1-1e-9 {
			t.Fatalf("p = %v, swapped %v (%v)", p, q, err)
		}
	})
}

package stats

import (
	"errors"
	"math"
	"testing"
)

func sameEstimate(t *testing.T, what string, got, want Estimate, tolerance float64) {
	t.Helper()
	near(t, what+": estimate", got.Value, want.Value, tolerance)
	near(t, what+": low", got.Low, want.Low, tolerance)
	near(t, what+": high", got.High, want.High, tolerance)
	near(t, what+": confidence", got.Confidence, want.Confidence, 1e-10)
	if got.Exact != want.Exact {
		t.Errorf("%s: exact %v", what, got.Exact)
	}
}

func TestHodgesLehmannPaired(t *testing.T) {
	for _, c := range []struct {
		confidence float64
		want       Estimate
	}{
		// wilcox.test(d, exact=TRUE, conf.int=TRUE, conf.level=c); the achieved
		// level is 1-2*psignrank(qsignrank((1-c)/2, 10)-1, 10)
		{0.95, Estimate{0.017, -0.0025, 0.0345, 0.951171875, true}},
		{0.90, Estimate{0.017, 0.002, 0.0315, 0.916015625, true}},
	} {
		got, err := HodgesLehmannPaired(paired, c.confidence)
		noError(t, err)
		sameEstimate(t, "paired", got, c.want, 1e-12)
	}
}

func TestHodgesLehmannBeyondTheExactLimitFindsTheExactBounds(t *testing.T) {
	// big <- sin(1:70*1.7)+.2; wilcox.test(big, conf.int=TRUE, exact=TRUE)$conf.int; median of outer(big,big,"+")/2, i<=j
	big := sequence(70, func(i float64) float64 { return math.Sin(i*1.7) + 0.2 })
	got, err := HodgesLehmannPaired(big, 0.95)
	noError(t, err)
	near(t, "estimate", got.Value, 0.201343238502943, 1e-12)
	near(t, "low", got.Low, 0.0389447056282584, 2e-2) // one order statistic apart at most
	near(t, "high", got.High, 0.350831898494331, 2e-2)
	// 1-2*psignrank(qsignrank(.025,70)-1,70)
	near(t, "confidence", got.Confidence, 0.950482589487025, 1e-3)

	base, head := sixty()
	// wilcox.test(b, a, conf.int=TRUE, exact=TRUE)$conf.int; median(outer(b,a,"-")); 1-2*pwilcox(qwilcox(.025,60,60)-1,60,60)
	got, err = HodgesLehmannUnpaired(base, head, 0.95)
	noError(t, err)
	near(t, "estimate", got.Value, 0.249268177763409, 1e-12)
	near(t, "low", got.Low, 0.0679554179769333, 2e-2)
	near(t, "high", got.High, 0.459271239934158, 2e-2)
	near(t, "confidence", got.Confidence, 0.950293027493402, 1e-3)
	if got.Exact {
		t.Error("60 against 60 said to be exact")
	}
}

func TestHodgesLehmannUnpaired(t *testing.T) {
	// wilcox.test(y, x, exact=TRUE, conf.int=TRUE)$conf.int; median(outer(y,x,"-"));
	// 1-2*pwilcox(qwilcox(.025,10,9)-1,10,9)
	got, err := HodgesLehmannUnpaired(unpairedBase, unpairedHead, 0.95)
	noError(t, err)
	sameEstimate(t, "unpaired", got, Estimate{-0.514995, -1.022, 0.43, 0.956526445690532, true}, 1e-12)
}

func TestTooFewForTheConfidenceGivesTheWidestInterval(t *testing.T) {
	for n, want := range map[int]float64{1: 0, 2: 0.5, 3: 0.75, 5: 0.9375} {
		x := sequence(n, func(i float64) float64 { return i * i })
		got, err := HodgesLehmannPaired(x, 0.95)
		noError(t, err)
		if got.Low != 1 || got.High != float64(n*n) || got.Confidence != want {
			t.Errorf("n = %d: %+v, want confidence %v", n, got, want)
		}
	}
	got, err := HodgesLehmannUnpaired([]float64{1, 2}, []float64{5, 9}, 0.95)
	noError(t, err)
	sameEstimate(t, "two of each", got, Estimate{5.5, 3, 8, 2.0 / 3, true}, 1e-12) // 1-2*pwilcox(0,2,2)
}

func TestHodgesLehmannIntervalInvertsTheTest(t *testing.T) {
	r := source()
	for range 40 {
		d := noise(r, 6+r.IntN(20), 0)
		e, err := HodgesLehmannPaired(d, 0.95)
		noError(t, err)
		p := func(at float64) float64 {
			s, err := SignedRank(mapped(d, func(v float64) float64 { return v - at }))
			noError(t, err)
			return s.PGreater
		}
		const hair = 1e-9
		if p(e.Low-hair) > 0.025 || p(e.Low+hair) <= 0.025 {
			t.Errorf("p %v below and %v above the lower limit", p(e.Low-hair), p(e.Low+hair))
		}
	}
}

func TestHodgesLehmannSymmetries(t *testing.T) {
	r := source()
	for range 60 {
		base, head := noise(r, 2+r.IntN(60), 0.25), noise(r, 2+r.IntN(60), 0.25)
		e, err := HodgesLehmannUnpaired(base, head, 0.9)
		noError(t, err)
		o, err := HodgesLehmannUnpaired(head, base, 0.9)
		noError(t, err)
		sameEstimate(t, "swapped arms", o, Estimate{-e.Value, -e.High, -e.Low, e.Confidence, e.Exact}, 0)
		s, err := HodgesLehmannUnpaired(base, mapped(head, func(v float64) float64 { return v + 4 }), 0.9)
		noError(t, err)
		sameEstimate(t, "shifted head", s, Estimate{e.Value + 4, e.Low + 4, e.High + 4, e.Confidence, e.Exact}, 0)

		d, err := HodgesLehmannPaired(head, 0.9)
		noError(t, err)
		m, err := HodgesLehmannPaired(negated(head), 0.9)
		noError(t, err)
		sameEstimate(t, "negated", m, Estimate{-d.Value, -d.High, -d.Low, d.Confidence, d.Exact}, 0)
	}
}

func TestWalshAveragesAreForAnyConfidence(t *testing.T) {
	w, err := WalshAverages(paired)
	noError(t, err)
	for _, confidence := range []float64{0.5, 0.9, 0.95} {
		got, err := w.HodgesLehmann(confidence)
		noError(t, err)
		want, err := HodgesLehmannPaired(paired, confidence)
		noError(t, err)
		if got != want {
			t.Errorf("%v: %+v, want %+v", confidence, got, want)
		}
	}
	if _, err := (Walsh{}).HodgesLehmann(0.95); !errors.Is(err, ErrTooFew) {
		t.Errorf("of no difference: %v", err)
	}
}

package pace

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestCountsAreTheShapesInNumbers(t *testing.T) {
	for want, c := range map[string]Counts{
		"20":                              constantly(20),
		"normal(mean 4096, sd 1024)":      Counts(Normal(4096, 1024)),
		"lognormal(median 4096, sigma 1)": Counts(Lognormal(4096, 1)),
		"quantiles(1, 2, 10)":             Counts(Quantiles([]time.Duration{1, 2, 10})),
	} {
		if got := c.String(); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
		text, err := json.Marshal(c)
		if err != nil || string(text) != `"`+want+`"` {
			t.Errorf("written as %s, %v", text, err)
		}
		if err := c.Validate(c.Max()); err != nil {
			t.Errorf("%v: %v", c, err)
		}
		if err := c.Validate(c.Max() - 1); err == nil {
			t.Errorf("%v: nothing said about a draw above the limit", c)
		}
	}
	if err := Counts(Quantiles([]time.Duration{2, 1})).Validate(9); err == nil || err.Error() != "quantiles must rise" {
		t.Errorf("falling quantiles: %v", err)
	}
	if !(Counts{}).IsZero() || constantly(1).IsZero() {
		t.Error("IsZero is wrong")
	}
}

// The middle of the levels is the median, and their ends are near the quantiles
// they stand for: 650 draws place a quantile within 0.08 at four standard errors.
func TestLevelsStandForTheDistribution(t *testing.T) {
	uniform := Counts(Quantiles([]time.Duration{0, 1_000_000}))
	levels := uniform.Levels(10, rand.New(rand.NewPCG(1, 1)))
	if !slices.IsSorted(levels) || len(levels) != 10 {
		t.Fatalf("levels %v", levels)
	}
	for i, got := range levels {
		if want := 100_000*i + 50_000; got < want-80_000 || got > want+80_000 {
			t.Errorf("level %d is %d, want about %d", i, got, want)
		}
	}
	if again := uniform.Levels(10, rand.New(rand.NewPCG(1, 1))); !slices.Equal(levels, again) {
		t.Error("equal seeds give other levels")
	}
	if got := constantly(7).Levels(3, nil); !slices.Equal(got, []int{7, 7, 7}) {
		t.Errorf("levels of a constant are %v", got)
	}
}

func constantly(n int) Counts { return Counts(Constant(time.Duration(n))) }

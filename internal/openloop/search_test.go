package openloop

import (
	"math"
	"math/rand/v2"
	"testing"
)

// settled runs a search with what is told of each rate.
func settled(t *testing.T, s *search, of func(rate float64) outcome) (rates int) {
	t.Helper()
	for rate, more := s.next(); more; rate, more = s.next() {
		if rates++; rates > 60 {
			t.Fatalf("no end: %+v", s)
		}
		if rate < s.lowest || rate > s.highest {
			t.Fatalf("%v is not between %v and %v", rate, s.lowest, s.highest)
		}
		for s.rate > 0 {
			s.add(of(rate), "reason")
		}
	}
	return rates
}

// Without noise, the ends of the interval are neighbours with the knee between
// them, wherever it is and wherever the search began.
func TestSearchClosesIn(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		knee := 45 * pow(rng.Float64(), 2000)
		s := &search{start: 10 * pow(rng.Float64(), 50_000), lowest: 45, highest: 100_000}
		rates := settled(t, s, func(rate float64) outcome {
			if rate <= knee {
				return held
			}
			return missed
		})
		if s.held > knee || s.missed < knee && s.held != 100_000 || s.held > 0 && s.missed > 1.1*s.held || s.from != 0 {
			t.Fatalf("knee %v: %+v", knee, s)
		}
		if rates > 20 {
			t.Errorf("knee %v from %v: %d rates", knee, s.start, rates)
		}
	}
}

// pow is a number from 1 to most, alike in all orders of magnitude.
func pow(share, most float64) float64 { return math.Pow(most, share) }

// With noise around the knee the interval grows around it.
func TestSearchKeepsWhatIsContestedInside(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		const low, high = 900.0, 1300.0 // windows between tell this or that
		s := &search{start: 50 * pow(rng.Float64(), 1000), lowest: 45, highest: 100_000}
		settled(t, s, func(rate float64) outcome {
			if share := (rate - low) / (high - low); rng.Float64() < share {
				return missed
			}
			return held
		})
		if s.held == 0 || s.missed == 0 || s.held > high || s.missed < low {
			t.Fatalf("%+v", s)
		}
		if s.from > 0 && (s.held >= s.from || s.missed <= s.to || s.from > s.to) {
			t.Fatalf("contested rates are not inside: %+v", s)
		}
	}
}

func TestOneLimitedWindowDecidesNothing(t *testing.T) {
	s := &search{start: 1000, lowest: 45, highest: 100_000}
	s.next()
	for _, o := range []outcome{held, rigLimited, held, held, held} {
		s.add(o, "a hiccup")
	}
	if rate, _ := s.next(); rate != 1000 || s.held != 0 {
		t.Fatalf("decided too early: %+v", s)
	}
	s.add(held, "")
	if s.held != 1000 || s.limit != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSearchAtTheTop(t *testing.T) {
	s := &search{start: 70_000, lowest: 45, highest: 100_000}
	settled(t, s, func(float64) outcome { return held })
	if s.held != 100_000 || s.missed != 0 {
		t.Errorf("%+v", s)
	}
}

func TestDigits(t *testing.T) {
	for rate, want := range map[float64]float64{45: 45, 134.35: 134, 0.98765: 0.988, 99_950: 100_000, 12_345: 12_300} {
		if got := threeDigits(rate); got != want {
			t.Errorf("%v: %v, want %v", rate, got, want)
		}
	}
}

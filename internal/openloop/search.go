package openloop

import (
	"cmp"
	"math"
)

// outcome is what one window, or all windows of a rate, say of the rate.
type outcome int

const (
	undecided outcome = iota
	held
	missed
	contested // some windows held it and some missed it
	rigLimited
)

// How many windows that agree decide. Long answers come in bursts, and most
// windows have fewer of them than their share, so that a window within the bound
// is weaker evidence than one beyond it. With three and three the interval misses
// the knee of M/M/1 in a fifth of all searches, with these in less than a tenth.
const (
	enoughHeld    = 5
	enoughMissed  = 3
	enoughLimited = 2 // windows in which the rig was the limit
)

// narrow is the ratio of neighbouring rates at which a search ends. Windows of
// some seconds cannot distinguish closer ones.
const narrow = 1.1

// search finds the knee by bisection. Rates up to held are held, rates from
// missed on are missed. Contested rates, whose windows disagree because of noise,
// lie between them, and the search narrows the gap on either side of these.
type search struct {
	start, lowest, highest float64

	held, missed float64 // 0: none
	from, to     float64 // contested ones; 0: none
	limit        float64 // smallest at which the rig was the limit; 0: none
	why          string  // it was

	rate   float64 // that is being judged; 0: none
	counts [rigLimited + 1]int
}

// next is the rate to measure, the same one until its windows decide; more is
// false when the search is over.
func (s *search) next() (rate float64, more bool) {
	if s.rate == 0 {
		s.rate = s.choose()
		s.counts = [rigLimited + 1]int{}
	}
	return s.rate, s.rate > 0
}

// choose picks the next rate; 0 when the search is over.
func (s *search) choose() float64 {
	top := cmp.Or(s.missed, s.limit) // at most one is set
	below := cmp.Or(s.from, top)     // the smallest rate that is not held
	switch {
	case below == 0 && s.held == 0:
		return threeDigits(min(max(s.start, s.lowest), s.highest))
	case below == 0 && s.held < s.highest:
		return threeDigits(min(2*s.held, s.highest))
	case below == 0:
		return 0
	case s.held == 0 && below > s.lowest:
		return threeDigits(max(below/2, s.lowest))
	case s.held > 0 && below > narrow*s.held:
		return threeDigits(math.Sqrt(s.held * below))
	case s.to > 0 && top == 0 && s.to < s.highest:
		return threeDigits(min(2*s.to, s.highest))
	case s.to > 0 && top > narrow*s.to:
		return threeDigits(math.Sqrt(s.to * top))
	}
	return 0
}

// threeDigits rounds a rate to three significant digits.
func threeDigits(rate float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(rate))-2)
	return math.Round(math.Round(rate/unit)*unit*1e6) / 1e6
}

// add counts what one window says of the rate being measured.
func (s *search) add(o outcome, why string) {
	s.counts[o]++
	switch all := s.verdict(); all {
	case undecided:
	case rigLimited:
		s.why = why
		s.settle(all)
	default:
		s.settle(all)
	}
}

func (s *search) verdict() outcome {
	switch {
	case s.counts[rigLimited] >= enoughLimited:
		return rigLimited
	case s.counts[held] > 0 && s.counts[missed] > 0:
		return contested
	case s.counts[held] >= enoughHeld:
		return held
	case s.counts[missed] >= enoughMissed:
		return missed
	}
	return undecided
}

// settle records the outcome of a rate. One that contradicts a contested rate,
// held above it or missed below it, is contested as well.
func (s *search) settle(o outcome) {
	rate := s.rate
	s.rate = 0
	switch {
	case o == held && (s.from == 0 || rate < s.from):
		s.held = rate
	case o == missed && (s.to == 0 || rate > s.to):
		s.missed, s.limit = rate, 0
	case o == rigLimited && (s.to == 0 || rate > s.to):
		s.limit, s.missed = rate, 0
	default:
		if s.from == 0 || rate < s.from {
			s.from = rate
		}
		s.to = max(s.to, rate)
	}
}

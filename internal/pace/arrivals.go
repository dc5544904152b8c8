package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Arrivals says how the starts of an open loop lie in time.
type Arrivals string

// The kinds of arrivals.
const (
	Evenly  Arrivals = "constant" // at equal distances
	Poisson Arrivals = "poisson"  // independent of one another, as the requests of many users are
)

// MostStarts bounds the starts that are expected of a window: a million of them
// are 8 MB, and their observations ten times as much.
const MostStarts = 1_000_000

// Starts returns when the requests of a window are due, ascending, from its
// beginning on: rate of them a second, in the mean. Evenly does not use the
// generator, which may then be nil. Other values of a, a rate that is not above
// zero, and more than MostStarts starts are errors.
func (a Arrivals) Starts(rate float64, window time.Duration, r *rand.Rand) ([]time.Duration, error) {
	expected := rate * window.Seconds()
	switch {
	case a != Evenly && a != Poisson:
		return nil, fmt.Errorf("arrivals %q are neither %s nor %s", a, Evenly, Poisson)
	case !(rate > 0) || window <= 0:
		return nil, fmt.Errorf("%v requests a second for %v are none", rate, window)
	case expected > MostStarts:
		return nil, fmt.Errorf("%v requests a second for %v are more than %d", rate, window, MostStarts)
	}
	starts := make([]time.Duration, 0, int(expected+4*math.Sqrt(expected))+1)
	at := 0.0 // seconds
	if a == Poisson {
		at = r.ExpFloat64() / rate
	}
	for at < window.Seconds() {
		starts = append(starts, time.Duration(at*1e9))
		if a == Poisson {
			at += r.ExpFloat64() / rate
		} else {
			at = float64(len(starts)) / rate // the error of a sum would grow
		}
	}
	return starts, nil
}

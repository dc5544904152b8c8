package pace

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// Counts is a distribution of whole numbers, such as sizes in bytes: the shapes
// of Dist with numbers in the place of nanoseconds. The zero value is the
// constant 0.
type Counts Dist

// Validate says which parameters are wrong; nil if none is. No draw may exceed
// most.
func (c Counts) Validate(most int) error {
	switch err := Dist(c).Validate(); {
	case !slices.IsSorted(c.points):
		return errors.New("quantiles must rise")
	case math.Floor(Dist(c).upper()) > float64(most):
		return fmt.Errorf("draws can exceed the limit of %d", most)
	case err != nil:
		return err
	}
	return nil
}

// Sample draws a number, from 0 to Max.
func (c Counts) Sample(r *rand.Rand) int { return int(Dist(c).Sample(r)) }

// Max is the largest number that Sample can return.
func (c Counts) Max() int { return int(Dist(c).Max()) }

// IsZero reports whether every number is 0.
func (c Counts) IsZero() bool { return Dist(c).IsZero() }

// Levels are n ascending numbers that represent the distribution: the medians of n
// groups of equal size of many sorted draws.
func (c Counts) Levels(n int, r *rand.Rand) []int {
	const group = 65 // odd, so that there is a middle
	draws := make([]int, n*group)
	for i := range draws {
		draws[i] = c.Sample(r)
	}
	slices.Sort(draws)
	levels := make([]int, n)
	for i := range levels {
		levels[i] = draws[i*group+group/2]
	}
	return levels
}

// String writes the distribution for people.
func (c Counts) String() string {
	return Dist(c).text(func(n time.Duration) string { return strconv.Itoa(int(n)) })
}

// MarshalText is String.
func (c Counts) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

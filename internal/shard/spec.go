package shard

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Most is how many shards a gate can have: a matrix of GitHub Actions has no more jobs.
const Most = 256

// Spec names a shard. The zero value is none: one machine measures everything.
type Spec struct{ Index, Of int }

// Usual is how people write it.
const Usual = "i/n, such as 2/3"

var written = regexp.MustCompile(`^(\d{1,4})/(\d{1,4})$`)

// BadSpec is an error about what is no shard.
type BadSpec struct{ Text, Hint string }

func (b *BadSpec) Error() string { return fmt.Sprintf("%q is not a shard: %s", b.Text, b.Hint) }

// Parse reads "2/3". Empty is no shard. The error is a [*BadSpec].
func Parse(text string) (Spec, error) {
	if text == "" {
		return Spec{}, nil
	}
	bad := func(format string, args ...any) (Spec, error) {
		return Spec{}, &BadSpec{text, fmt.Sprintf(format, args...)}
	}
	m := written.FindStringSubmatch(text)
	if m == nil {
		return bad("write " + Usual)
	}
	index, _ := strconv.Atoi(m[1]) // four digits
	of, _ := strconv.Atoi(m[2])
	switch {
	case of == 0:
		return bad("there is at least one, 1/1")
	case of > Most:
		return bad("there can be %d at most", Most)
	case index == 0:
		return bad("they count from 1, the first is 1/%d", of)
	case index > of:
		return bad("the last is %d/%d", of, of)
	}
	return Spec{index, of}, nil
}

// String is as Parse reads it.
func (s Spec) String() string {
	if s == (Spec{}) {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Seed is that of the shard's order of arms and scenarios: machines that did the same at
// the same time would share what is wrong with that order.
func (s Spec) Seed(seed uint64) uint64 {
	if s == (Spec{}) {
		return seed
	}
	return rand.NewPCG(seed, uint64(s.Index)).Uint64()
}

// Scenarios are those of a suite that the shard measures when it is split by scenarios,
// in the order of the suite. Every shard has a scenario if there are enough of them.
// What a scenario costs is guessed alike everywhere, since no shard knows what another
// has measured: the costliest goes first, to the shard with the least so far.
func (s Spec) Scenarios(suite []bench.Scenario) []bench.Scenario {
	if s == (Spec{}) {
		return suite
	}
	order := slices.Clone(suite)
	slices.SortStableFunc(order, func(a, b bench.Scenario) int { return cmp.Compare(cost(b), cost(a)) })
	load, own := make([]float64, s.Of), map[bench.Scenario]bool{}
	for _, one := range order {
		least := slices.Index(load, slices.Min(load))
		load[least] += cost(one)
		own[one] = least == s.Index-1
	}
	return slices.DeleteFunc(slices.Clone(suite), func(one bench.Scenario) bool { return !own[one] })
}

// The parts of a cost, in slices: warming up and settling is the same for each; a slice
// has two requests for each in flight, which a large body makes longer; and a paced
// stream waits for its backend.
const (
	fixedCost = 10.0
	perFlight = 1.0
	perBody   = 1.0 / (64 << 10)
	pacedCost = 60.0
)

func cost(s bench.Scenario) float64 {
	c := fixedCost + perFlight*float64(s.Concurrency)*(1+perBody*float64(s.BodyBytes))
	if s.Paced {
		c += pacedCost
	}
	return c
}

package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// damages are the errors of answers that are not what the mock sent.
var damages = []bench.ErrorClass{
	bench.ErrProtocol, bench.ErrTruncated, bench.ErrBody, bench.ErrNoEnd,
	bench.ErrLost, bench.ErrRepeated, bench.ErrReordered,
}

// damageLeast is how many answers have to be damaged: no noise does that, but a
// single one may be of a gateway that was just stopped.
const damageLeast = 2

// streamDamage names what is wrong with answers.
func streamDamage(s subject) []sign {
	return s.failing(func(class bench.ErrorClass) bool { return slices.Contains(damages, class) },
		func(n, _ int) bool { return n >= damageLeast })
}

// failureLeast is the share of requests that have to fail in another way, which
// is the share that the decision lets pass; and at least three, so that it is
// not one bad moment.
const failureLeast = errorShare

func failingRequests(s subject) []sign {
	return s.failing(func(class bench.ErrorClass) bool { return !slices.Contains(damages, class) },
		func(n, of int) bool { return n >= 3 && float64(n) >= s.least(failureLeast)*float64(of) })
}

// failing finds scenarios with enough failures of some classes that the direct
// path does not have.
func (s subject) failing(counted func(bench.ErrorClass) bool, enough func(n, of int) bool) []sign {
	var found []sign
	for _, at := range s.scenarios {
		direct, _ := s.errors(at, bench.Direct)
		own, requests := s.errors(at, s.arm)
		failed, parts := 0, []string(nil)
		for _, class := range slices.Sorted(maps.Keys(own)) {
			if counted(class) && direct[class] == 0 && own[class] > 0 {
				failed += own[class]
				parts = append(parts, fmt.Sprintf("%d %s", own[class], class))
			}
		}
		if failed > 0 && enough(failed, requests) {
			found = append(found, sign{[]bench.Scenario{at}, float64(failed) / float64(requests), fmt.Sprintf("%d of %d requests: %s; without the gateway none", failed, requests, strings.Join(parts, ", "))})
		}
	}
	return found
}

// errors counts the failed requests of an arm by class, and all requests.
func (s subject) errors(at bench.Scenario, arm bench.Arm) (classes map[bench.ErrorClass]int, requests int) {
	classes = make(map[bench.ErrorClass]int)
	for _, r := range s.rounds[place{at.ID(), arm}] {
		requests += r.Requests
		for class, n := range r.Errors {
			classes[class] += n
			requests += n
		}
	}
	return classes, requests
}

const (
	// stallLeast and stallTimes make a stall: so long, and so many times the 95th
	// percentile of the same round. On a machine of which other programs took two
	// thirds, 2 % of the rounds of gateways without faults had one.
	stallLeast = 0.25
	stallTimes = 10
	// stalledShare is the share of the rounds that have to have one, and three at
	// least; and the direct path may have a third as many.
	stalledShare = 0.10
	stalledLeast = 3
	directMost   = 1.0 / 3
)

// rareStall finds modes in which the slowest request of many rounds takes many
// times as long as nearly all others.
func rareStall(s subject) []sign {
	var found []sign
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		own, direct := s.stalls(mode, s.arm), s.stalls(mode, bench.Direct)
		if len(own.longest) < stalledLeast || own.share() < s.least(stalledShare) || direct.share() > directMost*own.share() {
			continue
		}
		found = append(found, sign{own.where, own.share(), fmt.Sprintf(
			"in %d of %d rounds of a scenario one request took %s (median of these), and 95 %% at most %s; without the gateway in %d of %d",
			len(own.longest), own.rounds, timeText(median(own.longest)), timeText(median(own.rest)), len(direct.longest), direct.rounds)})
	}
	return found
}

// stalled are the rounds of an arm in one mode that have a stall.
type stalled struct {
	rounds        int
	longest, rest []float64 // of those with a stall: the slowest request, the 95th percentile
	where         []bench.Scenario
}

func (s stalled) share() float64 { return float64(len(s.longest)) / float64(max(1, s.rounds)) }

func (s subject) stalls(mode bench.Mode, arm bench.Arm) stalled {
	var all stalled
	for _, at := range s.scenarios {
		if at.Mode != mode {
			continue
		}
		for _, r := range s.rounds[place{at.ID(), arm}] {
			d := r.Distribution[mode.Primary()]
			if len(d) < 3 {
				continue // an older file
			}
			all.rounds++
			most, p95 := d[len(d)-1], d[len(d)-3]
			if most < s.least(stallLeast) || most < stallTimes*p95 {
				continue
			}
			all.longest, all.rest = append(all.longest, most), append(all.rest, p95)
			if !slices.Contains(all.where, at) {
				all.where = append(all.where, at)
			}
		}
	}
	return all
}

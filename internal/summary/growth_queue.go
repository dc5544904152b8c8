package summary

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Limit says what stops throughput from growing with concurrency.
type Limit string

// The limits of throughput.
const (
	Unlimited      Limit = "none"    // it still grew at the highest concurrency
	GatewayLimit   Limit = "gateway" // the gateway queues while the direct path still grows
	MachineLimit   Limit = "machine" // the direct path does not grow either: client, mock and gateway share what is used up
	LimitUndecided Limit = "unknown" // there is no direct arm to compare with
)

// Queue is how throughput of one mode and body size grows with concurrency.
type Queue struct {
	Mode  bench.Mode
	Sizes string // of request and answer, as in a scenario's name
	// From is the concurrency from which on more requests in flight only wait
	// for one another; 0 when Limit is Unlimited.
	From  int
	Limit Limit
	Steps []Step // between neighbouring concurrencies, in ascending order
	Fall  *Step  // the first with which throughput falls; nil when there is none
}

// Step is what happens between two concurrencies. A gain is
// ln(X₂/X₁) ÷ ln(c₂/c₁) with X the median throughput over the rounds: 1 when
// throughput grows with concurrency, 0 when it stays. By Little's law,
// c = X·L, latency L takes the rest, 1 − gain.
type Step struct {
	From, To int
	Proxied  float64
	Direct   float64 // NaN without a direct arm
	Latency  float64 // the same ratio of the typical proxied latency
}

// flatGain is the gain below which throughput counts as no longer growing:
// five times the requests in flight then bring less than half as much again.
const flatGain = 0.25

func flat(gain float64) bool { return gain < flatGain }

// leastFall is the share of the throughput that is lost when it counts as
// falling: medians over the rounds come back to 3 % on a machine that others use.
const leastFall = 0.1

// falls is true when more requests in flight get less done.
func (s Step) falls() bool { return s.Times(s.Proxied) < 1-leastFall }

// Times is the throughput at the higher concurrency over that at the lower one,
// for a gain of this step.
func (s Step) Times(gain float64) float64 {
	return math.Pow(float64(s.To)/float64(s.From), gain)
}

// queues is true when throughput stays and latency takes what concurrency
// added. Both are asked for: when requests fail, throughput falls and latency
// does not rise, and that is no queue.
func (s Step) queues() bool { return flat(s.Proxied) && s.Latency > 1-2*flatGain }

// QueueGrowth finds, for each mode and body size with at least two
// concurrencies, where arm starts to queue, in the order of the scenarios.
func QueueGrowth(rounds Index, scenarios []bench.Scenario, arm bench.Arm) []Queue {
	var growth []Queue
	for _, sweep := range ByConcurrency(scenarios) {
		q := Queue{Mode: sweep[0].Mode, Sizes: sweep[0].Sizes(), Limit: Unlimited}
		for i := 1; i < len(sweep); i++ {
			if step, ok := stepOf(rounds, sweep[i-1], sweep[i], arm); ok {
				q.Steps = append(q.Steps, step)
			}
		}
		if len(q.Steps) == 0 {
			continue
		}
		if i := slices.IndexFunc(q.Steps, Step.queues); i >= 0 {
			q.From, q.Limit = q.Steps[i].From, limit(q.Steps[i].Direct)
		}
		if i := slices.IndexFunc(q.Steps, Step.falls); i >= 0 {
			q.Fall = &q.Steps[i]
		}
		growth = append(growth, q)
	}
	return growth
}

func limit(direct float64) Limit {
	switch {
	case math.IsNaN(direct):
		return LimitUndecided
	case flat(direct):
		return MachineLimit
	default:
		return GatewayLimit
	}
}

// stepOf compares two concurrencies; ok is false when arm has no value at one.
func stepOf(rounds Index, low, high bench.Scenario, arm bench.Arm) (s Step, ok bool) {
	gain := func(arm bench.Arm, m bench.Metric) float64 {
		from, _ := rounds.Median(low.ID(), arm, m)
		to, _ := rounds.Median(high.ID(), arm, m)
		if from <= 0 || to <= 0 || high.Concurrency <= low.Concurrency {
			return math.NaN()
		}
		return math.Log(to/from) / math.Log(float64(high.Concurrency)/float64(low.Concurrency))
	}
	s = Step{
		From:    low.Concurrency,
		To:      high.Concurrency,
		Proxied: gain(arm, bench.Throughput),
		Direct:  gain(bench.Direct, bench.Throughput),
		Latency: gain(arm, low.Mode.Primary()),
	}
	return s, !math.IsNaN(s.Proxied) && !math.IsNaN(s.Latency)
}

// Saturated is true when the direct path's throughput has stopped growing at
// this concurrency: there, the client and the mock are the limit. It is false
// for one request in flight, which leaves everything idle in turns, and true
// for the lowest concurrency above one, where growth cannot be seen.
func Saturated(rounds Index, scenarios []bench.Scenario, s bench.Scenario) bool {
	if s.Concurrency <= 1 {
		return false
	}
	below := bench.Scenario{}
	for _, other := range scenarios {
		if other.Alike(s) &&
			other.Concurrency < s.Concurrency && other.Concurrency > below.Concurrency {
			below = other
		}
	}
	if below.Concurrency == 0 {
		return true
	}
	step, ok := stepOf(rounds, below, s, bench.Direct)
	return !ok || flat(step.Direct)
}

// mockBoundShare is the share of the direct throughput from which on a figure is
// the mock's and not the gateway's.
const mockBoundShare = 0.90

// MockBound is true when arm is about as fast as the mock alone and the mock
// cannot do more. The second half matters: a mock that thinks before it answers
// makes every arm equally fast while nothing is busy, and then latency still
// shows the gateway.
func MockBound(rounds Index, scenarios []bench.Scenario, s bench.Scenario, arm bench.Arm) bool {
	direct, known := rounds.Median(s.ID(), bench.Direct, bench.Throughput)
	if !known || arm == bench.Direct {
		return false
	}
	proxied, known := rounds.Median(s.ID(), arm, bench.Throughput)
	return known && proxied >= mockBoundShare*direct && Saturated(rounds, scenarios, s)
}

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
	OneCoreLimit   Limit = "core"    // the gateway runs on one core of several, and uses it up
	MachineLimit   Limit = "machine" // the direct path does not grow either
	LimitUndecided Limit = "unknown" // there is no direct arm to compare with
)

// Queue is how throughput of one mode and body size grows with concurrency.
type Queue struct {
	Mode  bench.Mode
	Sizes string // of request and answer, as in a scenario's name
	// From is the concurrency above which further requests only queue; 0 when Limit
	// is Unlimited.
	From  int
	Limit Limit
	Steps []Step // between neighbouring concurrencies, in ascending order
	Fall  *Step  // the first with which throughput falls; nil when there is none
}

// Step is what happens between two concurrencies. A gain is
// ln(X₂/X₁) ÷ ln(c₂/c₁) with X the median throughput over the rounds: 1 when
// throughput grows in proportion to concurrency, 0 when it does not grow. By
// Little's law, c = X·L, the gain of the latency L is 1 − gain.
type Step struct {
	From, To int
	Proxied  float64
	Direct   float64 // NaN without a direct arm
	Latency  float64 // the same ratio of the typical proxied latency
}

// flatGain is the gain below which throughput counts as no longer growing: five
// times the requests in flight then increase it by less than half.
const flatGain = 0.25

func flat(gain float64) bool { return gain < flatGain }

// leastFall is the least loss of throughput, as a share, that counts as falling:
// medians over the rounds repeat within 3 % on a shared machine.
const leastFall = 0.1

// falls is true when throughput falls with more requests in flight.
func (s Step) falls() bool { return s.Times(s.Proxied) < 1-leastFall }

// Times is the throughput at the higher concurrency over that at the lower one,
// for a gain of this step.
func (s Step) Times(gain float64) float64 {
	return math.Pow(float64(s.To)/float64(s.From), gain)
}

// queues is true when throughput does not grow and latency rises instead. When
// requests fail, throughput falls without a rise of latency, which is no queue.
func (s Step) queues() bool { return flat(s.Proxied) && s.Latency > 1-2*flatGain }

// QueueGrowth finds, for each mode and body size with at least two
// concurrencies, where arm starts to queue, in the order of the scenarios, and why.
func QueueGrowth(rounds Index, scenarios []bench.Scenario, arm bench.Arm, on Machine) []Queue {
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
			at := slices.IndexFunc(sweep, func(s bench.Scenario) bool { return s.Concurrency == q.Steps[i].To })
			if OneCore(rounds, scenarios, sweep[at], arm, on) {
				q.Limit = OneCoreLimit
			}
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

// Saturated is true when the direct path's throughput no longer grows at this
// concurrency: the client and the mock are the limit. It is false for one request
// in flight, which never uses everything at once, and true for the lowest
// concurrency above one, where growth cannot be measured.
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

// mockBoundShare is the share of the direct throughput at which the mock, not the
// gateway, is the limit.
const mockBoundShare = 0.90

// MockBound is true when arm is about as fast as the mock alone and the mock is
// saturated. Without the second condition a mock that delays its answers would
// count: every arm is then equally fast, and the latency still shows the gateway.
func MockBound(rounds Index, scenarios []bench.Scenario, s bench.Scenario, arm bench.Arm) bool {
	direct, known := rounds.Median(s.ID(), bench.Direct, bench.Throughput)
	if !known || arm == bench.Direct {
		return false
	}
	proxied, known := rounds.Median(s.ID(), arm, bench.Throughput)
	return known && proxied >= mockBoundShare*direct && Saturated(rounds, scenarios, s)
}

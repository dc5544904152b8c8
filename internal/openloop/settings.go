package openloop

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Shortest and longest window. In a shorter one, the first requests, which find
// everything idle, are too large a part; a longer one takes more patience than
// it gives, and is what bounds a search.
const (
	ShortestWindow = 200 * time.Millisecond
	LongestWindow  = 10 * time.Second
)

// Settings is what to measure.
type Settings struct {
	Scenarios []bench.Scenario // their Concurrency only finds the closed loop's throughput
	Gateways  []bench.Arm      // driven in turn with the direct path
	Arrivals  pace.Arrivals
	Window    time.Duration // of a rate that was asked for; a search takes longer ones where it must
	Rates     []Rate
	Knee      bool            // search for it, also when no rate is a share of it
	Bound     time.Duration   // on the p99; 0: five times that of a quiet window
	Budget    time.Duration   // for the searches, all together
	Seed      uint64          // of the arrivals
	Trace     []time.Duration // when the requests of a trace start, ascending; none: there is no trace
	Closed    []bench.Round   // what the closed loop has measured: where searches begin
}

// Validate says what is wrong with them, nil if nothing is.
func (p Settings) Validate() error {
	var mistakes []error
	refuse := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if p.Arrivals != pace.Evenly && p.Arrivals != pace.Poisson {
		refuse("arrivals %q are neither %s nor %s", p.Arrivals, pace.Evenly, pace.Poisson)
	}
	if p.Window < ShortestWindow || p.Window > LongestWindow {
		refuse("a window of %v; use %v to %v", p.Window, ShortestWindow, LongestWindow)
	}
	if p.Bound < 0 || p.Bound > LongestWindow {
		refuse("a bound of %v on the p99; use at most %v", p.Bound, LongestWindow)
	}
	if p.Bound > 0 && !p.searches() {
		refuse("a bound on the p99 is for the knee, and nobody asks for that")
	}
	for _, r := range p.Rates {
		if expected := r.PerSecond * p.Window.Seconds(); expected > pace.MostStarts {
			refuse("%v requests a second for %v are more than %d", r.PerSecond, p.Window, pace.MostStarts)
		}
	}
	return errors.Join(mistakes...)
}

// searches says whether a knee is needed.
func (p Settings) searches() bool {
	return p.Knee || slices.ContainsFunc(p.Rates, func(r Rate) bool { return r.OfKnee > 0 })
}

// Scenarios picks from a suite what an open loop drives: of each mode the
// smallest body, at its highest concurrency, with the answers that the mock is
// configured for; a mix of requests only where there is nothing else.
func Scenarios(suite []bench.Scenario) []bench.Scenario {
	var all []bench.Scenario
	for _, s := range suite {
		i := slices.IndexFunc(all, func(a bench.Scenario) bool { return a.Mode == s.Mode })
		switch {
		case i < 0:
			all = append(all, s)
		case plainer(s, all[i]) < 0:
			all[i] = s
		}
	}
	return all
}

// plainer orders scenarios of a mode, the one to drive first.
func plainer(a, b bench.Scenario) int {
	mixed := func(s bench.Scenario) int {
		if s.Mix {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(mixed(a), mixed(b)),
		cmp.Compare(a.Answer, b.Answer),
		cmp.Compare(a.BodyBytes, b.BodyBytes),
		cmp.Compare(b.Concurrency, a.Concurrency),
	)
}

// Name is a scenario without its concurrency, which an open loop has none of:
// "json 100B".
func Name(s bench.Scenario) string {
	if s.Mix {
		return string(s.Mode) + " mix"
	}
	return fmt.Sprintf("%s %s", s.Mode, bench.Size(s.BodyBytes))
}

// throughput is that of the closed loop in requests per second; ok is false when
// it was not measured.
func (p Settings) throughput(s bench.Scenario, arm bench.Arm) (perSecond float64, ok bool) {
	x, ok := summary.NewIndex(p.Closed).Median(s.ID(), arm, bench.Throughput)
	return x, ok && x > 0
}

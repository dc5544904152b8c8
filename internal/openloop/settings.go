package openloop

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/summary"
)

// The shortest and the longest window. In a shorter one too many of the requests
// find everything idle; the longest one bounds the time of a search.
const (
	ShortestWindow = 200 * time.Millisecond
	LongestWindow  = 10 * time.Second
)

// Settings is what to measure.
type Settings struct {
	Scenarios []bench.Scenario // their Concurrency is only used to find the throughput in Closed
	Gateways  []bench.Arm      // driven in turn with the direct path
	Arrivals  pace.Arrivals
	Window    time.Duration // of a rate that was asked for; a search can need longer ones
	Rates     []Rate
	Knee      bool            // search for it, also when no rate is a share of it
	Bound     time.Duration   // on the p99; 0: five times that of a window at a tenth of the throughput
	Budget    time.Duration   // for the searches, all together
	Seed      uint64          // of the arrivals
	Trace     []time.Duration // when the requests of a trace start, ascending; none: there is no trace
	Closed    []bench.Round   // what the closed loop has measured: where searches begin
}

// Validate names every mistake; nil without one.
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
	if p.Bound > 0 && !p.needsKnee() {
		refuse("a bound on the p99 is for the search of the knee, which was not asked for")
	}
	for _, r := range p.Rates {
		if expected := r.PerSecond * p.Window.Seconds(); expected > pace.MostStarts {
			refuse("%v requests a second for %v are more than %d", r.PerSecond, p.Window, pace.MostStarts)
		}
	}
	return errors.Join(mistakes...)
}

// needsKnee is true when a knee was asked for, or a rate is a share of it.
func (p Settings) needsKnee() bool {
	return p.Knee || slices.ContainsFunc(p.Rates, func(r Rate) bool { return r.OfKnee > 0 })
}

// Scenarios picks what an open loop drives: of each mode the smallest body, at
// its highest concurrency, with the answers that the mock is configured for. It
// picks a mix of requests only where the suite has nothing else, and no paced stream.
func Scenarios(suite []bench.Scenario) []bench.Scenario {
	var all []bench.Scenario
	for _, s := range suite {
		i := slices.IndexFunc(all, func(a bench.Scenario) bool { return a.Mode == s.Mode })
		switch {
		case s.Paced: // its pace is the backend's
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

// Name is a scenario without a concurrency, which an open loop does not have:
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

// MostRate is the largest rate that is tried, in requests per second: a client
// of one thread does not start more.
const MostRate = 100_000

// mostRates bounds a list of rates: each takes several windows.
const mostRates = 20

// Rate is a rate to measure at, in requests per second or as a share of the
// knee; the other field is 0.
type Rate struct{ PerSecond, OfKnee float64 }

// ParseRates reads a list such as "500,0.5knee".
func ParseRates(text string) ([]Rate, error) {
	var all []Rate
	for word := range strings.SplitSeq(text, ",") {
		r, err := parseRate(strings.TrimSpace(word))
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	if len(all) > mostRates {
		return nil, fmt.Errorf("%d rates; at most %d", len(all), mostRates)
	}
	return all, nil
}

func parseRate(word string) (Rate, error) {
	number, ofKnee := strings.CutSuffix(word, "knee")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || math.IsNaN(x):
		return Rate{}, fmt.Errorf("%q is no rate; write requests per second, 500, or a share of the knee, 0.5knee", word)
	case ofKnee && !(x > 0 && x <= 2):
		return Rate{}, fmt.Errorf("%q: a share of the knee is above 0 and at most 2", word)
	case ofKnee:
		return Rate{OfKnee: x}, nil
	case !(x > 0 && x <= MostRate):
		return Rate{}, fmt.Errorf("%q: a rate is above 0 and at most %d requests per second", word, MostRate)
	}
	return Rate{PerSecond: x}, nil
}

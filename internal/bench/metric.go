package bench

import "slices"

// Unit is the base unit a metric's values are in.
type Unit string

// The base units of all files.
const (
	Seconds   Unit = "s"
	Bytes     Unit = "B"
	PerSecond Unit = "1/s"
	Count     Unit = "1"
)

// Better says which direction of a metric is the good one.
type Better int

// The directions of a metric.
const (
	Neither Better = iota
	Lower
	Higher
)

// Metric names a number that a Round carries.
type Metric string

// Clock is the moment of an answer at which a time ends. All but the last two begin
// just before the first byte of the request is handed to the kernel.
type Clock string

// The clocks. CPU time has none: nobody waits for it.
const (
	NoClock        Clock = ""
	AtHeaders      Clock = "headers"
	AtFirstByte    Clock = "first_byte"
	AtFirstEvent   Clock = "first_event"
	AtFirstDelta   Clock = "first_delta"
	AtLastByte     Clock = "last_byte"
	BetweenEvents  Clock = "gap"     // from one content event to the next
	InTransit      Clock = "transit" // from the mock's write of a chunk to its arrival
	LongestSilence Clock = "silence" // the longest time without an event, from the request to the last byte
)

// Statistic says how the values of a round's requests become one number. A
// percentile is its percent, by nearest rank.
type Statistic int

// The statistics.
const (
	Whole   Statistic = 0 // a number of the round as a whole
	P50     Statistic = 50
	P90     Statistic = 90
	P95     Statistic = 95
	P99     Statistic = 99
	Typical Statistic = -1 // mean of the fastest 80 %
	Mean    Statistic = -2
	Peak    Statistic = -3 // the most since the process started; rounds of one process have one
)

// Gate says what part a metric has in the decision.
type Gate int

// The gates, from the weakest.
const (
	// ShownOnly is never gated: it differs too much between rounds of unchanged
	// code, such as a p99 (its ratio has an SD of 0.2 to 0.8), or is no cost.
	ShownOnly Gate = iota
	OnRequest      // gated where a threshold names it
	Gated
	// Judged is gated, and it alone can leave a scenario inconclusive: a p95 that
	// nobody could resolve must not hide that the typical value was.
	Judged
)

// Description is one row of the metric table.
type Description struct {
	Metric    Metric
	Clock     Clock
	Statistic Statistic
	Unit      Unit
	Better    Better
	Gate      Gate
	// Least is the least share of the value that a gated metric may rise by, for one
	// that is noisier than a typical value or that matters only when it moves far; a
	// threshold that names the metric stands instead. 0: the threshold alone.
	Least float64
	Modes []Mode // that have it; nil for every mode
	Label string // in tables
	Text  string
}

// In is true when rounds of the mode have the metric.
func (d Description) In(mode Mode) bool { return d.Modes == nil || slices.Contains(d.Modes, mode) }

// Has is true when rounds of the scenario have the metric.
func (s Scenario) Has(d Description) bool {
	return d.In(s.Mode) && (s.Paced || d.Clock != LongestSilence)
}

// pacedGated are the metrics that are gated in a paced stream. What else there is of
// one is its backend's pauses, or better known from the other streams.
var pacedGated = []Metric{FirstEventTypical, FirstDeltaTypical, GapMax, TotalTypical}

// GateOf is the part that a metric has in the decision about the scenario.
func (s Scenario) GateOf(d Description) Gate {
	switch {
	case !s.Has(d):
		return ShownOnly
	case !s.Paced:
		return d.Gate
	case slices.Contains(pacedGated, d.Metric):
		return Gated
	}
	return ShownOnly
}

// IsClock is true for times that somebody who waits for an answer notices. It is
// false for a name this version does not know.
func (m Metric) IsClock() bool { return rows[m].Clock != NoClock }

// IsJudged is true for the metrics that can leave a scenario inconclusive, unless it
// is a paced stream.
func (m Metric) IsJudged() bool { return rows[m].Gate == Judged }

// InShares is true for a percentile, of which a slice has no value of its own but a
// share of requests, see Round.Slices.
func (m Metric) InShares() bool { return rows[m].Statistic > 0 }

// Describe returns what m is; ok is false for a name this version does not know.
func (m Metric) Describe() (d Description, ok bool) {
	d, ok = rows[m]
	return d, ok
}

// Metrics lists those whose row is wanted, in the order of the table.
func Metrics(wanted func(Description) bool) []Metric {
	var all []Metric
	for _, d := range table {
		if wanted(d) {
			all = append(all, d.Metric)
		}
	}
	return all
}

// Metric is the mode's metric of a clock; empty when it has none.
func (m Mode) Metric(clock Clock, statistic Statistic) Metric {
	for _, d := range table {
		if d.Clock == clock && d.Statistic == statistic && d.In(m) {
			return d.Metric
		}
	}
	return ""
}

// Primary is the metric that a mode's whole answer is judged by.
func (m Mode) Primary() Metric { return m.Metric(AtLastByte, Typical) }

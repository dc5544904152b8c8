// Package summary reduces the observations of a round to its metrics, finds the
// rounds of a run (see [Index]), and derives overhead, spread, and growth with body
// size and with concurrency from several rounds.
//
// It is pure. It must not know how a request was sent, when a slice ran, what
// a threshold is or how a number is printed, and it never compares base with
// head: that is a decision.
//
// Nanoseconds come in, seconds go out. No outlier is removed and no percentile is
// averaged. A number that cannot be computed is omitted with a reason; it is never
// zero.
package summary

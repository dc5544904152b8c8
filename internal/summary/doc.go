// Package summary reduces the observations of a round to a few numbers, and
// the numbers of several rounds to what a table says about them: overhead,
// spread, growth with body size and with concurrency.
//
// It is pure. It must not know how a request was sent, when a slice ran, what
// a threshold is or how a number is printed, and it never compares base with
// head: that is a decision.
//
// Nanoseconds come in, seconds go out. No outlier is removed and no percentile
// is averaged. A number that cannot be had is left out and its reason kept; it
// is never zero.
package summary

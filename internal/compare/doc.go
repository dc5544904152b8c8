// Package compare compares head with base, metric by metric: how large the change
// is, how certain, and by which test.
//
// It is pure and it decides nothing: it must not know a threshold, a level or
// what a regression is. It takes Rounds, never Observations, so that requests
// cannot be pooled by mistake: a thousand requests of one process are one piece
// of evidence, not a thousand.
//
// Things that cannot be compared are results with a reason, never errors.
package compare

// Package compare sets the rounds of head against those of base, metric by
// metric, and says how large the change is, how sure that is, and by which
// test.
//
// It is pure and it decides nothing: it must not know a threshold, a level or
// what a regression is. It takes Rounds, never Observations, so that requests
// cannot be pooled by mistake: a thousand requests of one process are one piece
// of evidence, not a thousand.
//
// Things that cannot be compared are results with a reason, never errors.
package compare

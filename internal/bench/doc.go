// Package bench holds the nouns of the project: scenarios, arms, observations,
// slices, rounds, runs, and the names, units and directions of the metrics.
//
// It sits at the bottom: it imports nothing of ours, knows no file, socket or
// clock, and has no behaviour beyond String, Key and lookups in its own tables.
//
// Clocks are int64 nanoseconds. Metrics and everything in files are float64 in
// base units: seconds, bytes, requests per second. Scaling happens only where
// people read.
package bench

// Package calibrate says how well the gate works on one machine: how often
// unchanged code would fail, how large a change it would find, where the noise
// comes from, and which thresholds that noise can carry.
//
// It needs rounds in which the same build was base and head. Swapping the labels of
// whole process pairs makes one more comparison of unchanged code: rounds that shared
// their processes share their luck, and keep it. So whole gates are resampled from
// the pairs and decided by the real [verdict.Next] and [verdict.Decide], in the time
// that a gate has at the cost of the measured pairs. Slower code is the same with the
// head's times stretched.
//
// It is pure: the same rounds, options and seed give the same answer. It must
// not know how rounds are measured or how a calibration is shown.
//
// # What the intervals do not cover
//
// The gates are drawn from one set of rounds, so their intervals cover the
// luck of drawing and nothing else: neither an hour with noisier neighbours nor
// what a few dozen rounds happened not to contain. Separate gates of unchanged
// code, one after the other, are better evidence; thirty of them without a
// false alarm show only that fewer than one in ten fails.
package calibrate

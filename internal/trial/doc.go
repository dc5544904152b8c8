// Package trial decides in which order arms are driven and drives them: rounds
// of fresh gateway processes, scenarios in random order, arms interleaved
// slice by slice.
//
// The schedule is a pure function of its settings and seed; any round of it can be
// computed alone and so replayed. Execution takes the world as a [Rig] and the
// time as a function: this package must not know what a gateway, a socket or a
// process is, how a request is sent, or what a difference between arms means.
package trial

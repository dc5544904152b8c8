// Package simulate makes rounds of base and head from a model of a noisy
// machine and drives the shipped decision code with them, to know how often
// unchanged code fails, how often a change of a known size is found, and how
// long that takes.
//
// It is pure and every trial has its own seed: the same call gives the same
// table, in any number of goroutines. It must not know a policy's insides: it
// asks [verdict.Next] what to measure again, as the gate does, and
// [verdict.Decide] for the outcome.
//
// The model is on the log scale. A slice sees the speed of the machine, two
// drifts in wall time (Ornstein-Uhlenbeck), bursts of foreign work, the luck
// of its process pair (common to a gateway and per scenario) and noise of its
// own; inside it, requests are lognormal with AR(1) and a few outliers of five
// times their value. What the backend waits is added as it is. CPU time feels
// the machine half as much; peak memory has noise of its own.
//
// "loaded" was fitted to A/A runs on a shared 2-vCPU machine; "quiet" and "mid"
// are steps on the way there. In "luck" the machine is that of mid and processes
// differ by 5 % as a whole and by 5 % in each scenario. How much more U varies
// between process pairs than inside them, φ̄, is 1.0 to 1.3 in the first three
// and was 2.2 in an A/A of 40 rounds on a disturbed machine; luck lies beyond
// that.
//
// A gate has the time of a real one: starting, settling and slices cost what they
// cost there, and 180 s are for timing.
package simulate

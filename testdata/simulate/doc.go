// Package simulate makes rounds of base and head from a model of a noisy
// machine and drives the shipped decision code with them, to know how often
// unchanged code fails and how often a change of a known size is found.
//
// It is pure and every trial has its own seed: the same call gives the same
// table, in any number of goroutines. It must not know a policy's insides: it
// asks [verdict.Next] what to measure again, as the gate does, and
// [verdict.Decide] for the outcome.
//
// The model is on the log scale. A slice sees the speed of the machine, two
// drifts in wall time (Ornstein-Uhlenbeck), bursts of foreign work, the luck
// of its fresh process (common to the gateway and per scenario) and noise of
// its own; inside it, requests are lognormal with AR(1) and a few outliers of
// five times their value. "loaded" was fitted to A/A runs on a shared 2-vCPU
// machine; "quiet" and "mid" are steps on the way there.
package simulate

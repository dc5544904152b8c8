// Package verdict turns Comparisons into a decision: what to measure again
// after the screening, and what the outcome of each scenario and of the whole
// is, each with a reason that a person can check against the numbers.
//
// It is pure: the same policy and the same rounds give the same Verdict byte
// for byte, so that a saved result can be decided again. It must not know how
// rounds were measured, where they are kept, or how a verdict is shown.
//
// # How often unchanged code fails
//
// Everything measured again for its own sake is one family: every scenario's
// metric that the screening flagged or left unclear, typical latency, CPU and
// p95 alike. The choice is made from the screening alone and the test from
// fresh rounds alone, so the choice cannot bend it, and Holm's adjustment keeps
// the chance of any false regression at the level however many metrics a
// scenario has and however they hang together. When a group is tried as well,
// each of the two gets half of the level. Error rates are looked at twice, at a
// twentieth of α each (see [ErrorLevel]); those two looks are taken off first,
// so that the level is 0.9 α and the whole stays at α. On top of that the
// estimate has to exceed the threshold, which is why the simulated rate is far
// below.
package verdict

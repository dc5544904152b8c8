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
// What is measured again is one family of hypotheses: the typical values of
// every scenario that got fresh rounds, and the CPU and p95 of it that the
// screening flagged. The family is chosen from the screening alone and tested
// on fresh rounds alone, so the choice does not bias the test, and Holm's
// adjustment keeps the chance of any false regression at the level, however
// many metrics a scenario has and however they correlate. When a group is tried
// as well, each of the two gets half of the level. Error rates are tested twice,
// at a twentieth of α each (see [ErrorLevel]); that is taken off first, so that
// the level is 0.9 α and the whole stays at α. The estimate also has to exceed
// the threshold, which is why the simulated rate is far lower.
package verdict

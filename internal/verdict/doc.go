// Package verdict turns Comparisons into a decision: what to measure again
// after the screening, and what the outcome of each scenario and of the whole
// is, each with a reason that a person can check against the numbers.
//
// It is pure: the same policy and the same rounds give the same Verdict byte
// for byte, so that a saved result can be decided again. It must not know how
// rounds were measured, where they are kept, or how a verdict is shown.
//
// # What is tested on what
//
// The unit of evidence is a process pair: rounds that share their processes share
// their luck, and are one piece of evidence. At least [LeastPairs] pairs decide about
// speed; with fewer the verdict is inconclusive and says how many are needed.
//
// Two stages, where there is time for them ([Next]): the screening looks at eight
// pairs and is over when everything is clear. What is not is measured again up to
// [ScreenRounds] pairs, and what is still suspect on fresh ones, with looks at 10, 20
// and 40. A look that finds a regression is the last, and so is one after which
// nothing looks like one any more. Where there is time for less than two stages, all
// pairs decide in one.
//
// Nothing that cannot be finished is begun: a stage needs room for eight pairs. And
// nothing is called clear that could not have been found: a hypothesis whose smallest
// p is above its part of the level is inconclusive, with the number of pairs.
//
// # How often unchanged code fails
//
// What is measured again is one family of hypotheses: the typical values of
// every scenario that got fresh rounds, and the other metrics of it that the
// screening flagged. The family is chosen from the screening alone and tested
// on fresh rounds alone, so the choice does not bias the test, and Holm's
// adjustment keeps the chance of any false regression at the level, however
// many metrics a scenario has and however they correlate. For the same reason the
// screening may weigh it: what it suspects most has most of the level. When a group is tried
// as well, each of the two gets half of the level. In one stage the family is
// everything that is gated, less what could not be found (Tarone 1990), which would
// only cost the rest its level.
//
// The level is spent. Error rates are tested three times, at α/30 each (see
// [failures.Level]); that is taken off first, so that 0.9 α are left. The first attempt at
// two commits has 0.8 of it, all others together the rest. The confirming looks
// have 0.05, 0.15 and 0.8 of that, the last one that there is time for what is left.
// The estimate also has to exceed the threshold, and its interval to exclude no change
// at all, which is why the simulated rate is far lower.
//
// # What needs no test
//
// Head failing where the base works is a regression: a scenario that it cannot do at
// all, or a rate of errors that is a hundredth higher in two process pairs and more.
//
// Harm that head does in all exchanges and the base in none is a regression (see
// behaviours.go): it is a matter of the code. Improvements of speed beside work that head
// leaves out are none.
//
// A change that is small and everywhere is a note (see groups.go), unless a witness
// that the layout of code cannot touch says that the work of a request grew
// ([Evidence.Grown]).
package verdict

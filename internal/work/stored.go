package work

import (
	"reflect"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Beside sets what was counted of head beside what was counted of the base in another
// job; nothing where the counts depend on something that differs, see [bench.Counting].
func Beside(run, stored bench.Run) []bench.Work {
	if run.Counting == nil || stored.Counting == nil || run.Counting.Mixed || !reflect.DeepEqual(*run.Counting, *stored.Counting) {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(run.Work), func(w bench.Work) bool { return w.Arm != bench.Head })
	for _, w := range stored.Work {
		if w.Arm == bench.Head {
			w.Arm = bench.Base
			all = append(all, w)
		}
	}
	return all
}

// JudgeStored says what changed beside counts of another job, which decides nothing. Where
// all is equal that [bench.Counting] has, counts repeat in other directories, environments
// and containers; another machine with another kernel was not tried, and the base has one
// process where a regression takes two.
func JudgeStored(rule bench.WorkRule, all []bench.Work) (changes []bench.WorkChange) {
	rule = rule.Settled()
	if rule.Rule == bench.BehaviourOff {
		return nil
	}
	for _, c := range Compare(all, rule.Limit) {
		c.Outcome = bench.Pass
		c.Text = strings.TrimSuffix(c.Text, undecided) + "; beside the counts of another job, which decide nothing"
		changes = append(changes, c)
	}
	return changes
}

package changes

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// Stored sets the facts of a run beside those of another job's head, as the base's. What
// depends on the speed of the machine is not known of that base, and nothing is where
// the runs were asked other things, which unlike says.
func Stored(run, stored []bench.Fact, unlike string) []bench.Fact {
	all := slices.DeleteFunc(slices.Clone(run), func(f bench.Fact) bool { return f.Arm != bench.Head })
	for _, f := range stored {
		if f.Arm != bench.Head {
			continue
		}
		f.Arm = bench.Base
		switch b, _ := behaviour.Describe(f.Behaviour); {
		case unlike != "":
			f = unknown(f, unlike)
		case b.Timed:
			f = unknown(f, "it depends on the machine, and the base ran in another job")
		}
		all = append(all, f)
	}
	return all
}

// unknown is a fact that says nothing.
func unknown(f bench.Fact, why string) bench.Fact {
	return bench.Fact{Behaviour: f.Behaviour, Case: f.Case, Arm: f.Arm, Process: f.Process, Unseen: why}
}

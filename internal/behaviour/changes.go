package behaviour

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// LeastProcesses is with how many processes of each gateway a behaviour has to be looked
// at before a difference is one: what one process does can be an accident of it.
const LeastProcesses = 2

// Processes counts the processes of a gateway of which anything could be seen.
func Processes(facts []bench.Fact, arm bench.Arm) int {
	seen := map[int]bool{}
	for _, f := range facts {
		if f.Arm == arm && f.Of > 0 {
			seen[f.Process] = true
		}
	}
	return len(seen)
}

// Compare says what became of each behaviour from base to head, in the order of the
// registry. Harm that every exchange with head shows and none with the base is a
// regression. Behaviours in which nothing changed are not in it, but for harm that both
// do, nor are those that this version does not know.
func Compare(facts []bench.Fact) (all []bench.BehaviourChange) {
	for _, b := range registry {
		for _, name := range casesOf(facts, b.Name) {
			base, head := shownBy(facts, b.Name, name, bench.Base), shownBy(facts, b.Name, name, bench.Head)
			change, text := b.described(base, head)
			if change == "" {
				change, text = b.done(base, head)
			}
			if change == "" {
				continue
			}
			c := bench.BehaviourChange{
				Behaviour: b.Name, Case: name, Change: change, Harm: b.Harm, Outcome: bench.Pass,
				Text: b.subject(name) + ": " + text, Look: b.Look,
			}
			if b.Harm && change == bench.ChangeNew {
				c.Outcome = bench.Regression
			}
			all = append(all, c)
		}
	}
	return all
}

// casesOf are the cases of a behaviour in the order in which they first occur.
func casesOf(facts []bench.Fact, name bench.BehaviourName) (cases []string) {
	for _, f := range facts {
		if f.Behaviour == name && !slices.Contains(cases, f.Case) {
			cases = append(cases, f.Case)
		}
	}
	return cases
}

// moreOften is by which share of the exchanges more a behaviour has to be seen to be
// told when both gateways show it, or neither always: two processes of one gateway
// differ, too.
const moreOften = 0.5

// done is what became of a behaviour that is true or false of an exchange; empty where
// there is nothing to say.
func (b Behaviour) done(base, head shown) (bench.Change, string) {
	if !b.Harm {
		return b.told(base, head)
	}
	switch counts := b.counts(base, head); {
	case head.seen == 0 && (head.of == 0 || base.seen == 0):
		return "", ""
	case head.seen == 0:
		return bench.ChangeGone, counts
	case !head.always() && base.seen == 0:
		return bench.ChangeSometimes, counts
	case base.of == 0:
		return bench.ChangeUndecided, counts + "; not decided: " + base.unknown()
	case base.seen > 0 && head.share() > base.share()+moreOften:
		return bench.ChangeSometimes, counts
	case base.seen > 0:
		if more := only(head, base); len(more) > 0 {
			counts += "; now " + listed(more)
		}
		return bench.ChangeKept, counts
	case min(base.processes, head.processes) < LeastProcesses:
		return bench.ChangeUndecided, counts + "; not decided: one process pair was looked at, two decide"
	default:
		return bench.ChangeNew, counts
	}
}

// told is the same for a behaviour that is no harm: it is told when it is clear.
func (b Behaviour) told(base, head shown) (bench.Change, string) {
	counts := b.counts(base, head)
	switch more := head.share() - base.share(); {
	case min(base.processes, head.processes) < LeastProcesses:
		return "", ""
	case head.always() && base.seen == 0:
		return bench.ChangeNew, counts
	case base.always() && head.seen == 0:
		return bench.ChangeGone, counts
	case max(more, -more) > moreOften:
		return bench.ChangeSometimes, counts
	}
	return "", ""
}

// described is what became of a description: which of its parts both processes of one
// gateway have and none of the other. Parts that a process has alone, such as an
// address, are none of the code.
func (b Behaviour) described(base, head shown) (bench.Change, string) {
	if b.Harm || min(base.processes, head.processes) < LeastProcesses {
		return "", ""
	}
	text := difference(base, head)
	if text == "" {
		return "", ""
	}
	return bench.ChangeOther, text
}

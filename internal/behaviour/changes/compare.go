package changes

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// leastProcesses is with how many processes of each gateway a behaviour has to be looked
// at before a difference is one: what one process does can be an accident of it.
const leastProcesses = 2

// Compare says what became of each behaviour from base to head, in the order of the
// registry. Harm that every exchange with head shows and none with the base is a
// regression. Behaviours in which nothing changed are not in it, but for harm that both
// do, nor are those that this version does not know.
func Compare(facts []bench.Fact) []bench.BehaviourChange { return compare(behaviour.All(), facts) }

func compare(known []behaviour.Behaviour, facts []bench.Fact) (all []bench.BehaviourChange) {
	for _, known := range known {
		b := row{known}
		var found []finding
		for _, name := range casesOf(facts, b.Name) {
			f := b.find(shownBy(facts, b.Name, name, bench.Base), shownBy(facts, b.Name, name, bench.Head))
			if f.change != "" {
				f.cases = []string{name}
				found = add(found, f)
			}
		}
		for _, f := range found {
			all = append(all, b.changeOf(f))
		}
	}
	return all
}

// row is a behaviour that is compared.
type row struct{ behaviour.Behaviour }

// finding is what became of a behaviour in one case, or in several that are alike.
type finding struct {
	cases      []string
	base, head shown
	change     bench.Change // empty: there is nothing to say
	words      string       // of a description, what changed; else what is to be said beside the counts
	described  bool
}

// add adds the finding of a case to one that says the same of others: ten errors of the
// backend that become others are one change. Those with values of their own stay apart.
func add(all []finding, f finding) []finding {
	i := slices.IndexFunc(all, func(o finding) bool {
		valued := len(f.base.values)+len(f.head.values)+len(o.base.values)+len(o.head.values) > 0
		return !valued && o.change == f.change && o.words == f.words && o.described == f.described
	})
	if i < 0 {
		return append(all, f)
	}
	all[i].cases = append(all[i].cases, f.cases...)
	all[i].base, all[i].head = all[i].base.and(f.base), all[i].head.and(f.head)
	return all
}

func (b row) changeOf(f finding) bench.BehaviourChange {
	c := bench.BehaviourChange{
		Behaviour: b.Name, Case: listed(f.cases), Change: f.change, Harm: b.Harm, Outcome: bench.Pass, Look: b.Look,
	}
	text := f.words
	if !f.described {
		text = b.counts(f.base, f.head) + f.words
	}
	c.Text = b.subject(c.Case) + ": " + text
	if b.Harm && f.change == bench.ChangeNew {
		c.Outcome = bench.Regression
	}
	return c
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
// reported when both gateways show it, or neither always: two processes of one gateway
// differ, too.
const moreOften = 0.5

// find is what became of a behaviour in one case.
func (b row) find(base, head shown) finding {
	f := finding{base: base, head: head}
	switch {
	case b.Harm:
		f.change, f.words = ofHarm(base, head)
	case min(base.processes, head.processes) < leastProcesses:
	default:
		if f.words = difference(base, head); f.words != "" {
			f.change, f.described = bench.ChangeOther, true
		} else {
			f.change = reported(base, head)
		}
	}
	return f
}

func ofHarm(base, head shown) (change bench.Change, words string) {
	switch {
	case head.seen == 0 && (head.of == 0 || base.seen == 0):
		return "", ""
	case head.seen == 0:
		return bench.ChangeGone, ""
	case !head.always() && base.seen == 0:
		return bench.ChangeSometimes, ""
	case base.of == 0:
		return bench.ChangeUndecided, "; not decided: " + base.unknown()
	case base.seen > 0 && head.share() > base.share()+moreOften:
		return bench.ChangeSometimes, ""
	case base.seen > 0:
		if more := only(head, base); len(more) > 0 {
			words = "; now " + listed(more)
		}
		return bench.ChangeKept, words
	case min(base.processes, head.processes) < leastProcesses:
		return bench.ChangeUndecided, "; not decided: one process pair was looked at, two decide"
	default:
		return bench.ChangeNew, ""
	}
}

// reported is what became of what is no harm, where that is clear.
func reported(base, head shown) bench.Change {
	switch more := head.share() - base.share(); {
	case head.always() && base.seen == 0:
		return bench.ChangeNew
	case base.always() && head.seen == 0:
		return bench.ChangeGone
	case max(more, -more) > moreOften:
		return bench.ChangeSometimes
	}
	return ""
}

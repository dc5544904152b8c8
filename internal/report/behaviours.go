package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/observed"
)

const (
	// mostHarm is how many kinds of new harm the headline names.
	mostHarm = 3
	// longestChange is in characters.
	longestChange = 300
)

// harm are the kinds that head does and the base does not; those that decide first.
func (b *builder) harm() []bench.BehaviourChange {
	all := b.behavioursOf(func(c bench.BehaviourChange) bool { return c.Harm && c.Change == bench.ChangeNew })
	slices.SortStableFunc(all, func(a, b bench.BehaviourChange) int {
		return cmp.Compare(decides(b), decides(a))
	})
	return all
}

// harmful reports whether a behaviour is new harm, in some case.
func (b *builder) harmful(name bench.BehaviourName) bool {
	return slices.ContainsFunc(b.harm(), func(c bench.BehaviourChange) bool { return c.Behaviour == name })
}

func decides(c bench.BehaviourChange) int {
	if c.Outcome == bench.Regression {
		return 1
	}
	return 0
}

// behaviours is the harm that is new, with the picture of a stream that came otherwise.
func (b *builder) behaviours() document.Section {
	s := document.Section{ID: "behaviours", Heading: "What changed in what it does"}
	l := document.List{Most: enough, Items: changeItems(b.harm(), true)}
	if l.Empty() {
		return s
	}
	s.Blocks = []document.Block{l, b.Stream(observed.Otherwise(b.run.Timelines))}
	return s
}

// behavioursTold are the changes that decide nothing.
func (b *builder) behavioursTold() document.Section {
	s := document.Section{ID: "behaviours-others", Heading: "Other changes in what it does", Rank: document.Folded}
	l := document.List{Most: enough}
	for _, of := range []struct {
		harm   bool
		change bench.Change
		name   string
	}{
		{true, bench.ChangeUndecided, "not decided"},
		{true, bench.ChangeGone, "gone"},
		{true, bench.ChangeSometimes, "sometimes"},
		{false, bench.ChangeNew, "new"},
		{false, bench.ChangeGone, "gone"},
		{false, bench.ChangeOther, "changed"},
		{false, bench.ChangeSometimes, "sometimes"},
	} {
		for _, item := range changeItems(b.behavioursOf(func(c bench.BehaviourChange) bool { return c.Harm == of.harm && c.Change == of.change }), false) {
			item.Name, item.Text = of.name, strings.Replace(item.Text, "; "+of.name+": ", "; ", 1)
			l.Items = append(l.Items, item)
		}
	}
	s.Blocks = []document.Block{l}
	return s
}

// behavioursKept is the harm that base and head both do.
func (b *builder) behavioursKept() document.List {
	return document.List{Most: longestCauses, Items: changeItems(b.behavioursOf(func(c bench.BehaviourChange) bool {
		return c.Harm && c.Change == bench.ChangeKept
	}), true)}
}

// changeItems are some changes as items, with what to look at.
func changeItems(all []bench.BehaviourChange, look bool) (items []document.Item) {
	for _, c := range all {
		item := document.Item{Text: plain.Capital(changeText(c)) + "."}
		if look {
			item.Look = plain.To(c.Look, 160)
		}
		items = append(items, item)
	}
	return items
}

// harmFound names the new harm that decides, or that which only is reported.
func (b *builder) harmFound(decided bool) (found []string) {
	all := slices.DeleteFunc(b.harm(), func(c bench.BehaviourChange) bool { return (c.Outcome == bench.Regression) != decided })
	var named []bench.BehaviourName
	for _, c := range all {
		if slices.Contains(named, c.Behaviour) {
			continue
		}
		if named = append(named, c.Behaviour); len(named) <= mostHarm {
			found = append(found, b.claim(c))
		}
	}
	if more := len(named) - mostHarm; more > 0 {
		found = append(found, figures.Counted(more, "further kind")+" of harm")
	}
	return found
}

// behaviourLead is what the headline says of behaviours that do not decide: harm that
// is only reported or of which too little is known, harm that is gone, and how many
// other changes there are.
func (b *builder) behaviourLead() (pieces []string) {
	switch {
	case b.failed() || b.measuredOnly(): // of a run, the lines below the title say it
		return nil
	case b.Outcome == bench.NoBaseline:
		return b.harmSeen()
	}
	if found := b.harmFound(false); len(found) > 0 {
		why := "reported only: "
		if basis.Withheld(b.Verdict, b.run.Base) {
			why = "not in the older base: "
		}
		pieces = append(pieces, why+summed(found))
	}
	var open, gone []string
	others := 0
	for _, c := range b.Behaviours {
		switch {
		case c.Harm && c.Change == bench.ChangeUndecided && b.harmful(c.Behaviour): // the same in another case
		case c.Harm && c.Change == bench.ChangeUndecided:
			what, _, _ := strings.Cut(b.claim(c), "; ") // why not stands below
			open = append(open, what)
		case c.Harm && c.Change == bench.ChangeGone:
			gone = append(gone, changeText(c))
		case c.Change != bench.ChangeKept && !(c.Harm && c.Change == bench.ChangeNew):
			others++
		}
	}
	if len(open) > 0 {
		pieces = append(pieces, "not decided: "+summed(open))
	}
	if len(gone) > 0 {
		pieces = append(pieces, "gone: "+summed(gone))
	}
	if others > 0 {
		pieces = append(pieces, figures.Counted(others, "other change")+" in what it does")
	}
	return pieces
}

// harmSeen is the harm of a gateway that is not compared with anything.
func (b *builder) harmSeen() []string {
	if found := observed.Harm(b.run.Facts); len(found) > 0 {
		return []string{"the gateway " + summed(found)}
	}
	return nil
}

// summed is the first of some findings and how many more there are.
func summed(found []string) string {
	if more := len(found) - 1; more > 0 {
		return fmt.Sprintf("%s (and %d more)", found[0], more)
	}
	return found[0]
}

// behaviourRemarks is the new harm for the annotations of a check run. What decides
// has the level of the verdict.
func (b *builder) behaviourRemarks(decided document.Level) []document.Remark {
	var all []document.Remark
	for _, c := range b.harm() {
		r := document.Remark{Level: document.Notice, Title: changeText(c), Text: "Base does not do it. It is reported and decides nothing."}
		if c.Outcome == bench.Regression {
			r.Level, r.Text = decided, "Base does not do it, and no client wants it."
		}
		if look := plain.To(c.Look, 160); look != "" {
			r.Text += " Look at: " + look + "."
		}
		all = append(all, r)
	}
	return all
}

// behaviourFacts are for whoever reads all of a comparison, and what a reader of a
// run alone came for.
func (b *builder) behaviourFacts() document.Section {
	s := b.Behaviour(len(b.harm()) > 0)
	s.Rank = document.Full
	return s
}

// behaviourUnseen is for whoever reads all of it.
func (b *builder) behaviourUnseen() document.Section {
	s := b.BehaviourUnseen()
	if !b.measuredOnly() {
		s.Rank = document.Full
	}
	return s
}

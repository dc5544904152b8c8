package shard

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Named is the run of a shard, and where it is from.
type Named struct {
	Name string // file or artifact, for messages
	Run  bench.Run
}

// Expect is what is known of the shards from outside. What is zero is not known.
type Expect struct {
	Commit string
	RunID  string
}

// Mistake is an error of who merges, such as naming what is no shard.
type Mistake struct{ text string }

func (m *Mistake) Error() string { return m.text }

func mistake(format string, args ...any) error { return &Mistake{fmt.Sprintf(format, args...)} }

// Merge makes one run of the shards of a gate, in which every machine's rounds and
// process pairs keep apart. Problems are the shards that are not in it, or not without a
// word. It is an error when what there is cannot be the shards of one gate, or when none
// is left; a [*Mistake] where others have to be named.
func Merge(runs []Named, x Expect) (bench.Run, []bench.ShardProblem, error) {
	if err := together(runs, x); err != nil {
		return bench.Run{}, nil, err
	}
	g := gathered{of: runs[0].Run.Shard.Of, by: runs[0].Run.Shard.By}
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, inOrder)
	if err := g.sort(runs); err != nil {
		return bench.Run{}, nil, err
	}
	if len(g.kept) == 0 {
		return bench.Run{}, nil, fmt.Errorf("no shard is left of %d: %s", g.of, g.problems[0].Text)
	}
	return g.merged(), g.problems, nil
}

// inOrder is by shard, attempt and start.
func inOrder(a, b Named) int {
	return cmp.Or(cmp.Compare(a.Run.Shard.Index, b.Run.Shard.Index), cmp.Compare(a.Run.Shard.Attempt, b.Run.Shard.Attempt),
		a.Run.Started.Compare(b.Run.Started), cmp.Compare(a.Name, b.Name))
}

// together is an error where the runs are not the shards of one gate.
func together(runs []Named, x Expect) error {
	if len(runs) == 0 {
		return mistake("there is no shard to merge: run proxy-bench gate --shard i/n --out DIR on each machine, and name those directories")
	}
	for _, n := range runs {
		if n.Run.Shard == nil {
			return mistake("%s is no shard: it was measured without --shard; name shards alone", n.Name)
		}
	}
	first := runs[0]
	for _, n := range runs {
		a, b := first.Run.Shard, n.Run.Shard
		switch {
		case a.RunID != b.RunID:
			return mistake("%s and %s are shards of two runs, %s and %s: name those of one", first.Name, n.Name, cmp.Or(a.RunID, "none"), cmp.Or(b.RunID, "none"))
		case a.Of != b.Of || a.By != b.By:
			return mistake("%s is one of %d shards by %s, %s one of %d by %s: name the shards of one gate", first.Name, a.Of, a.By, n.Name, b.Of, b.By)
		case x.RunID != "" && b.RunID != x.RunID:
			return mistake("%s is a shard of run %s, not of %s", n.Name, cmp.Or(b.RunID, "none"), x.RunID)
		case x.Commit != "" && n.Run.Commit.SHA != x.Commit:
			return fmt.Errorf("%s says it measured commit %s, and the shards are of %s: nothing is merged", n.Name, short(n.Run.Commit.SHA), short(x.Commit))
		}
	}
	return nil
}

func short(sha string) string { return cmp.Or(sha[:min(len(sha), 12)], "none") }

// gathered is shards sorted into those that count and those that do not.
type gathered struct {
	of       int
	by       bench.ShardBy
	kept     []Named
	problems []bench.ShardProblem
}

// sort takes the runs, which are in order.
func (g *gathered) sort(runs []Named) error {
	complete := g.complete(runs)
	differing, err := odd(complete)
	if err != nil {
		return err
	}
	for i, n := range complete {
		if p := differing[i]; p.Kind != "" {
			g.out(n, p.Kind, p.Text)
		} else {
			g.kept = append(g.kept, n)
		}
	}
	g.saturated()
	g.programs()
	slices.SortStableFunc(g.problems, func(a, b bench.ShardProblem) int { return cmp.Compare(a.Shard, b.Shard) })
	return nil
}

// out leaves a shard out.
func (g *gathered) out(n Named, kind bench.ProblemKind, text string) {
	g.problem(n.Run.Shard.Index, kind, true, text)
}

func (g *gathered) problem(index int, kind bench.ProblemKind, dropped bool, text string) {
	g.problems = append(g.problems, bench.ShardProblem{
		Shard: index, Kind: kind, Dropped: dropped, Text: fmt.Sprintf("shard %s %s", Spec{index, g.of}, text),
	})
}

// complete are the shards that ended well, one of each attempt. A shard that failed and
// was run again is none that failed. Of two in one attempt the first counts: a choice
// by any figure would be tried until noise is kind.
func (g *gathered) complete(runs []Named) []Named {
	var all []Named
	for index := 1; index <= g.of; index++ {
		own := slices.DeleteFunc(slices.Clone(runs), func(n Named) bool { return n.Run.Shard.Index != index })
		failed := slices.IndexFunc(own, func(n Named) bool { return !n.Run.Validity.Complete })
		ended := slices.DeleteFunc(slices.Clone(own), func(n Named) bool { return !n.Run.Validity.Complete })
		switch {
		case len(own) == 0:
			g.problem(index, bench.ShardMissing, true, "is missing: it has left no rounds")
		case len(ended) == 0:
			g.out(own[failed], bench.ShardFailed, "failed: "+cmp.Or(own[failed].Run.Validity.Incomplete, "it is not complete"))
		}
		for i, n := range ended {
			if i > 0 && n.Run.Shard.Attempt == ended[i-1].Run.Shard.Attempt {
				g.out(n, bench.ShardTwice, fmt.Sprintf("ran twice: %s does not count, %s does", n.Name, ended[i-1].Name))
				continue
			}
			all = append(all, n)
		}
	}
	return all
}

// aspect is what all shards of a gate have in common.
type aspect struct {
	kind bench.ProblemKind
	of   func(bench.Run) string
	text string // with what the shard has and what most have
}

var aspects = []aspect{
	{bench.ShardCommit, func(r bench.Run) string { return r.Commit.SHA }, "measured commit %.12s, and most measured %.12s"},
	{bench.ShardTool, func(r bench.Run) string { return r.Tool.Name + " " + r.Tool.Version }, "was measured by %s, and most by %s"},
	{bench.ShardPlan, func(r bench.Run) string { return r.Plan.Fingerprint }, "had another suite, other requests or other answers (plan %s) than most (plan %s)"},
	{bench.ShardBase, baseOf, "was compared with %s, and most with %s"},
}

func baseOf(r bench.Run) string {
	switch {
	case r.Base == nil || r.Base.Source == "":
		return "nothing"
	case r.SameProgram && len(r.Rounds) == 0:
		return fmt.Sprintf("%.12s (%s, the same program)", r.Base.SHA, r.Base.Source)
	}
	return fmt.Sprintf("%.12s (%s)", r.Base.SHA, r.Base.Source)
}

// odd are the shards that differ from most, by their place.
func odd(runs []Named) (map[int]bench.ShardProblem, error) {
	all := map[int]bench.ShardProblem{}
	for _, a := range aspects {
		count := map[string]int{}
		for i, n := range runs {
			if all[i].Kind == "" {
				count[a.of(n.Run)]++
			}
		}
		if len(count) < 2 {
			continue
		}
		usual, first := most(count), ""
		for i, n := range runs {
			own := a.of(n.Run)
			if all[i].Kind != "" || own == usual {
				continue
			}
			switch {
			case usual != "":
				all[i] = bench.ShardProblem{Kind: a.kind, Text: fmt.Sprintf(a.text, cmp.Or(own, "none"), usual)}
			case first == "":
				first = fmt.Sprintf("%s has %s", n.Name, cmp.Or(own, "none"))
			default:
				return nil, fmt.Errorf("the shards differ in their %s, and no half of them agrees: %s, %s has %s", a.kind, first, n.Name, cmp.Or(own, "none"))
			}
		}
		if usual == "" {
			return nil, errors.New("the shards differ in their " + string(a.kind))
		}
	}
	return all, nil
}

// most is what more than half have; empty: nothing.
func most(count map[string]int) string {
	sum := 0
	for _, n := range count {
		sum += n
	}
	for what, n := range count {
		if 2*n > sum {
			return what
		}
	}
	return ""
}

// saturated leaves the shards out whose machine was not theirs alone, as long as there
// are others: a gate on one such machine decides as well, with a caveat. What head does to
// a machine is no part of it, so that leaving a shard out cannot help head.
func (g *gathered) saturated() {
	quiet := slices.DeleteFunc(slices.Clone(g.kept), func(n Named) bool { return taken(n.Run) != "" })
	for _, n := range g.kept {
		if text := taken(n.Run); text != "" && len(quiet) > 0 {
			g.out(n, bench.ShardSaturated, text)
		} else if text != "" {
			g.problem(n.Run.Shard.Index, bench.ShardSaturated, false, text+", and no machine was better")
		}
	}
	if len(quiet) > 0 {
		g.kept = quiet
	}
}

// taken says how a machine was not the shard's alone; empty: it was.
func taken(r bench.Run) string {
	v := r.Validity
	switch {
	case v.Foreign > bench.ForeignLimit:
		return fmt.Sprintf("ran on a machine of which other processes took %.0f %%", 100*v.Foreign)
	case v.Steal > bench.StealLimit:
		return fmt.Sprintf("ran on a machine of which the hypervisor took %.0f %%", 100*v.Steal)
	}
	return ""
}

// programs notes the shards that ran other builds than most. Where no half agrees, builds
// are not reproducible, which is no shard's doing: the report says it once. In any case
// a build may differ and be as good, so that none is left out.
func (g *gathered) programs() {
	differ := make([][]string, len(g.kept))
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		count := map[string]int{}
		for _, n := range g.kept {
			if sum := n.Run.Environment.BinarySHA256[arm]; sum != "" {
				count[sum]++
			}
		}
		usual := most(count)
		for i, n := range g.kept {
			if sum := n.Run.Environment.BinarySHA256[arm]; sum != "" && usual != "" && sum != usual {
				differ[i] = append(differ[i], string(arm))
			}
		}
	}
	for i, arms := range differ {
		if len(arms) > 0 {
			g.problem(g.kept[i].Run.Shard.Index, bench.ShardProgram, false, "ran another build of "+strings.Join(arms, " and ")+" than most, of the same commit")
		}
	}
}

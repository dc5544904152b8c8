package diagnose

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Run diagnoses the head of a run, beside the base if the run measured one.
func Run(run bench.Run) []bench.Diagnosis {
	rounds := summary.NewIndex(run.Rounds)
	measured := func(arm bench.Arm) subject {
		return subject{scenarios: run.Suite(), arm: arm, rounds: rounds, warmUps: run.WarmUps, facts: run.Facts, machine: summary.MachineOf(run), share: 1}
	}
	return inOrder(beside(measured(bench.Base), measured(bench.Head), true))
}

// Stored diagnoses head beside a base of another job. They share no rounds, so
// that only what shows in one gateway alone is found.
func Stored(scenarios []bench.Scenario, base, head compare.Side) []bench.Diagnosis {
	return inOrder(beside(
		subject{scenarios: scenarios, arm: base.Arm, rounds: base.Rounds, share: 1},
		subject{scenarios: scenarios, arm: head.Arm, rounds: head.Rounds, share: 1}, false))
}

// inOrder puts what is new first and what is gone last.
func inOrder(all []bench.Diagnosis) []bench.Diagnosis {
	order := []bench.Change{bench.ChangeNew, "", bench.ChangeKept, bench.ChangeGone}
	slices.SortStableFunc(all, func(a, b bench.Diagnosis) int {
		return cmp.Compare(slices.Index(order, a.Change), slices.Index(order, b.Change))
	})
	return all
}

// A figure at the threshold would be new by chance if the other gateway had to
// reach the threshold, too.
const (
	// lenient is the share of a threshold at which the other gateway counts as
	// having it, too.
	lenient = 0.5
	// plain is the multiple of it at which nothing is chance any more: what the
	// base nearly has does not excuse it. On a busy machine a base without a fault
	// took 1.1 ms to wake up, and a head with one 20 ms.
	plain = 1 / lenient
)

// beside diagnoses head and says what became of each diagnosis since base, if
// base was measured.
func beside(base, head subject, sameRounds bool) []bench.Diagnosis {
	if !head.measured() {
		return nil
	}
	found := examine(head)
	if !base.measured() {
		return head.report(found, "")
	}
	var changes findings
	if sameRounds {
		changes = differences(base, head)
	}
	had, nearlyHad := examine(base), examine(base.with(lenient))
	nearly, plainly := examine(head.with(lenient)), examine(head.with(plain))
	added, kept, gone := make(findings), make(findings), make(findings)
	for name, signs := range found {
		was := func(at bench.Scenario) bool {
			if ofMode(name) {
				return nearlyHad.hasIn(name, at.Mode)
			}
			return had.has(name, at) || nearlyHad.has(name, at) && !plainly.has(name, at)
		}
		for _, f := range signs {
			added.add(name, f, func(at bench.Scenario) bool { return was(at) || changes.has(name, at) })
			kept.add(name, f, func(at bench.Scenario) bool { return !was(at) || changes.has(name, at) })
		}
	}
	for _, d := range All() {
		for _, f := range changes[d.Name] {
			added.add(d.Name, f, added.imply(d))
		}
		for _, f := range had[d.Name] {
			gone.add(d.Name, f, func(at bench.Scenario) bool {
				return nearly.has(d.Name, at) || d.OfMode && nearly.hasIn(d.Name, at.Mode)
			})
		}
	}
	return slices.Concat(
		head.report(added, bench.ChangeNew),
		head.report(kept, bench.ChangeKept),
		base.report(gone, bench.ChangeGone))
}

// finding is one sign of a diagnosis.
type finding struct {
	scenarios []bench.Scenario
	weight    float64 // among those of one diagnosis: the largest is reported
	seen      string  // with its figures
}

// findings are those of one gateway, by diagnosis.
type findings map[bench.DiagnosisName][]finding

func (f findings) has(name bench.DiagnosisName, at bench.Scenario) bool {
	return slices.ContainsFunc(f[name], func(g finding) bool { return slices.Contains(g.scenarios, at) })
}

// hasIn is true when any scenario of a mode has it.
func (f findings) hasIn(name bench.DiagnosisName, mode bench.Mode) bool {
	return slices.ContainsFunc(f[name], func(g finding) bool {
		return slices.ContainsFunc(g.scenarios, func(at bench.Scenario) bool { return at.Mode == mode })
	})
}

func ofMode(name bench.DiagnosisName) bool {
	d, _ := Describe(name)
	return d.OfMode
}

// add keeps a finding for the scenarios that are not left out.
func (f findings) add(name bench.DiagnosisName, g finding, leaveOut func(bench.Scenario) bool) {
	g.scenarios = slices.DeleteFunc(slices.Clone(g.scenarios), leaveOut)
	if len(g.scenarios) > 0 {
		f[name] = append(f[name], g)
	}
}

// imply tells the scenarios in which another finding explains d.
func (f findings) imply(d Diagnosis) func(bench.Scenario) bool {
	return func(at bench.Scenario) bool {
		return slices.ContainsFunc(d.ImpliedBy, func(by Diagnosis) bool { return f.has(by.Name, at) })
	}
}

// examine looks for every diagnosis in one gateway.
func examine(s subject) findings {
	all := make(findings)
	for _, d := range All() {
		if d.find == nil {
			continue
		}
		for _, f := range d.find(s) {
			all.add(d.Name, f, all.imply(d))
		}
	}
	return all
}

// differences looks for what only the rounds that base and head share show.
func differences(base, head subject) findings {
	all := make(findings)
	for _, d := range All() {
		if d.change != nil {
			all[d.Name] = d.change(base, head)
		}
	}
	return all
}

// report makes one Diagnosis of the findings of each name.
func (s subject) report(f findings, change bench.Change) []bench.Diagnosis {
	var all []bench.Diagnosis
	for _, of := range All() {
		if len(f[of.Name]) == 0 {
			continue
		}
		largest := slices.MaxFunc(f[of.Name], func(a, b finding) int { return cmp.Compare(a.weight, b.weight) })
		d := bench.Diagnosis{Name: of.Name, Arm: bench.Head, Change: change, Seen: largest.seen, Look: of.Look}
		if change == bench.ChangeGone {
			d.Arm = bench.Base
		}
		for _, at := range s.scenarios {
			if f.has(of.Name, at) {
				d.Scenarios = append(d.Scenarios, at.ID())
			}
		}
		if len(largest.scenarios) == 1 && len(d.Scenarios) > 1 {
			d.Seen += fmt.Sprintf(" (%s)", largest.scenarios[0])
		}
		all = append(all, d)
	}
	return all
}

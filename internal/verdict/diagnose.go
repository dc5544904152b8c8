package verdict

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Diagnose says what the head's gateway looks like it does wrong, and, where
// there is a base, which of it is new. What follows from a number alone is not
// repeated: a diagnosis says which of the known ways of being slow it is. A
// gateway that is slow in no known way has none, and so has one that could only
// be seen with another mock: a stream that arrives in one piece from the mock
// itself shows no buffering.
//
// The thresholds are far from what gateways without faults do on a machine that
// others use, too: each is written down with what was seen there.
func Diagnose(e Evidence) []bench.Diagnosis {
	return inOrder(append(diagnoseRounds(e), diagnoseProbes(e.Probes)...))
}

func diagnoseRounds(e Evidence) []bench.Diagnosis {
	head := newSubject(e.Scenarios, e.Rounds, bench.Head)
	if !slices.ContainsFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base && r.Void == "" }) {
		return diagnose(head, nil, nil)
	}
	base := newSubject(e.Scenarios, e.Rounds, bench.Base)
	return diagnose(head, &base, differences(base, head))
}

// diagnoseStored does the same with a base of another job. What is seen as a
// difference of two gateways in the same rounds cannot be seen then.
func diagnoseStored(e Stored) []bench.Diagnosis {
	head := newSubject(e.Scenarios, e.Head.Rounds, e.Head.Arm)
	base := newSubject(e.Scenarios, e.Base.Rounds, e.Base.Arm)
	return diagnose(head, &base, nil)
}

// sign is one finding.
type sign struct {
	scenarios []bench.Scenario
	weight    float64 // among those of one name: the weightiest is told
	seen      string
}

// examination looks for one diagnosis.
type examination struct {
	name bench.DiagnosisName
	find func(subject) []sign
	// implied lists what brings this about, too: where one of these was found,
	// it is the explanation, and this is left out.
	implied []bench.DiagnosisName
}

// examinations are in the order in which they are told, and each comes after
// those that imply it.
var examinations = []examination{
	{bench.SaturatedRig, saturatedRig, nil},
	{bench.StreamDamage, streamDamage, nil},
	{bench.FailingRequests, failingRequests, nil},
	{bench.DelayedACK, delayedACK, nil},
	// Events that come while the first one is held back are sent together.
	{bench.BufferedAnswer, bufferedAnswer, []bench.DiagnosisName{bench.DelayedACK}},
	{bench.CoalescedEvents, coalescedEvents, []bench.DiagnosisName{bench.DelayedACK, bench.BufferedAnswer}},
	// What collects a body in front of the socket collects the head, too.
	{bench.HeldHead, heldHead, []bench.DiagnosisName{bench.BufferedAnswer, bench.CoalescedEvents}},
	{bench.RareStall, rareStall, nil},
	// A window lasts as long as its slowest request, and its throughput falls.
	{bench.Queueing, queueing, []bench.DiagnosisName{bench.SaturatedRig, bench.RareStall}},
	{bench.ConnectionChurn, connectionChurn, nil},
	{bench.CostPerByte, costPerByte, nil},
	{bench.MemoryGrowth, memoryGrowth, nil},
	{bench.BackgroundCPU, backgroundCPU, nil},
}

// explains are the diagnoses that make every request longer by themselves: where
// one of them is new, a fixed cost is no news.
var explains = []bench.DiagnosisName{
	bench.DelayedACK, bench.BufferedAnswer, bench.CoalescedEvents, bench.HeldHead, bench.Queueing,
	bench.ConnectionChurn, bench.CostPerByte, bench.BackgroundCPU,
}

// findings are signs by name.
type findings map[bench.DiagnosisName][]sign

func (f findings) has(name bench.DiagnosisName, s bench.Scenario) bool {
	return slices.ContainsFunc(f[name], func(g sign) bool { return slices.Contains(g.scenarios, s) })
}

// add keeps a sign for the scenarios where nothing explains it.
func (f findings) add(name bench.DiagnosisName, found sign, explained func(bench.Scenario) bool) {
	found.scenarios = slices.DeleteFunc(slices.Clone(found.scenarios), explained)
	if len(found.scenarios) > 0 {
		f[name] = append(f[name], found)
	}
}

// examine makes every examination of one gateway.
func examine(s subject) findings {
	all := make(findings)
	for _, e := range examinations {
		for _, found := range e.find(s) {
			all.add(e.name, found, func(at bench.Scenario) bool {
				return slices.ContainsFunc(e.implied, func(by bench.DiagnosisName) bool { return all.has(by, at) })
			})
		}
	}
	return all
}

// lenient is the share of a threshold that is enough for the other gateway to
// have it too: without it, a figure at the threshold would be news by chance.
// Plain is the multiple of it at which nothing is chance any more: what the other
// gateway nearly has does not excuse it.
const (
	lenient = 0.5
	plain   = 1 / lenient
)

// diagnose compares the findings of the two gateways; base is nil without one.
// Changes are what only their difference shows.
func diagnose(head subject, base *subject, changes findings) []bench.Diagnosis {
	found := examine(head)
	if base == nil {
		return head.told(found, "", bench.Head)
	}
	had, nearlyHad := examine(*base), examine(base.with(lenient))
	nearly, plainly := examine(head.with(lenient)), examine(head.with(plain))
	appeared, remained, vanished := make(findings), make(findings), make(findings)
	for name, signs := range found {
		for _, g := range signs {
			was := func(s bench.Scenario) bool {
				return had.has(name, s) || nearlyHad.has(name, s) && !plainly.has(name, s)
			}
			appeared.add(name, g, func(s bench.Scenario) bool { return was(s) || changes.has(name, s) })
			remained.add(name, g, func(s bench.Scenario) bool { return !was(s) || changes.has(name, s) })
		}
	}
	never := func(bench.Scenario) bool { return false }
	for _, g := range changes[bench.CostPerByte] {
		appeared.add(bench.CostPerByte, g, never)
	}
	for _, g := range changes[bench.FixedCost] {
		appeared.add(bench.FixedCost, g, func(s bench.Scenario) bool {
			return slices.ContainsFunc(explains, func(by bench.DiagnosisName) bool { return appeared.has(by, s) })
		})
	}
	for name, signs := range had {
		for _, g := range signs {
			vanished.add(name, g, func(s bench.Scenario) bool { return nearly.has(name, s) })
		}
	}
	return slices.Concat(
		head.told(appeared, bench.Appeared, bench.Head),
		head.told(remained, bench.Remained, bench.Head),
		base.told(vanished, bench.Vanished, bench.Base))
}

// told puts findings into words, in the order of the examinations.
func (s subject) told(f findings, course bench.Course, arm bench.Arm) []bench.Diagnosis {
	var all []bench.Diagnosis
	tell := func(name bench.DiagnosisName) {
		if len(f[name]) == 0 {
			return
		}
		text, _ := name.Describe()
		most := slices.MaxFunc(f[name], func(a, b sign) int { return cmp.Compare(a.weight, b.weight) })
		d := bench.Diagnosis{Name: name, Arm: arm, Course: course, Seen: most.seen, Look: text.Look}
		for _, at := range s.scenarios {
			if f.has(name, at) {
				d.Scenarios = append(d.Scenarios, at.ID())
			}
		}
		if len(most.scenarios) == 1 && len(d.Scenarios) > 1 {
			d.Seen += fmt.Sprintf(" (%s)", most.scenarios[0])
		}
		all = append(all, d)
	}
	for _, e := range examinations {
		tell(e.name)
	}
	tell(bench.FixedCost)
	return all
}

// timeText is a time as it is read: "44.1 ms".
func timeText(seconds float64) string {
	switch {
	case seconds >= 1:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds >= 1e-3:
		return fmt.Sprintf("%.1f ms", 1e3*seconds)
	default:
		return fmt.Sprintf("%.0f µs", 1e6*seconds)
	}
}

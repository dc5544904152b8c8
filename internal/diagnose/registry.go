package diagnose

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Diagnosis is one known way of being slow or broken.
type Diagnosis struct {
	Name  bench.DiagnosisName
	Title string // what the gateway has: "a delayed-ACK stall (Nagle is on)"
	Look  string // what to look at in the gateway's code
	// ImpliedBy lists the diagnoses that bring this one about. Where one of them
	// was found, it is the explanation and this one is left out.
	ImpliedBy []Diagnosis
	// OfMode says that it is a matter of how answers of a mode are written, whatever
	// their size and number: a base that has it in one scenario has it in all of the
	// mode, and chance decides where it shows.
	OfMode bool

	// find looks at one gateway. It may be nil.
	find func(subject) []finding
	// change finds what only the difference of two gateways in the same rounds
	// shows, because gateways without a fault differ as much. It may be nil.
	change func(base, head subject) []finding
}

// All are the diagnoses in the order in which they are reported; each stands
// after those that imply it.
func All() []Diagnosis {
	return []Diagnosis{
		SaturatedRig,
		StreamDamage,
		FailingRequests,
		DelayedACK,
		TimerWait,
		BufferedAnswer,
		CoalescedEvents,
		HeldHead,
		RareStall,
		Queueing,
		ConnectionChurn,
		CostPerByte,
		MemoryGrowth,
		BackgroundCPU,
		FixedCost,
	}
}

// Describe returns what a name means; ok is false for one that this version
// does not know.
func Describe(name bench.DiagnosisName) (d Diagnosis, ok bool) {
	all := All()
	i := slices.IndexFunc(all, func(d Diagnosis) bool { return d.Name == name })
	if i < 0 {
		return Diagnosis{}, false
	}
	return all[i], true
}

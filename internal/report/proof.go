package report

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// mostProofs is how many causes have their chart beside them.
const mostProofs = 2

// proofs are the charts that show what the causes say, each for a scenario where it is
// seen.
func (b *builder) proofs() document.Charts {
	var all document.Charts
	for _, d := range b.Diagnoses {
		if d.Change == bench.ChangeKept || d.Change == bench.ChangeGone {
			continue
		}
		i := slices.IndexFunc(b.Suite, func(s bench.Scenario) bool { return slices.Contains(d.Scenarios, s.ID()) })
		if i >= 0 && len(all.Charts) < mostProofs {
			all.Add(b.proof(d.Name, b.Suite[i]))
		}
	}
	return all
}

// proof is the chart of a cause and how to read it; empty for causes that no chart of
// figures shows.
func (b *builder) proof(name bench.DiagnosisName, at bench.Scenario) (c document.Chart) {
	note := ""
	switch name {
	case diagnose.FixedCost.Name:
		c, note = b.ByBody(at), "The same is added at every size: the head's line lies above the base's."
	case diagnose.CostPerByte.Name:
		c, note = b.ByBody(at), "More is added to larger bodies: the head's line is steeper than the base's."
	case diagnose.Queueing.Name, diagnose.SaturatedRig.Name:
		c, note = b.ByConcurrency(at), "Times that grow as the requests in flight do: requests wait for each other."
	case diagnose.BufferedAnswer.Name:
		c, note = b.OfStream(at), "The first event comes with the end of the stream."
	case diagnose.CoalescedEvents.Name, diagnose.HeldHead.Name:
		c = b.OfStream(at)
	case diagnose.DelayedACK.Name, diagnose.TimerWait.Name:
		c, note = b.Distribution(at), "A step to the right: some requests take longer by the time that is waited for."
	case diagnose.MemoryGrowth.Name:
		c = b.Memory()
	}
	if len(c.Series) > 0 {
		c.Note = note
	}
	return c
}

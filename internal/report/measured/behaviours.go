package measured

import (
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/observed"
)

// Behaviour is what the gateways do with requests, and the events of a stream, unless
// they are drawn elsewhere.
func (run *Run) Behaviour(drawn bool) document.Section {
	s, _ := observed.Facts(run.data.Facts)
	if !drawn {
		s.Blocks = append(s.Blocks, run.Stream(false))
	}
	return s
}

// BehaviourUnseen is what was looked for in vain.
func (run *Run) BehaviourUnseen() document.Section {
	_, s := observed.Facts(run.data.Facts)
	return s
}

// Stream draws the events of one stream through each arm.
func (run *Run) Stream(typical bool) document.Charts {
	var all document.Charts
	c := observed.Stream(run.data.Timelines, run.Role)
	c.Typical = typical
	all.Add(c)
	return all
}

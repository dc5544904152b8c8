// Package faults has the faults of the reference gateway that exchanges show, what each is
// found as, and how often it was: by looking once, and by a gate with its default
// settings. Command faults/cmd counts and writes docs/faults.md; a test of the measured
// tier looks once for each.
package faults

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// Fault is a fault of the reference gateway, and how exchanges call it.
type Fault struct {
	Switch string // as -fault takes it
	Name   bench.BehaviourName
	// Also is what else it brings about: other sides of the same thing.
	Also []bench.BehaviourName
	// Weaker are falling strengths below the one that has to be found.
	Weaker []string
}

// broken is what a gateway looks like, too, whose answers are never right.
var broken = also("unwell-after-errors", "cuts-idle-streams", "breaks-compressed-answers", "changes-errors", "breaks-tool-calls")

func also(names ...bench.BehaviourName) []bench.BehaviourName { return names }

// All are the faults of the reference gateway that exchanges show: every harm, each at the
// first strength that has to be found, and some behaviours that are only reported.
var All = []Fault{
	{Switch: "cache", Name: "answers-from-cache"},
	{Switch: "stale", Name: "answered-without-backend", Also: append(also("answers-from-cache", "joins-requests", "breaks-text", "buffers-streams", "hides-errors"), broken...)},
	{Switch: "join", Name: "joins-requests"},
	{Switch: "double", Name: "asks-twice", Also: also("ignores-disconnect")}, // of the second request
	{Switch: "drop-prompt", Name: "drops-prompt", Also: append(also("breaks-text", "buffers-streams"), broken...)},
	{Switch: "drop-prompt=1KB", Name: "drops-prompt"},
	{Switch: "drop-stream-flag", Name: "drops-stream-flag", Also: append(also("changes-content-type"), broken...)},
	{Switch: "churn", Name: "connection-per-request"},

	{Switch: "error=100%", Name: "fails-requests", Also: broken},
	{Switch: "reject-large=500KB", Name: "fails-requests"},
	{Switch: "break-utf8=16B", Name: "breaks-text", Also: broken, Weaker: []string{"64B", "256B"}},
	{Switch: "break-escapes", Name: "breaks-text", Also: broken},
	{Switch: "drop-chunk", Name: "loses-events", Also: broken},
	{Switch: "double-chunk", Name: "doubles-events", Also: broken},
	{Switch: "reorder-chunks", Name: "reorders-events", Also: broken},
	{Switch: "merge-chunks", Name: "breaks-text", Also: broken},
	{Switch: "lose-events", Name: "breaks-events", Also: append(also("hides-errors", "buffers-without-bound"), broken...)},
	{Switch: "lose-end", Name: "loses-end", Also: broken},
	{Switch: "break-tool-calls", Name: "breaks-tool-calls"},
	{Switch: "drop-event-names", Name: "drops-event-names"},
	{Switch: "change-content-type", Name: "changes-content-type", Also: broken},
	{Switch: "compress-stream", Name: "holds-compressed-streams"},
	{Switch: "break-compressed", Name: "breaks-compressed-answers"},

	{Switch: "buffer", Name: "buffers-streams", Also: also("buffers-without-bound", "holds-compressed-streams")},
	{Switch: "own-first-event", Name: "buffers-streams", Also: also("own-first-event", "buffers-without-bound", "holds-compressed-streams")},
	{Switch: "buffer=1KB", Name: "batches-events", Also: also("holds-compressed-streams")},
	{Switch: "poll=100ms", Name: "batches-events", Also: also("holds-compressed-streams")},
	{Switch: "periodic-flush=250ms", Name: "batches-events", Also: also("holds-compressed-streams"), Weaker: []string{"100ms"}},
	// The last events of large streams have megabytes, and this one has them twice.
	{Switch: "hold-events", Name: "holds-events", Also: also("buffers-without-bound")},
	{Switch: "hold-first-event", Name: "holds-first-event"},
	{Switch: "hold-head", Name: "holds-head"},
	{Switch: "delay-end=100ms", Name: "ends-late"},
	{Switch: "serialise-streams", Name: "serialises-streams"},
	{Switch: "nagle", Name: "delayed-ack-stall"},
	{Switch: "slow-after-idle=50ms", Name: "slow-after-rest", Weaker: []string{"20ms", "10ms"}},
	{Switch: "cut-idle=4s", Name: "cuts-idle-streams"},

	{Switch: "change-status", Name: "hides-errors"},
	{Switch: "hide-cut", Name: "hides-errors"},
	{Switch: "swallow-error-event", Name: "hides-errors"},
	{Switch: "rewrite-errors", Name: "changes-errors", Also: also("loses-retry-after")},
	{Switch: "swallow-retry-after", Name: "loses-retry-after"},
	{Switch: "hang-on-cut", Name: "hangs-on-errors"},
	{Switch: "unwell-after-error=1s", Name: "unwell-after-errors", Also: append(also("fails-requests"), broken...)},
	{Switch: "retry", Name: "retries"},
	{Switch: "give-up=2s", Name: "gives-up-on-silence"},

	{Switch: "ignore-disconnect=head", Name: "ignores-disconnect"},
	{Switch: "ignore-disconnect=stream", Name: "ignores-disconnect"},
	{Switch: "ignore-disconnect=json", Name: "ignores-disconnect"},
	{Switch: "unbounded", Name: "buffers-without-bound"},
	{Switch: "lock-writes", Name: "slow-clients-block-others", Also: also("serialises-streams")},

	{Switch: "leak=10KB", Name: "keeps-memory", Weaker: []string{"5KB", "3KB"}},
	{Switch: "leak-on-error=100KB", Name: "keeps-memory", Weaker: []string{"30KB", "10KB"}},
	{Switch: "leak-on-cut=100KB", Name: "keeps-memory", Weaker: []string{"30KB", "10KB"}},
	{Switch: "leak-on-gone=100KB", Name: "keeps-memory", Weaker: []string{"30KB", "10KB"}},
	{Switch: "thread-leak=50%", Name: "keeps-threads", Also: also("keeps-memory")},
	{Switch: "descriptor-leak=50%", Name: "keeps-descriptors"},
	{Switch: "background-burn=10%", Name: "busy-at-rest", Weaker: []string{"7%"}},
	{Switch: "die-on-cut", Name: "dies", Also: append(also("gives-up-on-silence", "fails-requests", "hangs-on-errors"), broken...)},
}

// Judge says whether a fault was found by its name, and which harm it is said to be
// besides, which is wrong.
func (f Fault) Judge(changes []bench.BehaviourChange) (found bool, wrong []string) {
	for _, c := range changes {
		known, _ := behaviour.Describe(c.Behaviour)
		switch {
		case !isNew(c):
		case c.Behaviour == f.Name:
			found = true
		case known.Harm && !slices.Contains(f.Also, c.Behaviour):
			wrong = append(wrong, c.Text)
		}
	}
	return found, wrong
}

// isNew is true for what head does and base does not. One process pair decides nothing.
func isNew(c bench.BehaviourChange) bool {
	if !c.Harm {
		return c.Change != bench.ChangeKept && c.Change != bench.ChangeGone
	}
	return c.Change == bench.ChangeNew || c.Change == bench.ChangeUndecided
}

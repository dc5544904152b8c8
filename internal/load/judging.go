package load

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// judge decides about the complete answer.
func (a *answer) judge() {
	switch {
	case a.fault == bench.ErrStatus:
		a.detail = fmt.Sprintf("status %d%s where the mock sent %d; the body begins %q", a.head.Status, a.meaning(), a.job.status(), a.got)
	case a.fault != "" || a.instead:
	case a.job.Cut:
		a.fail(bench.ErrHidden, "the mock cut its answer, and the gateway ended it as if it were whole%s", a.progress())
	case a.job.streams():
		if fault := a.checker.End(); fault != nil {
			a.fail(fault.Class, "%s, after %d events with %d chunks", fault.Detail, a.obs.Events, len(a.transits))
		}
	case !a.differs && a.matched < len(a.want.Bytes()):
		a.got = append(a.got[:0], a.want.Bytes()[:a.matched]...)
		a.judgeJSON()
	case a.differs:
		a.judgeJSON()
	}
	if a.fault == "" && !a.instead {
		a.judgeID()
	}
}

// judgeID refuses the right answer to another request: gateways that mix answers up,
// or keep them, do worse harm than those that are slow.
func (a *answer) judgeID() {
	id, ok := a.id, a.hasID
	if a.job.streams() {
		id, ok = a.checker.ID()
	}
	if ok && !id.Belongs(a.nonce) {
		a.fail(bench.ErrBody, "the answer to another request: it belongs to the prompt that ends in %q, and this one ends in %q", id.Of(), llmapi.NonceText(a.nonce))
	}
}

// judgeJSON accepts an answer that the gateway has written anew if a client reads
// the same from it.
func (a *answer) judgeJSON() {
	fault := a.want.Check(a.got)
	a.id, a.hasID = a.want.ID()
	switch {
	case fault == nil:
	case fault.Class == bench.ErrFailed:
		a.fail(fault.Class, "the body of the answer is an error: %s", fault.Detail)
	default:
		a.fail(fault.Class, "%s (%d bytes where the mock sent %d)", fault.Detail, len(a.got), len(a.want.Bytes()))
	}
}

package load

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
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
}

// judgeJSON accepts an answer that the gateway has written anew if a client reads
// the same from it.
func (a *answer) judgeJSON() {
	switch fault := a.want.Check(a.got); {
	case fault == nil:
	case fault.Class == bench.ErrFailed:
		a.fail(fault.Class, "the body of the answer is an error: %s", fault.Detail)
	default:
		a.fail(fault.Class, "%s (%d bytes where the mock sent %d)", fault.Detail, len(a.got), len(a.want.Bytes()))
	}
}

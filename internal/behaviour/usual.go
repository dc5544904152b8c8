package behaviour

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// usual is how a gateway damages all answers to requests that go well, by who asks for
// what. It is reported as what it is, and is no sign of anything else.
type usual map[asker]bench.ErrorClass

type asker struct {
	arm     bench.Arm
	process int
	stream  bool
}

// usually finds what all plain answers have in common.
func usually(all []exchange.Exchange) usual {
	u, differ := usual{}, map[asker]bool{}
	for _, x := range all {
		if !slices.Contains(allWell, x.Situation) {
			continue
		}
		for i, a := range x.Answers[:min(len(x.Answers), len(x.Sent))] {
			of := asker{x.Arm, x.Process, x.Sent[i].Stream}
			class, known := u[of]
			differ[of] = differ[of] || known && class != a.Class
			u[of] = a.Class
		}
	}
	for of := range differ {
		if differ[of] {
			delete(u, of)
		}
	}
	return u
}

// without are the exchanges with answers as if they were right where they are wrong as
// usual.
func (u usual) without(all []exchange.Exchange) []exchange.Exchange {
	all = slices.Clone(all)
	for i := range all {
		x := &all[i]
		x.Answers = slices.Clone(x.Answers)
		for j := range x.Answers {
			a := &x.Answers[j]
			if j < len(x.Sent) && a.Class != "" && a.Class == u[asker{x.Arm, x.Process, x.Sent[j].Stream}] {
				a.Class, a.Detail = "", ""
			}
		}
	}
	return all
}

// withoutPrompt reports whether a request reached the backend without its prompt, and so
// without saying what the backend was to do.
func withoutPrompt(x exchange.Exchange) bool {
	return len(x.Received) < len(x.Sent) && x.Strangers > 0
}

package behaviour

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// wrong is why the answers of an exchange in which all is meant to go well say nothing
// of other things; empty when they are right.
func wrong(x exchange.Exchange) string {
	for _, a := range x.Answers {
		switch {
		case a.Class != "" && a.Class != bench.ErrHidden:
			return "the answer was not right: " + a.Detail
		case a.Broken != "":
			return "the answer broke off: " + a.Broken
		}
	}
	if len(x.Answers) < len(x.Sent) {
		return fmt.Sprintf("%d of %d requests were answered", len(x.Answers), len(x.Sent))
	}
	return ""
}

// never reports whether the answer did not come at all, or not in time. That may be the
// machine's fault, so it is no harm by itself.
func never(a exchange.Answer) bool {
	switch a.Class {
	case bench.ErrConnect, bench.ErrStale, bench.ErrTimeout:
		return true
	}
	return a.Class == "" && a.Broken != ""
}

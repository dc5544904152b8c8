package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// kneeLines is a sentence for each knee.
func (s *sheet) kneeLines() []grown {
	var lines []grown
	for _, k := range s.run.Knees {
		lines = append(lines, grown{bench.Arm(brief(string(k.Arm))), windowName(k.Mode, k.BodyBytes), clean(kneeLine(k))})
	}
	return lines
}

func kneeLine(k bench.Knee) string {
	bound := "p99 within " + figures.Setting(k.Bound)
	if k.Quiet != nil && *k.Quiet > 0 {
		bound += fmt.Sprintf(", %.3g times that at a tenth of the closed loop's throughput", k.Bound / *k.Quiet)
	}
	what := ""
	switch {
	case k.Held != nil && k.Missed != nil:
		what = fmt.Sprintf("held at %s, no longer at %s", perSecond(*k.Held), perSecond(*k.Missed))
	case k.Held != nil:
		what = "at least " + perSecond(*k.Held)
	case k.Missed != nil:
		what = fmt.Sprintf("below %s, where it is not held; nothing lower was", perSecond(*k.Missed))
	default:
		what = "not found"
	}
	text := fmt.Sprintf("%s (%s; %s arrivals, %s)", what, bound, k.Arrivals, counted(len(k.Windows), "window"))
	if k.Ended != "" {
		text += "; " + k.Ended
	}
	return text
}

const kneeTitle = "knee: the largest rate at which the p99 stays within the bound"

package workflow

import (
	"time"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/trial"
)

// linesApart is the time between two lines on how far a stage is.
const linesApart = 15 * time.Second

// stepLog is the log of a session in a step of a workflow. The runner shows the title of a
// group and folds the rest, and it has no groups in groups.
type stepLog struct {
	session.Lines
	runner *actions.Runner
	open   bool
	told   time.Duration // after the beginning of the measurement
}

// Group implements [session.Log].
func (l *stepLog) Group(title string) {
	l.EndGroup()
	l.runner.Group(title)
	l.open = true
}

// EndGroup implements [session.Log].
func (l *stepLog) EndGroup() {
	if l.open {
		l.runner.EndGroup()
	}
	l.open = false
}

// Stage implements [session.Log]: its line is to be seen without opening anything.
func (l *stepLog) Stage(title string) { l.Group(title) }

// Progress implements [session.Log]. A round may take less than a second.
func (l *stepLog) Progress(p trial.Progress) {
	if p.Elapsed-l.told >= linesApart {
		l.told = p.Elapsed
		l.Lines.Progress(p)
	}
}

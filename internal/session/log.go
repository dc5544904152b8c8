package session

import (
	"fmt"
	"io"
	"time"

	"github.com/org/proxy-bench-action/internal/trial"
)

// Log is told what a session does on the way to its result.
type Log interface {
	Say(format string, args ...any) // a line
	Group(title string)             // what is said until EndGroup belongs together
	EndGroup()
	Progress(trial.Progress) // how far a trial is
	EndProgress()            // it has ended
}

// Lines is a log without groups, with a line for each round.
type Lines struct {
	W     io.Writer
	round int
}

// Say implements [Log].
func (l *Lines) Say(format string, args ...any) { fmt.Fprintf(l.W, format+"\n", args...) }

// Group implements [Log].
func (l *Lines) Group(string) {}

// EndGroup implements [Log].
func (l *Lines) EndGroup() {}

// Progress implements [Log].
func (l *Lines) Progress(p trial.Progress) {
	if p.Round == l.round {
		return
	}
	l.round = p.Round
	l.Say("%s, %s gone, %s left", Place(p), p.Elapsed.Round(time.Second), p.Remaining.Round(time.Second))
}

// Place is where a trial is: "process pair 3 of 15", or without the number that there
// will be, where that is not known yet.
func Place(p trial.Progress) string {
	if p.Rounds == 0 {
		return fmt.Sprintf("%s %d", p.Unit, p.Round)
	}
	return fmt.Sprintf("%s %d of %d", p.Unit, p.Round, p.Rounds)
}

// EndProgress implements [Log].
func (l *Lines) EndProgress() { l.round = 0 }

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
	Stage(title string)      // what is said from here on belongs to the next stage of a measurement
	Progress(trial.Progress) // how far a trial is
	EndProgress()            // it has ended
}

// Lines is a log without groups, with a line for each round.
type Lines struct {
	W     io.Writer
	round int
	most  int // rounds of this trial, as was said last
}

// Say implements [Log].
func (l *Lines) Say(format string, args ...any) { fmt.Fprintf(l.W, format+"\n", args...) }

// Group implements [Log].
func (l *Lines) Group(string) {}

// EndGroup implements [Log].
func (l *Lines) EndGroup() {}

// Stage implements [Log].
func (l *Lines) Stage(title string) { l.Say("%s", title) }

// Progress implements [Log].
func (l *Lines) Progress(p trial.Progress) {
	if p.Round == l.round {
		return
	}
	l.round = p.Round
	l.most = p.Fewer(l.most)
	p.Rounds = l.most
	l.Say("%s, %s gone, at most %s left", p.Place(), p.Elapsed.Round(time.Second), p.Remaining.Round(time.Second))
}

// EndProgress implements [Log].
func (l *Lines) EndProgress() { l.round, l.most = 0, 0 }

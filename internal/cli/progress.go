package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/trial"
)

// newLog shows progress as a bar on a terminal, and as a line a round elsewhere.
func newLog(w io.Writer) session.Log {
	if host.IsTerminal(w) {
		return &barLog{Lines: session.Lines{W: w}}
	}
	return &session.Lines{W: w}
}

// barLog is a log with a bar while a trial goes on.
type barLog struct {
	session.Lines
	bar  *progressbar.ProgressBar // nil between trials
	most int                      // rounds of this trial, as was said last
}

// Progress implements [session.Log].
func (l *barLog) Progress(p trial.Progress) {
	if l.bar == nil {
		l.bar = newBar(l.W)
	}
	doing := p.Scenario
	if doing == "" {
		doing = "starting and warming up"
	}
	l.most = p.Fewer(l.most)
	p.Rounds = l.most
	l.bar.ChangeMax(p.Total)
	l.bar.Describe(fmt.Sprintf("%s, %s, %s left ", p.Place(), doing, p.Remaining.Round(time.Second)))
	_ = l.bar.Set(p.Done) // a terminal that has gone away is no reason to stop
}

// EndProgress implements [session.Log].
func (l *barLog) EndProgress() {
	if l.bar != nil {
		_ = l.bar.Finish()
		l.bar = nil
	}
	l.most = 0
}

// newBar is a bar that shows no times of its own and vanishes at its end.
func newBar(w io.Writer) *progressbar.ProgressBar {
	return progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetRenderBlankState(true),
	)
}

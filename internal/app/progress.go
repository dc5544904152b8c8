package app

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/trial"
)

// progress shows how far a trial has come.
type progress interface {
	step(trial.Progress)
	end()
}

// newProgress is a bar on a terminal, and a line a round elsewhere.
func newProgress(w io.Writer) progress {
	if host.IsTerminal(w) {
		return &bar{progressbar.NewOptions(-1,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetWidth(30),
			progressbar.OptionSetPredictTime(false),
			progressbar.OptionSetElapsedTime(false),
			progressbar.OptionClearOnFinish(),
			progressbar.OptionSetRenderBlankState(true),
		)}
	}
	return &lines{w: w}
}

type bar struct{ *progressbar.ProgressBar }

func (b *bar) step(p trial.Progress) {
	b.ChangeMax(p.Total)
	b.Describe(fmt.Sprintf("round %d of %d, %s, %s left ", p.Round, p.Rounds, what(p), short(p.Remaining)))
	_ = b.Set(p.Done) // a terminal that has gone away is no reason to stop
}

func (b *bar) end() { _ = b.Finish() }

type lines struct {
	w     io.Writer
	round int
}

func (l *lines) step(p trial.Progress) {
	if p.Round == l.round {
		return
	}
	l.round = p.Round
	fmt.Fprintf(l.w, "round %d of %d, %s gone, %s left\n", p.Round, p.Rounds, short(p.Elapsed), short(p.Remaining))
}

func (l *lines) end() {}

func what(p trial.Progress) string {
	if p.Scenario == "" {
		return "starting and warming up"
	}
	return p.Scenario
}

func short(d time.Duration) string { return d.Round(time.Second).String() }

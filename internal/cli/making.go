package cli

import (
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/host"
)

const (
	// leastMaking is the share of the time budget that making gates has at least,
	// however long measuring took.
	leastMaking = 0.10
	// linesApart is the time between two lines where there is no bar.
	linesApart = 10 * time.Second
)

// making shows how far the gates of a calibration are made, and ends it in time.
type making struct {
	w           host.World
	began, ends time.Time                // ends is zero without a limit
	bar         *progressbar.ProgressBar // nil where there is no terminal, and at first
	doing       string
	reported    time.Time
}

func newMaking(w host.World) *making { return &making{w: w, began: w.Now()} }

// until sets the end to a time budget, in seconds, after the measurement began.
func (m *making) until(started time.Time, budget float64) {
	whole := time.Duration(budget * float64(time.Second))
	m.ends = started.Add(whole)
	if least := m.began.Add(time.Duration(leastMaking * float64(whole))); m.ends.Before(least) {
		m.ends = least
	}
}

// late says whether a share of the time is over.
func (m *making) late(share float64) bool {
	if m.ends.IsZero() {
		return false
	}
	return float64(m.w.Now().Sub(m.began)) >= share*float64(m.ends.Sub(m.began))
}

// progress shows a bar on a terminal, and elsewhere a line for what is new and now
// and then.
func (m *making) progress(p calibrate.Progress) {
	text := fmt.Sprintf("gates of %s: %d of %d", p.Doing, p.Done, p.Of)
	if host.IsTerminal(m.w.Stderr) {
		if m.bar == nil || p.Doing != m.doing {
			m.end()
			m.bar = newBar(m.w.Stderr)
		}
		m.bar.ChangeMax(p.Of)
		m.bar.Describe(text + " ")
		_ = m.bar.Set(p.Done) // a terminal that has gone away is no reason to stop
	} else if now := m.w.Now(); p.Doing != m.doing || now.Sub(m.reported) >= linesApart {
		m.reported = now
		fmt.Fprintln(m.w.Stderr, text)
	}
	m.doing = p.Doing
}

// end takes the bar away.
func (m *making) end() {
	if m.bar != nil {
		_ = m.bar.Finish()
		m.bar = nil
	}
}

package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/host"
)

// Measuring has used three quarters of a minute, or all of it and more: making gates
// ends with the minute, or a tenth of it later.
func TestMakingEndsWithTheTimeBudget(t *testing.T) {
	start := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	for _, c := range []struct{ measured, ends time.Duration }{
		{45 * time.Second, 60 * time.Second},
		{58 * time.Second, 64 * time.Second},
		{70 * time.Second, 76 * time.Second},
	} {
		now := start.Add(c.measured)
		m := newMaking(host.World{Now: func() time.Time { return now }})
		if m.late(0.01) {
			t.Error("late without a limit")
		}
		m.until(start, 60)
		half := (c.measured + c.ends) / 2
		for _, at := range []struct {
			now   time.Duration
			share float64
			late  bool
		}{{half - 1, 0.5, false}, {half, 0.5, true}, {half, 1, false}, {c.ends - 1, 1, false}, {c.ends, 1, true}} {
			now = start.Add(at.now)
			if got := m.late(at.share); got != at.late {
				t.Errorf("measured for %s: %v of the time over after %s: %t", c.measured, at.share, at.now, got)
			}
		}
	}
}

// Where there is no terminal, a line for each thing that is made and one every ten
// seconds.
func TestMakingSaysWhatItDoes(t *testing.T) {
	now := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	var out bytes.Buffer
	m := newMaking(host.World{Stderr: &out, Now: func() time.Time { return now }})
	for i := range 8 {
		m.progress(calibrate.Progress{Doing: "unchanged code", Done: 50 * i, Of: 400})
		now = now.Add(3 * time.Second)
	}
	m.progress(calibrate.Progress{Doing: "+10 % in one scenario", Of: 100})
	m.end()
	want := []string{
		"gates of unchanged code: 0 of 400",
		"gates of unchanged code: 200 of 400",
		"gates of +10 % in one scenario: 0 of 100",
	}
	if got := strings.TrimSpace(out.String()); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

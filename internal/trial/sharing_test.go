package trial

import (
	"testing"
	"time"
)

func TestRoundsPerProcess(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		start, round time.Duration
		rounds, want int
	}{
		{0, 10 * s, 10, 1},
		{5 * s, 10 * s, 10, 1},    // a half
		{7 * s, 11 * s, 10, 2},    // 7/2 of 7.5 s is less
		{10 * s, 14 * s, 12, 3},   // 10/3 of 7.3 s is 45 %
		{100 * s, 110 * s, 10, 3}, // three processes at least
		{100 * s, 110 * s, 2, 1},
		{10 * s, 10 * s, 30, 10}, // nothing but starting
	} {
		if got := roundsPerProcess(c.start, c.round, c.rounds); got != c.want {
			t.Errorf("start %s of %s, %d rounds: %d per process, want %d", c.start, c.round, c.rounds, got, c.want)
		}
	}
}

// TestPairsAreFresh: beside another gateway every round has processes of its own, however
// slowly they start, unless a number of rounds is asked for.
func TestPairsAreFresh(t *testing.T) {
	for _, c := range []struct{ sharing, pairs int }{{0, 4}, {2, 2}} {
		rig := newRig()
		rig.startup = 30 * time.Second
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: threeArms, Rounds: 4, Sharing: c.sharing}), rig)
		if got.Done != (Count{4, c.pairs}) || got.Restart != max(1, c.sharing) {
			t.Errorf("sharing %d: done %+v, restart %d", c.sharing, got.Done, got.Restart)
		}
	}
}

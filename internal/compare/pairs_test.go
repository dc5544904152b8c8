package compare

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// processes numbers the processes of rounds, of which per share one.
func processes(rounds []bench.Round, per int) []bench.Round {
	for i := range rounds {
		if r := &rounds[i]; r.Arm != bench.Direct {
			r.Process = 1 + (r.Round-1)/per
		}
	}
	return rounds
}

// lucky are rounds of unchanged code whose processes differ by luck (an SD on the
// log scale), which the rounds of a process share.
func lucky(rng *rand.Rand, pairs, per int, luck float64) []bench.Round {
	var all []bench.Round
	for _, s := range both {
		for p := range pairs {
			base, head := math.Exp(luck*rng.NormFloat64()), math.Exp(luck*rng.NormFloat64())
			for r := range per {
				level, n := 200e-6*math.Exp(0.3*rng.NormFloat64()), p*per+r+1
				all = append(all, round(rng, n, s, bench.Base, level*base, 10), round(rng, n, s, bench.Head, level*head, 10))
			}
		}
	}
	return processes(all, per)
}

func TestRoundsWithAProcessOfTheirOwnAreAsWithoutNumbers(t *testing.T) {
	wanted := func(s bench.Scenario) Wanted {
		return Wanted{Decide: []bench.Metric{s.Mode.Primary()}, Show: []bench.Metric{s.Mode.Primary()}}
	}
	numbered, plain := At(bench.Screen, summary.NewIndex(processes(trial(20, 10, 1.1), 1))), At(bench.Screen, summary.NewIndex(trial(20, 10, 1.1)))
	if got, want := numbered.SideBySide(both, 0.01, wanted), plain.SideBySide(both, 0.01, wanted); !reflect.DeepEqual(got, want) {
		t.Errorf("numbered %+v\nplain %+v", got, want)
	}
	if got, want := numbered.Group("all", "", both, 0.01), plain.Group("all", "", both, 0.01); !reflect.DeepEqual(got, want) {
		t.Errorf("numbered %+v\nplain %+v", got, want)
	}
	if numbered.Pairs() != 20 || numbered.Rounds() != 20 || plain.Pairs() != 20 {
		t.Errorf("%d and %d pairs in %d rounds, want 20", numbered.Pairs(), plain.Pairs(), numbered.Rounds())
	}
}

// TestRepetitionIsNoEvidence: five rounds of two processes say no more about a
// change than one.
func TestRepetitionIsNoEvidence(t *testing.T) {
	once := processes(trial(8, 10, 1.05), 1)
	var often []bench.Round
	for _, r := range once {
		for k := range 5 {
			again := r
			again.Round = 5*(r.Round-1) + k + 1
			often = append(often, again)
		}
	}
	want, got := sideBySide(once), sideBySide(often)
	if got.Pairs != 8 || got.Rounds != 40 || want.Pairs != 8 || want.Rounds != 8 {
		t.Fatalf("%d pairs in %d rounds, want 8 in 40", got.Pairs, got.Rounds)
	}
	for name, p := range map[string][2]float64{
		"p": {*got.P, *want.P}, "p of better": {*got.PBetter, *want.PBetter}, "aligned p": {*got.PAligned, *want.PAligned},
		"shift": {*got.Shift, *want.Shift}, "SD": {*got.SD, *want.SD}, "upper limit": {*got.Upper, *want.Upper},
	} {
		if math.Abs(p[0]-p[1]) > 1e-9*math.Abs(p[1]) {
			t.Errorf("%s is %v of rounds five times over, %v of each once", name, p[0], p[1])
		}
	}
	table := At(bench.Screen, summary.NewIndex(often))
	if g := table.Group("all", "", both, 0.01); g.Pairs != 8 || g.Rounds != 40 {
		t.Errorf("the group has %d pairs in %d rounds", g.Pairs, g.Rounds)
	}
	if table.Pairs() != 8 || table.Rounds() != 40 {
		t.Errorf("the table has %d pairs in %d rounds", table.Pairs(), table.Rounds())
	}
}

// TestPeakOfAPair: a process has one peak, which its last round shows.
func TestPeakOfAPair(t *testing.T) {
	rounds := processes(trial(20, 10, 1), 5)
	for i := range rounds {
		if r := &rounds[i]; r.Arm != bench.Direct {
			grown := float64((r.Round - 1) % 5)
			r.Metrics[bench.RSSPeak] = 20e6 + 1e6*grown
			if r.Arm == bench.Head && grown == 4 {
				r.Metrics[bench.RSSPeak] = 36e6
			}
		}
	}
	c := At(bench.Screen, summary.NewIndex(rounds)).SideBySide(both, 0.01, func(bench.Scenario) Wanted {
		return Wanted{Decide: []bench.Metric{bench.RSSPeak}}
	})[0]
	if math.Abs(*c.Shift-0.5) > 1e-9 || math.Abs(*c.Base-24e6) > 1 || math.Abs(*c.Head-36e6) > 1 || c.Method != bench.MethodAligned || *c.P != 1.0/16 || c.PTextbook != nil {
		t.Errorf("%+v, want 24 MB → 36 MB in each of four pairs", c)
	}
}

// TestLuckOfAFewProcessesIsNoChange: 40 rounds of eight process pairs that differ by
// 10 %. With the rounds for evidence, a fifth of such gates is a false alarm.
func TestLuckOfAFewProcessesIsNoChange(t *testing.T) {
	const trials, nominal = 300, 0.05
	rng := rand.New(rand.NewPCG(7, 8))
	alarms := make(map[string]int)
	count := func(test string, p float64) {
		if p <= nominal {
			alarms[test]++
		}
	}
	for range trials {
		table := At(bench.Screen, summary.NewIndex(lucky(rng, 8, 5, 0.07)))
		for _, c := range table.SideBySide(both, 0, primary) {
			count("stratified", *c.P)
			count("aligned", *c.PAligned)
		}
		count("group", *table.Group("all", "", both, 0).P)
	}
	for test, of := range map[string]float64{"stratified": 2 * trials, "aligned": 2 * trials, "group": trials} {
		if share := float64(alarms[test]) / of; share < 0.02 || share > 0.08 {
			t.Errorf("%s: %.3f of unchanged scenarios at or below %v", test, share, nominal)
		}
	}
}

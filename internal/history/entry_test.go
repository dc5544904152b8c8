package history

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// roundsOf has direct and head with one metric; 0 leaves a round's value out.
func roundsOf(m bench.Metric, direct, head []float64) (rounds []bench.Round) {
	for i := range direct {
		for arm, v := range map[bench.Arm]float64{bench.Direct: direct[i], bench.Head: head[i]} {
			r := bench.Round{Round: i + 1, Stage: bench.Screen, Scenario: recordtest.SSE10.ID(), Arm: arm, Metrics: map[bench.Metric]float64{}}
			if v != 0 {
				r.Metrics[m] = v
			}
			rounds = append(rounds, r)
		}
	}
	return rounds
}

func TestEntryHoldsMediansOverRounds(t *testing.T) {
	run := recordtest.Run(0, recordtest.SSE10)
	// Ratios 2, 3, 1.5, 4 in the rounds that count, overheads 1, 4, 1, 9. The
	// others have a void arm, no value, or one that has no logarithm.
	run.Rounds = roundsOf(bench.TotalTypical,
		[]float64{1, 2, 2, 3, 1, 1, 0, -1},
		[]float64{2, 6, 3, 12, 9, 9, 5, 5})
	for i := range run.Rounds {
		r := &run.Rounds[i]
		if r.Round == 5 && r.Arm == bench.Direct || r.Round == 6 && r.Arm == bench.Head {
			r.Void = "stolen"
		}
	}
	e := NewEntry(run)
	want := Value{LogRatio: (math.Log(2) + math.Log(3)) / 2, Overhead: 2.5}
	got := e.Scenarios[recordtest.SSE10.ID()][bench.TotalTypical]
	if math.Abs(got.LogRatio-want.LogRatio) > 1e-15 || got.Overhead != want.Overhead {
		t.Errorf("%+v, want %+v", got, want)
	}
	if n := len(e.Scenarios[recordtest.SSE10.ID()]); n != 1 {
		t.Errorf("%d metrics, only one was measured", n)
	}
	if e.SHA != run.Commit.SHA || e.Fingerprint != "f00d" || e.CPUModel != run.Environment.CPUModel || !e.Started.Equal(run.Started) {
		t.Errorf("%+v", e)
	}
}

func TestEntryNeedsBothArmsOfTheSameRound(t *testing.T) {
	run := recordtest.Run(3, recordtest.SSE10)
	for i := range run.Rounds {
		if run.Rounds[i].Arm == bench.Direct {
			run.Rounds[i].Round += 100
		}
	}
	if e := NewEntry(run); len(e.Scenarios) != 0 {
		t.Errorf("%+v", e.Scenarios)
	}
}

func TestAppendKeepsTheLastThirty(t *testing.T) {
	var history []Entry
	for i := range 2*Window + 1 {
		run := recordtest.Run(1, recordtest.SSE10)
		run.Commit.SHA = fmt.Sprint(i)
		run.Plan.Fingerprint = fmt.Sprint(i % 2) // kept whatever it is
		before := append([]Entry{}, history...)
		longer := Append(history, run)
		if !reflect.DeepEqual(before, append([]Entry{}, history...)) {
			t.Fatal("the history that was handed in has changed")
		}
		history = longer
		if len(history) != min(i+1, Window) {
			t.Fatalf("%d entries after %d runs", len(history), i+1)
		}
		for j, e := range history {
			if want := fmt.Sprint(i - len(history) + 1 + j); e.SHA != want {
				t.Fatalf("entry %d of %d is %s, want %s", j, len(history), e.SHA, want)
			}
		}
	}
	if got := Append(history, recordtest.Run(0, recordtest.SSE10)); !reflect.DeepEqual(got, history) {
		t.Error("a run without values pushed another one out")
	}
	if got := Append(append(history, history...), recordtest.Run(0, recordtest.SSE10)); len(got) != Window {
		t.Errorf("%d entries of a history that was too long", len(got))
	}
}

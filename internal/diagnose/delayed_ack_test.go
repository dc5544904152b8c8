package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// late makes a share of the requests of a round later by a time, the slowest of them.
func late(share, by float64) fault {
	return func(s bench.Scenario, r *bench.Round) {
		d := slices.Clone(r.Distribution[s.Mode.Primary()])
		for i := summary.Levels - int(share*float64(summary.Levels)+0.5); i < summary.Levels; i++ {
			d[i] += by
		}
		r.Distribution[s.Mode.Primary()] = d
	}
}

// in restricts a fault to some scenarios.
func in(these func(bench.Scenario) bool, f fault) fault {
	return func(s bench.Scenario, r *bench.Round) {
		if these(s) {
			f(s, r)
		}
	}
}

func large(s bench.Scenario) bool  { return s.BodyBytes == 100<<10 }
func inJSON(s bench.Scenario) bool { return s.Mode == bench.JSON }
func isSSE(s bench.Scenario) bool  { return s.Mode == bench.SSE }
func alone(s bench.Scenario) bool  { return s.Concurrency == 1 }

// both are several faults of one gateway.
func both(all ...fault) fault {
	return func(s bench.Scenario, r *bench.Round) {
		for _, f := range all {
			f(s, r)
		}
	}
}

// TestDelayedACKInSomeAnswers: a stall that no median shows is in how long whole answers
// take; other waits, and work, are not it.
func TestDelayedACKInSomeAnswers(t *testing.T) {
	headLate := set(map[bench.Metric]func(float64) float64{
		bench.HeadersP50: plus(43e-3), bench.HeadersP95: plus(43e-3),
		bench.FirstByteP50: plus(43e-3), bench.FirstByteP95: plus(43e-3), bench.FirstEventP50: plus(43e-3), bench.FirstEventP95: plus(43e-3),
	})
	for name, c := range map[string]struct {
		fault  fault
		scenes int
	}{
		"large requests, four of ten":      {in(large, in(inJSON, late(0.4, 42e-3))), 3},
		"large requests, all":              {in(large, in(inJSON, both(late(1, 42e-3), headLate))), 3},
		"streams, half of them":            {in(isSSE, late(0.5, 43e-3)), 9},
		"streams, all, behind the head":    {in(isSSE, late(1, 43e-3)), 9},
		"one of a hundred":                 {late(0.03, 42e-3), 0},
		"all requests wait before they go": {both(late(1, 40e-3), headLate), 0},
		"they wait for 30 ms":              {in(large, late(0.5, 30e-3)), 0},
		"they wait for 70 ms":              {in(large, late(0.5, 70e-3)), 0},
		"and others by any time":           {in(large, both(late(0.6, 20e-3), late(0.25, 22e-3))), 0},
		"with many in flight alone":        {in(func(s bench.Scenario) bool { return !alone(s) }, late(0.5, 42e-3)), 0},
		"they compute":                     {in(large, both(late(0.5, 42e-3), perKB(func(kb float64) float64 { return 20e-3 / 100 * kb }))), 0},
	} {
		seen, scenes := "", 0
		for _, d := range Run(gateways(5, true, nil, c.fault)) {
			if d.Name == DelayedACK.Name {
				seen, scenes = d.Seen, len(d.Scenarios)
			}
		}
		if scenes != c.scenes {
			t.Errorf("%s: in %d scenarios, want %d: %s", name, scenes, c.scenes, seen)
		}
	}
}

// TestDelayedACKNewOnlyIfNew: in which scenarios it shows is chance.
func TestDelayedACKNewOnlyIfNew(t *testing.T) {
	streamsLate, answersLate := in(isSSE, late(0.5, 43e-3)), in(inJSON, in(large, late(0.5, 43e-3)))
	for name, c := range map[string]struct {
		base, head fault
		want       []bench.Change
	}{
		"in other streams":         {in(large, streamsLate), streamsLate, []bench.Change{bench.ChangeKept}},
		"in fewer streams":         {streamsLate, in(large, streamsLate), []bench.Change{bench.ChangeKept}},
		"seldom in the base":       {in(isSSE, late(0.1, 43e-3)), streamsLate, []bench.Change{bench.ChangeKept}},
		"in answers, too":          {streamsLate, both(streamsLate, answersLate), []bench.Change{bench.ChangeNew, bench.ChangeKept}},
		"no longer":                {streamsLate, nil, []bench.Change{bench.ChangeGone}},
		"no longer in the answers": {both(streamsLate, answersLate), streamsLate, []bench.Change{bench.ChangeKept, bench.ChangeGone}},
	} {
		var got []bench.Change
		for _, d := range Run(gateways(6, false, c.base, c.head)) {
			if d.Name == DelayedACK.Name {
				got = append(got, d.Change)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDelayedACKSaysHowMany(t *testing.T) {
	all := Run(gateways(7, true, nil, in(large, in(inJSON, late(0.4, 42e-3)))))
	if len(all) != 1 || !strings.Contains(all[0].Seen, "% of the answers are whole 42") {
		t.Errorf("%+v", all)
	}
}

package trial

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// result sums up; err is what ended the trial early.
func (e *execution) result(err error) Result {
	whole := disturbanceBetween(e.first, e.last, 0)
	disturbed := reinstate(e.rounds, e.void, e.schedule.Rounds-e.valid)
	rounds := summary.NewIndex(e.rounds)
	v := bench.Validity{
		Complete:   err == nil,
		Steal:      whole.steal,
		Foreign:    whole.foreign,
		VoidRounds: len(e.void) - len(disturbed),
		Throttled:  whole.stopped.Seconds(),
		Ceiling:    ceiling(rounds, e.schedule.Scenarios),
	}
	if err != nil {
		v.Incomplete = err.Error()
	}
	v.Warnings = slices.Concat(e.progressWarnings(err == nil, disturbed), figureWarnings(e.schedule, rounds))
	return Result{
		Rounds:   e.rounds,
		Validity: v,
		Restart:  e.restart,
		Done:     Count{Rounds: e.schedule.Done.Rounds + e.measured, Processes: e.processes},
		Warmth:   e.needs,
		Costs:    e.costs,

		Unmeasured: e.unmeasured, WarmUps: e.warmUps,
	}
}

// ceiling is the throughput of the mock without a gateway, by scenario.
func ceiling(rounds summary.Index, scenarios []bench.Scenario) map[string]float64 {
	all := make(map[string]float64)
	for _, s := range scenarios {
		if x, ok := rounds.Median(s.ID(), bench.Direct, bench.Throughput); ok {
			all[s.ID()] = x
		}
	}
	return all
}

// fewRounds is the fewest rounds whose range is a 95 % interval for their median:
// 1 − 2·½ⁿ reaches 95 % at six.
const fewRounds = 6

// progressWarnings says in what the trial differs from its schedule.
func (e *execution) progressWarnings(complete bool, disturbed []voided) []string {
	var all []string
	counted := e.valid + len(disturbed)
	if void := len(e.void) - len(disturbed); void > 0 {
		all = append(all, fmt.Sprintf("void rounds: %d of %d, the last for: %s", void, e.measured, e.lastVoid()))
	}
	if n := len(disturbed); n > 0 {
		all = append(all, fmt.Sprintf("disturbed rounds: %d of %d count although the machine was busy with something else, the worst of them: %s",
			n, counted, disturbed[n-1].reason))
	}
	unit := e.schedule.unit()
	if got, planned := e.units(counted), e.units(e.schedule.Rounds); complete && got < planned && e.measured < e.mostRounds() {
		all = append(all, fmt.Sprintf("time budget: %s had room for %d of %d %ss", e.schedule.Budget.Round(100*time.Millisecond), got, planned, unit))
	}
	if n := e.units(counted); n < fewRounds && !e.schedule.Step {
		all = append(all, fmt.Sprintf("few %ss: %d; fewer than %d do not show how much they differ", unit, n, fewRounds))
	}
	if n := len(e.skipped); n > 0 && !e.schedule.Scout {
		all = append(all, fmt.Sprintf("time budget: rounds ended before they had measured %s", e.schedule.where(func(s bench.Scenario) bool { return e.skipped[s] > 0 })))
	}
	all = append(all, e.warmUpWarnings()...)
	if e.restart > 1 && !e.schedule.Step {
		all = append(all, fmt.Sprintf("slow start: the gateway took up to %s to start, so %d processes served %d rounds",
			e.longestReady.Round(time.Millisecond), e.processes-e.schedule.Done.Processes, e.measured))
	}
	return all
}

// warmUpWarnings says which gateways had not settled when they were measured.
func (e *execution) warmUpWarnings() []string {
	var all []string
	for _, arm := range e.schedule.gateways() {
		var restless []bench.WarmUp
		of := 0
		for _, w := range e.warmUps {
			if w.Arm != arm {
				continue
			}
			if of++; !w.Settled && w.Last > 0 {
				restless = append(restless, w)
			}
		}
		if n := len(restless); n > 0 {
			w := restless[n-1]
			all = append(all, fmt.Sprintf("not warm: %s may have become faster while it was measured: it had not settled in %d of %d warm-ups; the last one took %.1f s and %d requests",
				arm, n, of, w.Seconds, w.Requests))
		}
	}
	return all
}

func (e *execution) lastVoid() string {
	for _, r := range slices.Backward(e.rounds) {
		if r.Void != "" {
			return r.Void
		}
	}
	return ""
}

// clientBoundShare is the busy share of its CPU above which the client is the limit.
const clientBoundShare = 0.90

// figureWarnings says which figures of gateways are the client's. On the direct
// path the client is meant to be the limit.
func figureWarnings(p Schedule, rounds summary.Index) []string {
	var all []string
	for _, arm := range p.gateways() {
		if client := p.where(func(s bench.Scenario) bool {
			share, _ := rounds.Median(s.ID(), arm, bench.ClientCPUShare)
			return share > clientBoundShare
		}); client != "" {
			all = append(all, fmt.Sprintf("client-bound: the client's CPU was busy more than %.0f %% of the time with %s, so part of its latency is the client's: %s",
				100*clientBoundShare, arm, client))
		}
	}
	return all
}

// where lists the scenarios for which is holds, in the order of the schedule. It
// counts those beyond a few, so that a warning fits a line.
func (p Schedule) where(is func(bench.Scenario) bool) string {
	const named = 4
	var ids []string
	for _, s := range p.Scenarios {
		if is(s) {
			ids = append(ids, s.ID())
		}
	}
	if len(ids) > named {
		return fmt.Sprintf("%s and %d more of %d scenarios", strings.Join(ids[:named-1], ", "), len(ids)-named+1, len(p.Scenarios))
	}
	return strings.Join(ids, ", ")
}

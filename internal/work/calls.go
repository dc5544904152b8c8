package work

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// kind is system calls that do the same.
type kind struct {
	name  string
	look  string
	calls []string
}

// kinds are what a program decides to do and hardly any does for each request: more of
// them by a whole number is a change of what it does. Reads and writes come in pieces
// as they come, and waiting and waking are the scheduler's.
var kinds = []kind{
	{"connects", "a client or pool that is made anew for each request; keep-alive", []string{"connect"}},
	{"opens", "a configuration, certificate or log that is read or opened for each request", []string{"open", "openat", "openat2", "creat"}},
	{"fsyncs", "a log or database that is made durable with each request", []string{"fsync", "fdatasync", "msync", "sync_file_range"}},
	{"spawns", "a thread or process that is started for each request", []string{"fork", "vfork", "clone", "clone3"}},
}

const (
	// wholeBy is how far from a whole number a change by one for each request may be.
	wholeBy = 0.1
	// notedCalls is how many more or fewer other calls of a request are noted.
	notedCalls = 0.9
)

// calls are what changed in the system calls of a scenario.
func (c cell) calls() (changes []bench.WorkChange) {
	if len(c.pairs) == 0 {
		return nil
	}
	special := map[string]bool{}
	for _, k := range kinds {
		for _, name := range k.calls {
			special[name] = true
		}
		if change, ok := c.kind(k); ok {
			changes = append(changes, change)
		}
	}
	names := map[string]bool{}
	for _, p := range c.pairs {
		for _, calls := range []map[string]float64{p.base.SystemCalls, p.head.SystemCalls} {
			for name := range calls {
				names[name] = !special[name] && !bench.Waits(name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if change, ok := c.call(name); ok && names[name] {
			changes = append(changes, change)
		}
	}
	return changes
}

// of is how often the calls of a kind are made for a request.
func (k kind) of(calls map[string]float64) (n float64) {
	for _, name := range k.calls {
		n += calls[name]
	}
	return n
}

// kind is the change of calls that hardly any gateway makes for each request.
func (c cell) kind(k kind) (change bench.WorkChange, ok bool) {
	more := math.Inf(1)
	change = bench.WorkChange{Scenario: c.scenario, What: k.name, Pairs: len(c.pairs), Outcome: bench.Pass, Look: k.look}
	for _, p := range c.pairs {
		base, head := k.of(p.base.SystemCalls), k.of(p.head.SystemCalls)
		by := head - base
		if math.Round(by) == 0 || math.Abs(by-math.Round(by)) > wholeBy {
			return change, false
		}
		more = min(more, by)
		change.Base += base / float64(len(c.pairs))
		change.Head += head / float64(len(c.pairs))
	}
	change.Text = fmt.Sprintf("%s of a request: %s → %s", k.name, figures.Digits(change.Base), figures.Digits(change.Head))
	if more < 1-wholeBy {
		return change, true // fewer
	}
	if len(c.pairs) >= leastPairs {
		change.Outcome = bench.Regression
	} else {
		change.Text += undecided
	}
	return change, true
}

// call is the change of a call that decides nothing.
func (c cell) call(name string) (change bench.WorkChange, ok bool) {
	change = bench.WorkChange{Scenario: c.scenario, What: name, Pairs: len(c.pairs), Outcome: bench.Pass}
	for _, p := range c.pairs {
		base, head := p.base.SystemCalls[name], p.head.SystemCalls[name]
		if math.Abs(head-base) < notedCalls {
			return change, false
		}
		change.Base += base / float64(len(c.pairs))
		change.Head += head / float64(len(c.pairs))
	}
	change.Text = fmt.Sprintf("calls of %s of a request: %s → %s", name, figures.Digits(change.Base), figures.Digits(change.Head))
	return change, true
}

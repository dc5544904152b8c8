// Package count counts what a request costs a gateway: instructions, allocations and
// system calls. Time on a shared machine is noisy, and work is not.
//
// A gateway is started once under strace, for its system calls, and once under
// Valgrind's tool callgrind, for instructions and what is called; never under both. It
// serves one request at a time, on one connection. Counts are those of batches of
// requests, without what the gateway does when nothing is asked. Gateways are counted
// side by side, since it does not matter how long anything takes.
//
// The package must know nothing of configurations, verdicts and reports. What it cannot
// count is said in one line, and is no error.
package count

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
)

// Subject is a gateway to count.
type Subject struct {
	Arm bench.Arm
	// Spec says how it is started, each time with a scratch directory of its own, beside
	// which there is room for one of ours.
	Spec func() (gateway.Spec, error)
	// Client says how requests are sent.
	Client load.Options
}

// Cell is a scenario with one request in flight, and its requests.
type Cell struct {
	Scenario bench.Scenario
	Jobs     []*load.Job
}

// Plan is what is counted. The zero value of a number means the usual one.
type Plan struct {
	Process int // the number of the processes, from 1
	Cells   []Cell

	WarmUp   int // requests of a cell before the first that counts, as time allows
	Requests int // of a batch, as time allows
	Batches  int // at least, of each cell
	Most     int // batches of a cell whose counts differ
	// Idle is how long the gateway is left alone, to see what it does then.
	Idle time.Duration

	Start  time.Duration // how long a gateway may take to be ready
	Within time.Duration // how long all of it may take

	Tools Tools
	// Say is told what is done. It may be nil, and is called from several goroutines.
	Say func(format string, args ...any)
}

// The usual numbers.
const (
	usualWarmUp   = 30
	usualRequests = 20
	usualBatches  = 5
	usualMost     = 15
	usualIdle     = time.Second
	usualStart    = 60 * time.Second
	usualWithin   = 3 * time.Minute
)

func (p Plan) withDefaults() Plan {
	number := func(n *int, usual int) {
		if *n <= 0 {
			*n = usual
		}
	}
	number(&p.Process, 1)
	number(&p.WarmUp, usualWarmUp)
	number(&p.Requests, usualRequests)
	number(&p.Batches, usualBatches)
	number(&p.Most, max(usualMost, p.Batches))
	length := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	length(&p.Idle, usualIdle)
	length(&p.Start, usualStart)
	length(&p.Within, usualWithin)
	if p.Say == nil {
		p.Say = func(string, ...any) {}
	}
	return p
}

// callsShare is the part of the time that system calls may take: under strace a gateway
// is nearly as fast as alone.
const callsShare = 1.0 / 3

var errOver = errors.New("the time for counting was over")

// Gateways counts what a request of each cell costs each subject. Gateways that cannot
// be counted, for whatever reason, are in the result with the reason. An error means that
// ctx was cancelled, or that this machine failed.
func Gateways(ctx context.Context, subjects []Subject, p Plan) ([]bench.Work, bench.Counting, error) {
	p = p.withDefaults()
	whole := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, p.Within, errOver)
	defer cancel()
	counting := p.Tools.conditions()
	counted := make([]*subject, len(subjects))
	for i, s := range subjects {
		counted[i] = newSubject(s, p)
	}
	calls, cancelCalls := context.WithTimeoutCause(ctx, time.Duration(callsShare*float64(p.Within)), errOver)
	each(counted, func(s *subject) { s.systemCalls(calls) })
	cancelCalls()
	each(counted, func(s *subject) { s.instructions(ctx) })

	var work []bench.Work
	failed := []error{context.Cause(whole)}
	for _, s := range counted {
		work = append(work, s.work...)
		failed = append(failed, s.failed)
	}
	i := slices.IndexFunc(work, func(w bench.Work) bool { return len(w.Instructions) > 0 })
	if i >= 0 {
		counting.Settings = counted[i/len(p.Cells)].settings
	}
	return work, counting, errors.Join(failed...)
}

// each calls f for all side by side.
func each(all []*subject, f func(*subject)) {
	var running sync.WaitGroup
	for _, s := range all {
		running.Go(func() { f(s) })
	}
	running.Wait()
}

// subject is a gateway that is counted, and what is known of it so far.
type subject struct {
	Subject
	plan        Plan
	work        []bench.Work // in the order of the cells
	interpreter string       // that its program runs in; empty for a compiled one
	settings    map[string]string
	failed      error // not its own
}

func newSubject(s Subject, p Plan) *subject {
	c := &subject{Subject: s, plan: p}
	for _, cell := range p.Cells {
		c.work = append(c.work, bench.Work{Arm: s.Arm, Process: p.Process, Scenario: cell.Scenario.ID()})
	}
	c.Client.Timeout = max(c.Client.Timeout, requestTimeout)
	return c
}

// requestTimeout is what a request may take under the tools.
const requestTimeout = 30 * time.Second

// uncounted notes why something of a cell, or of all cells, could not be counted.
func (s *subject) uncounted(cells []int, what, why string) {
	for _, i := range cells {
		w := &s.work[i]
		if w.Uncounted != "" {
			w.Uncounted += "; "
		}
		w.Uncounted += what + ": " + why
	}
}

// all are the indices of all cells.
func (s *subject) all() []int {
	all := make([]int, len(s.work))
	for i := range all {
		all[i] = i
	}
	return all
}

// reason is an error in one line.
func reason(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return context.Cause(ctx).Error()
	}
	var g *gateway.Error
	if errors.As(err, &g) {
		text := fmt.Sprintf("gateway %s: %s", g.Step, g.Reason)
		if n := len(g.Output); n > 0 {
			text += ": " + g.Output[n-1]
		}
		if told := known(g.Output); told != "" {
			text = told
		}
		err = errors.New(text)
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// outputs are what Valgrind prints where it cannot run a program, and what that means.
var outputs = []struct{ printed, means string }{
	{"unhandled instruction bytes", "this Valgrind does not know an instruction that the gateway uses, such as those of AVX-512"},
	{"unhandled amd64-linux syscall", "this Valgrind does not know a system call that the gateway makes"},
	{"failed to start tool 'callgrind'", "Valgrind has no callgrind for this machine: install it anew"},
	{"current file descriptor limit", "the limit of open files is too high for Valgrind"},
	{"report this bug to: www.valgrind.org", "Valgrind itself failed, as it can where the gateway interrupts itself often by a timer"},
	{"Valgrind's memory management: out of memory", "the gateway has more memory mapped than Valgrind can manage"},
}

// known is what is known of an output; empty if nothing is.
func known(lines []string) string {
	for _, o := range outputs {
		if slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, o.printed) }) {
			return o.means
		}
	}
	return ""
}

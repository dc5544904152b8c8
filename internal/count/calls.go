package count

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/count/strace"
	"github.com/org/proxy-bench-action/internal/gateway"
)

// systemCalls counts those of all cells by name.
func (s *subject) systemCalls(ctx context.Context) {
	const what = "system calls"
	if why := s.plan.Tools.NoCalls; why != "" {
		s.uncounted(s.all(), what, why)
		return
	}
	s.plan.Say("%s: counting system calls", s.Arm)
	t := &tracer{}
	r, err := s.start(ctx, func(spec *gateway.Spec, dir string) {
		fix(spec)
		t.path = filepath.Join(dir, "calls")
		spec.Line = s.plan.Tools.underStrace(spec.Line, t.path)
	})
	t.run = r
	defer r.close(ctx)
	if err != nil && t.refused() {
		err = errors.New("ptrace is not allowed here, by which strace follows a process")
	}
	if err == nil {
		s.interpreter = interpreterOf(r.process.Programs())
		err = t.begin(ctx)
		for i := 0; i < len(s.work) && err == nil; i++ {
			if err = t.cell(ctx, i); err != nil {
				s.uncounted([]int{i}, what, reason(ctx, err))
				if ctx.Err() != nil || !r.process.Alive() {
					s.uncounted(s.all()[i+1:], what, reason(ctx, err))
					return
				}
				err = nil
			}
		}
	}
	if err != nil {
		s.uncounted(s.all(), what, reason(ctx, err))
	}
}

// tracer counts one gateway under strace.
type tracer struct {
	*run
	path   string // of what strace prints
	offset int64  // up to which it was read
	last   time.Time
	idle   map[string]float64 // calls in a second in which nothing is asked
}

const (
	// quiet is how long strace has printed nothing when it has printed everything.
	quiet = 40 * time.Millisecond
	// quietMost bounds the wait for that: a gateway may never be quiet.
	quietMost = 500 * time.Millisecond
	// mostPrinted bounds what is read for one batch.
	mostPrinted = 256 << 20
)

var forbidden = regexp.MustCompile(`(?m)^\S*strace: .*: Operation not permitted$`)

// refused says whether strace printed, where it prints calls, that it may not follow a
// process. It then ends before the gateway begins.
func (t *tracer) refused() bool {
	file, err := t.open()
	if err != nil {
		return false // nothing was started
	}
	defer file.Close()
	text, _ := io.ReadAll(io.LimitReader(file, 4096))
	return forbidden.Match(text)
}

func (t *tracer) open() (*os.File, error) {
	fd, err := unix.Open(t.path, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open what strace printed: %w", err)
	}
	return os.NewFile(uintptr(fd), t.path), nil
}

// take counts the calls since it was last called.
func (t *tracer) take(ctx context.Context) (calls map[string]int, seconds float64, err error) {
	end, err := t.settled(ctx)
	if err != nil {
		return nil, 0, err
	}
	file, err := t.open()
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	if end < t.offset || end-t.offset > mostPrinted {
		return nil, 0, fmt.Errorf("strace printed %d bytes and then %d", t.offset, end)
	}
	if calls, err = strace.Calls(io.NewSectionReader(file, t.offset, end-t.offset)); err != nil {
		err = fmt.Errorf("what strace printed: %w; does the gateway write into it?", err)
	}
	before := t.last
	t.offset, t.last = end, time.Now()
	return calls, t.last.Sub(before).Seconds(), err
}

// settled is the size of what strace has printed, once it prints no more.
func (t *tracer) settled(ctx context.Context) (int64, error) {
	size := func() (int64, error) {
		info, err := os.Lstat(t.path)
		switch {
		case err != nil:
			return 0, err
		case !info.Mode().IsRegular():
			return 0, errors.New("what strace prints to is no file any more")
		}
		return info.Size(), nil
	}
	before, err := size()
	for waited := time.Duration(0); err == nil && waited < quietMost; waited += quiet {
		if err = pause(ctx, quiet); err != nil {
			break
		}
		var now int64
		if now, err = size(); now == before {
			break
		}
		before = now
	}
	return before, err
}

// begin warms the gateway up, and counts what it does when nothing is asked.
func (t *tracer) begin(ctx context.Context) error {
	if len(t.plan.Cells) == 0 {
		return errors.New("there is no scenario to count")
	}
	if err := t.send(ctx, t.plan.Cells[0].Jobs, t.plan.WarmUp); err != nil {
		return err
	}
	if _, _, err := t.take(ctx); err != nil {
		return err
	}
	if err := pause(ctx, t.plan.Idle); err != nil {
		return err
	}
	calls, seconds, err := t.take(ctx)
	t.idle = map[string]float64{}
	for name, n := range calls {
		t.idle[name] = float64(n) / seconds
	}
	return err
}

// cell counts a cell in batches.
func (t *tracer) cell(ctx context.Context, i int) error {
	cell := t.plan.Cells[i]
	if err := t.send(ctx, cell.Jobs, t.plan.WarmUp); err != nil {
		return err
	}
	if _, _, err := t.take(ctx); err != nil {
		return err
	}
	var batches []map[string]float64
	for range t.plan.Batches {
		if err := t.send(ctx, cell.Jobs, t.plan.Requests); err != nil {
			return err
		}
		calls, seconds, err := t.take(ctx)
		if err != nil {
			return err
		}
		if len(calls) == 0 {
			return fmt.Errorf("none were counted in a batch of %d requests: something else than the start line's processes serves them", t.plan.Requests)
		}
		batch := map[string]float64{}
		for name, n := range calls {
			batch[name] = max(0, float64(n)-t.idle[name]*seconds) / float64(t.plan.Requests)
		}
		batches = append(batches, batch)
	}
	t.work[i].SystemCalls = medians(batches)
	return nil
}

var (
	// interpreters run programs that they read or translate while they run.
	interpreters = regexp.MustCompile(`^(python[0-9.]*|pypy[0-9.]*|node|nodejs|bun|deno|ruby|java|php[0-9.]*|beam\.smp|dotnet)$`)
	// around are what start lines put around a program.
	around = regexp.MustCompile(`^-?(sh|dash|bash|strace)$`)
)

// interpreterOf is the interpreter that all programs of a gateway run in; empty if one of
// them is a program of its own.
func interpreterOf(programs []string) string {
	own := slices.DeleteFunc(slices.Clone(programs), around.MatchString)
	if len(own) == 0 || slices.ContainsFunc(own, func(p string) bool { return !interpreters.MatchString(p) }) {
		return ""
	}
	return own[0]
}

package count

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
)

// run is one process of a gateway under a tool.
type run struct {
	*subject
	process *gateway.Process
	client  *load.Client
	dir     string // of the tool's files; the gateway's user may write into it
}

// start starts the gateway on the line that under makes of its own and our directory.
// What it returns is to be closed, with an error as well.
func (s *subject) start(ctx context.Context, under func(spec *gateway.Spec, dir string)) (r *run, err error) {
	r = &run{subject: s}
	spec, err := s.Spec()
	if err != nil {
		s.failed = err
		return r, err
	}
	if r.dir, err = scratch(spec); err != nil {
		s.failed = err
		return r, err
	}
	under(&spec, r.dir)
	spec.Ready.Timeout = s.plan.Start // its own may be too short under a tool, or too long to wait
	if r.process, err = gateway.Start(ctx, spec); err != nil {
		return r, err
	}
	r.client, err = load.New(r.process.Addr, s.Client)
	return r, err
}

// scratch makes a directory beside that of the gateway, for its user.
func scratch(spec gateway.Spec) (string, error) {
	dir, err := os.MkdirTemp(filepath.Dir(spec.ScratchDir), "count-")
	if err == nil && spec.User != nil {
		err = os.Chown(dir, spec.User.UID, spec.User.GID)
	}
	return dir, err
}

// close ends the gateway, with all that the tool has left.
func (r *run) close(ctx context.Context) {
	var failed []error
	if r.client != nil {
		failed = append(failed, r.client.Close())
	}
	if r.process != nil {
		// A context that has ended must not cut the gateway's time to stop short.
		failed = append(failed, r.process.Stop(context.WithoutCancel(ctx)))
	}
	if r.dir != "" {
		failed = append(failed, os.RemoveAll(r.dir))
	}
	r.failed = errors.Join(append(failed, r.failed)...)
}

// settling is how long what a gateway does after its last answer may take: a log line,
// the end of a task.
const settling = 30 * time.Millisecond

// send sends requests, one after the other. An error says why not all were answered
// rightly.
func (r *run) send(ctx context.Context, jobs []*load.Job, n int) error {
	if n <= 0 {
		return nil
	}
	slice, err := r.client.Slice(ctx, jobs, load.Burst{Concurrency: 1, MinRequests: n})
	if err != nil {
		return err
	}
	if wrong := slices.Sorted(maps.Keys(slice.Errors)); len(wrong) > 0 {
		if dead := r.died(wrong); dead != nil {
			return dead
		}
		lost := 0
		for _, class := range wrong {
			lost += slice.Errors[class]
		}
		return fmt.Errorf("%d of %d requests failed: %s", lost, n, slice.FirstError)
	}
	return pause(ctx, settling)
}

// deathNotice is how long after a failed request it is known that the gateway has died.
const deathNotice = time.Second

// died is the gateway's own error if it has died, which some failures may come from.
func (r *run) died(failures []bench.ErrorClass) error {
	if slices.ContainsFunc(failures, func(c bench.ErrorClass) bool {
		return c == bench.ErrConnect || c == bench.ErrStale || c == bench.ErrTruncated
	}) {
		select {
		case <-r.process.Done():
		case <-time.After(deathNotice):
		}
	}
	return r.process.Err()
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

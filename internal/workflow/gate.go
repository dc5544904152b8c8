package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/workspace"
)

// measurement is what a step needs of a [session.Session].
type measurement interface {
	Gate(context.Context, session.BaseSources) (session.Result, error)
	Prepare(ctx context.Context, from session.BaseSources, dir string) (prepared.Prepared, error)
	Close() error
}

// workplace is where code that is not trusted is built and measured, and where the
// commits of the step are read: a [sandbox.Sandbox].
type workplace interface {
	repositories
	// Open opens the measurement, with which the workplace goes.
	Open(context.Context, session.Options) (measurement, error)
	Close() error
}

// isolator makes a workplace. What a build downloads and compiles goes to the directory
// cache.
type isolator func(w host.World, cache string) (workplace, error)

type isolated struct{ *sandbox.Sandbox }

func isolate(w host.World, cache string) (workplace, error) {
	box, err := sandbox.Isolate(w, cache)
	if err != nil {
		return nil, err
	}
	return isolated{box}, nil
}

// Open implements workplace.
func (i isolated) Open(ctx context.Context, o session.Options) (measurement, error) {
	o.Sandbox = i.Sandbox
	m, err := session.Open(ctx, o) // which closes the sandbox with an error
	if err != nil {
		return nil, err
	}
	return m, nil
}

// answerTime bounds what is said after the measurement; cancelledTime, after a
// cancellation: the runner kills us 10 s after it has asked us to stop.
const answerTime, cancelledTime = 10 * time.Minute, 7 * time.Second

// gated is what a gate has come to, with the configuration that it had.
type gated struct {
	session.Result
	config config.Config
	log    session.Log
	said   []string // for the report
	// handed says that head was built by another job; merged, that it was measured by
	// others. gateway is the archive with it then, empty for none.
	handed, merged bool
	gateway        string
}

// gate does what the job's part of a gate is: all of it, or one of what several jobs do.
func (s *step) gate(ctx context.Context) error {
	t, err := s.target(ctx)
	if none, ok := errors.AsType[nothingToDo](err); ok {
		s.runner.Notice(none.Error())
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case s.inputs.sharded():
		return s.shard(ctx, t)
	case s.inputs.prepare:
		return s.prepare(ctx, t)
	case s.inputs.merge:
		return s.merge(ctx, t)
	}
	return s.whole(ctx, t)
}

// whole measures, decides and answers.
func (s *step) whole(ctx context.Context, t target) error {
	withdrawn := s.withdraw(ctx)
	g, m, err := s.measure(ctx, &t)
	if withdrawn != "" {
		g.said = append(g.said, withdrawn)
	}
	if m != nil {
		// First everything is given back: what is answered needs the room on the disk that
		// the gateway has used, and nothing of it runs meanwhile.
		if left := m.Close(); left != nil {
			s.warn("%v", left)
		}
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	return s.answer(ctx, t, g, err)
}

// afterwards is the time for what follows a measurement, cancelled or not.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := answerTime
	if ctx.Err() != nil {
		limit = cancelledTime
	}
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}

// measure gates the target. The measurement is nil if it could not be opened.
func (s *step) measure(ctx context.Context, t *target) (g gated, m measurement, err error) {
	g, in, fetched, err := s.ready(ctx, t)
	if err != nil {
		return g, nil, err
	}
	handed, err := s.handed(ctx, in)
	if err != nil {
		return g, nil, errors.Join(err, in.Close())
	}
	if g.handed = handed != nil; g.handed {
		g.config.Gateway.Build = ""
	}
	if m, err = in.Open(ctx, session.Options{Config: g.config, Log: g.log, Now: s.world.Now}); err != nil {
		return g, nil, err
	}
	var from session.BaseSources
	if g.handed {
		from = s.handedSources(*handed, t)
	} else {
		from = s.sources(ctx, t, in.Scratch(), g.log)
		from.Repository = fetched[t.base]
	}
	if s.inputs.sharded() { // each attempt is a shard of its own
		from.RunID, from.Attempts.Number = s.world.Getenv("GITHUB_RUN_ID"), s.attempt()
	} else {
		if note := s.neverLeft(ctx, *t); note != "" {
			g.said = append(g.said, note)
		}
		from.Attempts = s.attempts(ctx, *t, in.Scratch())
	}
	g.Result, err = m.Gate(ctx, from)
	return g, m, err
}

// ready reads the settings, and finds out what is checked out and what that is compared
// with. With an error there is no workplace to be closed.
func (s *step) ready(ctx context.Context, t *target) (g gated, in workplace, fetched map[string]string, err error) {
	log := &stepLog{Lines: session.Lines{W: s.world.Stderr}, runner: s.runner}
	g.log = log
	file, err := s.enter()
	if err != nil {
		return g, nil, nil, host.Usage(err)
	}
	if g.config, err = session.ParseConfig(s.purpose(), s.configName(), file, s.inputs.settings); err != nil {
		return g, nil, nil, err
	}
	if in, err = s.isolate(s.world, s.inputs.cache); err != nil {
		return g, nil, nil, err
	}
	t.gateway = s.identity(directoryOf(ctx, in))
	if err := s.settle(ctx, t, in, log); err != nil {
		return g, nil, nil, errors.Join(err, in.Close())
	}
	if fetched, err = s.fetch(ctx, *t, in); err != nil {
		log.Say("%v", err)
	}
	s.byTheBase(ctx, &g, *t, in, fetched[t.judge])
	if t.leavesBaseline {
		g.config.Gate.FailOn = nil
		g.config.Measure.Same = true // a baseline holds figures
	}
	return g, in, fetched, nil
}

// purpose is what the configuration is read for: who merges starts no gateway.
func (s *step) purpose() config.Purpose {
	if s.inputs.merge {
		return config.ForDeciding
	}
	return config.ForGating
}

// configName is where the configuration is, relative to the working directory.
func (s *step) configName() string { return cmp.Or(s.inputs.config, session.DefaultConfig) }

// enter changes to the working directory and reads the configuration there, which is nil
// where none is named and none is there.
func (s *step) enter() (file []byte, err error) {
	if dir := s.inputs.directory; dir != "" {
		f, err := workspace.Open(dir, unix.O_DIRECTORY)
		if err == nil {
			err = errors.Join(f.Chdir(), f.Close())
		}
		if err != nil {
			return nil, fmt.Errorf("input working-directory: %w", err)
		}
	}
	file, err = workspace.Read(s.configName(), config.Limit)
	if err != nil && (s.inputs.config != "" || !errors.Is(err, fs.ErrNotExist)) {
		return nil, fmt.Errorf("input config: %w", err)
	}
	if err != nil {
		for _, other := range config.Misnamed {
			if _, err := os.Lstat(other); err == nil {
				return nil, fmt.Errorf("%s is not read: rename it to %s, or set the input config: %s", other, session.DefaultConfig, other)
			}
		}
	}
	return file, nil
}

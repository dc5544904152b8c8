package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
)

// measurement is what a step needs of a [session.Session].
type measurement interface {
	Gate(context.Context, session.BaseSources) (session.Result, error)
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
}

// gate measures, decides and answers.
func (s *step) gate(ctx context.Context) error {
	t, err := s.target(ctx)
	if none, ok := errors.AsType[nothingToDo](err); ok {
		s.runner.Notice(none.Error())
		return nil
	}
	if err != nil {
		return err
	}
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
	limit := answerTime
	if ctx.Err() != nil {
		limit = cancelledTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	return s.answer(ctx, t, g, err)
}

// measure gates the target. The measurement is nil if it could not be opened.
func (s *step) measure(ctx context.Context, t *target) (g gated, m measurement, err error) {
	log := &stepLog{Lines: session.Lines{W: s.world.Stderr}, runner: s.runner}
	g.log = log
	file, err := s.enter()
	if err != nil {
		return g, nil, host.Usage(err)
	}
	if g.config, err = session.ParseConfig(config.ForGating, s.configName(), file, s.inputs.settings); err != nil {
		return g, nil, err
	}
	in, err := s.isolate(s.world, s.inputs.cache)
	if err != nil {
		return g, nil, err
	}
	t.gateway = s.identity(directoryOf(ctx, in))
	if err := s.settle(ctx, t, in, log); err != nil {
		return g, nil, errors.Join(err, in.Close())
	}
	fetched, err := s.fetch(ctx, *t, in)
	if err != nil {
		log.Say("%v", err)
	}
	s.byTheBase(ctx, &g, *t, in, fetched[t.judge])
	if t.leavesBaseline {
		g.config.Gate.FailOn = nil
		g.config.Measure.Same = true // a baseline holds figures
	}
	if m, err = in.Open(ctx, session.Options{Config: g.config, Log: log, Now: s.world.Now}); err != nil {
		return g, nil, err
	}
	from := s.sources(ctx, t, in.Scratch(), log)
	if note := s.neverLeft(ctx, *t); note != "" {
		g.said = append(g.said, note)
	}
	from.Repository = fetched[t.base]
	from.Attempts = s.attempts(ctx, *t, in.Scratch())
	g.Result, err = m.Gate(ctx, from)
	return g, m, err
}

// configName is where the configuration is, relative to the working directory.
func (s *step) configName() string { return cmp.Or(s.inputs.config, session.DefaultConfig) }

// enter changes to the working directory and reads the configuration there, which is nil
// where none is named and none is there.
func (s *step) enter() (file []byte, err error) {
	if dir := s.inputs.directory; dir != "" {
		f, err := openInside(dir, unix.O_DIRECTORY)
		if err == nil {
			err = errors.Join(f.Chdir(), f.Close())
		}
		if err != nil {
			return nil, fmt.Errorf("input working-directory: %w", err)
		}
	}
	file, err = readInside(s.configName())
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

// openInside opens a path of the current directory for reading. A pull request could bring
// a link that leads out of it, where errors would quote a file of the runner's to anyone.
// It does not wait for the other end of a pipe.
func openInside(path string, flag int) (*os.File, error) {
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|flag, 0)
}

// readInside reads a file below the current directory, and no more of it than counts.
// Pipes and devices, which may have no end, are no files.
func readInside(path string) ([]byte, error) {
	f, err := openInside(path, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file (%v)", path, info.Mode())
	}
	return io.ReadAll(io.LimitReader(f, config.Limit+1))
}

package session

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/requests"
	"github.com/org/proxy-bench-action/internal/sandbox"
)

// side is one gateway: how it is run and from where.
type side struct {
	bench.Recipe
	dir string // working directory of its lines; empty is ours
}

// Options of a session.
type Options struct {
	Config  config.Config    // of the suite and of head's gateway
	Sandbox *sandbox.Sandbox // where gateways are built and run; the session closes it
	Log     Log
	Now     func() time.Time
	// LogDir is the directory for the output of builds and gateways. Empty: it goes
	// with the sandbox.
	LogDir string
	// BuildOutput also gets the output of builds. It may be nil.
	BuildOutput io.Writer
}

// Session is one measurement: the mock, and what it takes to build and drive
// gateways in front of it. Close it.
type Session struct {
	Options
	self  string // our own executable
	mock  *mockllm.Process
	jobs  *requests.Requests
	sides map[bench.Arm]side
	// alone sees that a base from a bundle runs by itself; nil: it is none.
	alone func(*gateway.Process) error
	// output is the end of what the last head printed.
	output []string
	// bound is how long a gateway may answer wrongly, whatever it answers; 0: no bound.
	bound time.Duration
	// patience with each arm, through all stages
	patience map[bench.Arm]*load.Patience
	part     *bench.Shard // that this is; nil: it is a whole gate
	waiting  sync.Mutex   // for the log, of gateways that start side by side
	// rewrites are what the gateways did to right answers so far.
	rewrites []bench.Rewrite
	// exchanges are those made with the gateways so far.
	exchanges []exchange.Exchange
	looks     []time.Duration // how long those with each process pair took
	// work is what requests cost, as far as it was counted, and counting by what.
	work      []bench.Work
	counting  *bench.Counting
	countedIn time.Duration
}

// Open starts the mock. With an error the sandbox is closed.
func Open(ctx context.Context, o Options) (*Session, error) {
	s, err := open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, o.Sandbox.Close())
	}
	return s, nil
}

func open(ctx context.Context, o Options) (*Session, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	work, err := requests.New(o.Config)
	if err != nil {
		return nil, err
	}
	mock, err := mockllm.Start(ctx, []string{self, mockCommand}, mockSettings(o.Config, work))
	if err != nil {
		return nil, err
	}
	return &Session{Options: o, self: self, mock: mock, jobs: work, sides: map[bench.Arm]side{}, patience: map[bench.Arm]*load.Patience{}}, nil
}

// Close ends the mock and the sandbox.
func (s *Session) Close() error { return errors.Join(s.mock.Stop(), s.Sandbox.Close()) }

// MockSettings are those of a mock that answers as the configuration has it.
func MockSettings(c config.Config) (mockllm.Settings, error) {
	work, err := requests.New(c)
	if err != nil {
		return mockllm.Settings{}, err
	}
	return mockSettings(c, work), nil
}

func mockSettings(c config.Config, work *requests.Requests) mockllm.Settings {
	return mockllm.Settings{
		API: c.Request.API, Shape: c.Mock.Shape,
		Latency: c.Mock.Latency, FirstEvent: c.Mock.FirstEvent, ChunkInterval: c.Mock.ChunkInterval,
		Seed: c.Mock.Seed, Answers: work.Answers, MarkWithin: work.MarkWithin(),
	}
}

// arms lists direct and the gateways, in the order of a report.
func (s *Session) arms() []bench.Arm {
	if _, ok := s.sides[bench.Base]; ok {
		return []bench.Arm{bench.Direct, bench.Base, bench.Head}
	}
	return []bench.Arm{bench.Direct, bench.Head}
}

// newRig makes ready to start the gateways.
func (s *Session) newRig() *rig {
	return &rig{
		session: s,
		running: map[bench.Arm]*gateway.Process{},
		stopped: map[bench.Arm]*gateway.Process{},
		clients: map[bench.Arm]*load.Client{},

		patience: map[bench.Arm]*load.Patience{},
	}
}

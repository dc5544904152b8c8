package mockllm

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// inputBytes is how much is read at once: a body of 100 KB in one call.
const inputBytes = 256 << 10

// Tokens of the poller. Those of the connections begin at firstConn.
const (
	listenerToken int32 = iota
	innerToken
	stopToken
	firstConn
)

// server is the loop and everything it serves. One thread owns it.
type server struct {
	answers  []*numbered // the first is the one for requests without a mark
	within   int64       // bytes of a body that is searched for a mark
	key      string      // of [Settings]
	random   *rand.Rand
	poller   *epoll.Poller
	listener int
	inner    int // the listener for the doors
	doors    *doors
	spare    *epoll.Spare
	input    []byte  // the last read; connections keep only what they cannot use yet
	conns    []*conn // by token less firstConn
	free     []*conn
	timers   timers
	now      int64 // the last reading of the clock
	started  int64
	answered uint64 // number of the last answer; see Serve
	stats    Stats
	asked    []int64 // requests by route
	unserved unserved
	asking   func(Asked)
}

// Listen says where a mock listens: on loopback addresses, whose ports the kernel
// chooses where they are 0.
type Listen struct {
	Plain netip.AddrPort
	TLS   netip.AddrPort // the zero value: nowhere
	// Unserved is told each new kind of request that cannot be served. It may be
	// nil, and must be quick: no answer is sent meanwhile.
	Unserved func(bench.Unserved)
	// Asked is told each request, but those for the counters. It may be nil, and must be
	// quick, too.
	Asked func(Asked)
}

// Asked is a request that was answered.
type Asked struct {
	Method, Path string
	Bytes        int64 // of the body
	Stream       bool
	Status       string // such as "200 OK"
}

func (a Asked) String() string {
	kind := ""
	if a.Stream {
		kind = ", stream"
	}
	return fmt.Sprintf("%s %s (%d bytes%s): %s", a.Method, a.Path, a.Bytes, kind, a.Status)
}

// Bound is where a mock listens.
type Bound struct {
	Plain netip.AddrPort `json:"addr"`
	TLS   netip.AddrPort `json:"tls"`
	CA    []byte         `json:"ca,omitempty"` // of the certificate that TLS has, as PEM
}

// Serve answers until ctx ends, which is no error. It calls ready as soon as
// connections are accepted. Its goroutine is locked to a thread meanwhile.
func Serve(ctx context.Context, at Listen, settings Settings, ready func(Bound)) error {
	if err := settings.Validate(); err != nil {
		return err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := &server{
		answers: number(settings),
		within:  settings.searched(),
		key:     settings.Key,
		random:  rand.New(rand.NewPCG(settings.Seed, 0)),
		input:   make([]byte, inputBytes),
		started: epoll.Now(),
		asked:   make([]int64, int(answers)+len(apis)),
		// A gateway may keep the answers of one mock when it asks the next.
		answered: rand.Uint64(),
	}
	if err := s.serve(ctx, at, ready); err != nil {
		return fmt.Errorf("mock: %w", err)
	}
	return nil
}

func (s *server) serve(ctx context.Context, at Listen, ready func(Bound)) (err error) {
	var bound Bound
	if s.listener, bound.Plain, err = epoll.Listen(at.Plain); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, epoll.Close(s.listener)) }()
	inner, innerAddr, err := epoll.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		return err
	}
	s.inner = inner
	defer func() { err = errors.Join(err, epoll.Close(inner)) }()
	if s.poller, err = epoll.NewEdge(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.poller.Close()) }()
	s.spare = epoll.NewSpare()
	defer s.spare.Close()
	stop, release, err := stopPipe(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := errors.Join(s.poller.Add(s.listener, listenerToken), s.poller.Add(inner, innerToken), s.poller.Add(stop, stopToken)); err != nil {
		return err
	}
	s.unserved.tell, s.asking = at.Unserved, at.Asked
	if s.doors, err = openDoors(innerAddr, at, s.key, &bound); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.doors.close()) }()
	ready(bound)
	defer s.closeAll()
	return s.loop()
}

// stopPipe returns a descriptor that becomes readable when ctx ends.
func stopPipe(ctx context.Context) (readable int, release func(), err error) {
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return -1, nil, fmt.Errorf("pipe: %w", err)
	}
	closeWriter := sync.OnceFunc(func() { _ = unix.Close(ends[1]) })
	forget := context.AfterFunc(ctx, closeWriter)
	return ends[0], func() {
		forget()
		closeWriter()
		_ = unix.Close(ends[0])
	}, nil
}

// loop runs until the stop pipe ends.
func (s *server) loop() error {
	for {
		events, err := s.poller.Wait(s.timers.next())
		if err != nil {
			return err
		}
		for _, e := range events {
			switch e.Token {
			case stopToken:
				return nil
			case listenerToken, innerToken:
				if err := s.accept(e.Token == innerToken); err != nil {
					return err
				}
			default:
				s.ready(e)
			}
		}
		s.wake()
	}
}

// accept accepts all waiting connections. Those from the doors are not counted.
func (s *server) accept(inner bool) error {
	listener := s.listener
	if inner {
		listener = s.inner
	}
	for {
		fd, err := epoll.Accept(listener)
		if err == epoll.ErrAgain {
			return nil
		}
		if epoll.TooMany(err) { // a gateway may hold connections without end: others then end, and not the mock
			if !s.spare.Refuse(listener) {
				return nil
			}
			continue
		}
		if err != nil && fd >= 0 { // it was closed again before its options were set
			_ = epoll.Close(fd)
			continue
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		c := s.newConn(fd, inner)
		if err := s.poller.Add(fd, c.token); err != nil {
			return err
		}
		if !inner {
			s.stats.Connections++
			s.stats.Open++
		}
	}
}

func (s *server) newConn(fd int, inner bool) *conn {
	if len(s.free) == 0 {
		c := &conn{token: firstConn + int32(len(s.conns))}
		s.conns = append(s.conns, c)
		s.free = append(s.free, c)
	}
	last := len(s.free) - 1
	c := s.free[last]
	s.free = s.free[:last]
	c.reset(fd, s.within, s.key, inner)
	return c
}

func (s *server) close(c *conn) {
	_ = epoll.Close(c.fd) // nothing of ours is left in it
	s.release(c)
}

// handOver gives a connection to the doors, with what was read of it.
func (s *server) handOver(c *conn, early []byte) {
	if s.poller.Remove(c.fd) != nil {
		s.close(c)
		return
	}
	s.doors.take(c.fd, early)
	s.release(c)
}

// release takes a connection off the loop.
func (s *server) release(c *conn) {
	s.timers.unset(c)
	c.fd = -1
	if !c.observer {
		s.stats.Open--
		s.stats.Written += c.wrote
	}
	if c.phase == answering && len(c.answer.frames) > 0 {
		s.stats.Cut++
	}
	s.free = append(s.free, c)
}

func (s *server) closeAll() {
	for _, c := range s.conns {
		if c.fd >= 0 {
			s.close(c)
		}
	}
}

// wake continues the connections that are due. It takes each once: one that is due
// again at once waits until the others and new input had their turn.
func (s *server) wake() {
	if len(s.timers) == 0 {
		return
	}
	now := epoll.Now()
	for range len(s.timers) {
		if len(s.timers) == 0 || s.timers[0].wake > now {
			return
		}
		c := s.timers[0]
		s.timers.unset(c)
		if c.phase == draining {
			s.close(c)
			continue
		}
		s.resume(c)
	}
}

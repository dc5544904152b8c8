package probe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/load"
)

// class is how many requests go.
type class struct {
	play   exchange.Play
	leaves bool // the client goes when the head is there
}

// crowd is some clients that send requests of a class, one after the other each, over
// connections that they keep: every other one is for a stream.
type crowd struct {
	*player
	class
	requests [2][]byte
	wires    [crowdSize]*wire
}

const (
	crowdSize = 6
	// lateBy is how long the last requests of a time may take after it.
	lateBy = 500 * time.Millisecond
	// crowdBytes is the size of a request: a conversation of some length.
	crowdBytes = 2 << 10
)

func (p *player) newCrowd(ctx context.Context, of class) (*crowd, error) {
	c := &crowd{player: p, class: of}
	number := p.newNumber()
	script := exchange.Script{Number: number, Plays: []exchange.Play{of.play}, Counted: true}
	if err := p.backend.Perform(ctx, script); err != nil {
		return nil, fmt.Errorf("%w: %w", errBackend, err)
	}
	modes := [2]bench.Mode{bench.JSON, bench.SSE}
	if of.leaves {
		modes[0] = bench.SSE // a JSON answer comes with its head
	}
	for i, mode := range modes {
		request, err := p.onWire(mode, number, crowdBytes)
		if err != nil {
			return nil, err
		}
		c.requests[i] = request
	}
	return c, nil
}

// work has all clients send requests for a time, and returns how many were answered as
// the class has it.
func (c *crowd) work(ctx context.Context, d time.Duration) int {
	var answered atomic.Int64
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for i := range c.wires {
		all.Go(func() {
			for n := i; time.Now().Before(end) && ctx.Err() == nil; n++ {
				ok, err := c.one(ctx, &c.wires[i], load.Fresh(c.requests[n%2]), time.Until(end)+lateBy)
				if ok {
					answered.Add(1)
				}
				if err != nil && !ok && sleep(ctx, time.Millisecond) != nil { // a gateway that refuses all is not to be asked without a pause
					return
				}
			}
		})
	}
	all.Wait()
	return int(answered.Load())
}

// one sends a request over a connection, which is opened when there is none, and says
// whether it was answered as the class has it.
func (c *crowd) one(ctx context.Context, at **wire, request []byte, within time.Duration) (ok bool, err error) {
	if *at == nil {
		if *at, err = c.dial(ctx, 0); err != nil {
			return false, err
		}
	}
	resp, err := (*at).ask(request, within)
	if err == nil && !c.leaves {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil || c.leaves || resp.Close {
		(*at).abort()
		*at = nil
	}
	switch {
	case c.play.Cut:
		return resp != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF), err
	case c.play.Status != 0:
		return err == nil, err
	}
	return err == nil && resp.StatusCode == http.StatusOK, err
}

func (c *crowd) close() {
	for i, w := range c.wires {
		if w != nil {
			w.close()
			c.wires[i] = nil
		}
	}
}

package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
)

// How long a started gateway may answer wrongly before that is taken for what it
// does. Without a limit here it may until gateway.ready.timeout.
const (
	// refusalPatience is for a status below 500: some gateways load their routes
	// after they have opened their port.
	refusalPatience = 3 * time.Second
	// failurePatience is for a failure of its own, such as status 500, or a
	// connection that it closes.
	failurePatience = 10 * time.Second
	// checkPatience is for all of these in a check, whose reader waits.
	checkPatience = 12 * time.Second
	// wrongPatience is for a whole answer that is not the backend's.
	wrongPatience = time.Second

	// quietWait is how long nothing is said about a wait.
	quietWait = 4 * time.Second
)

// rightAnswer makes the request that a gateway has to answer rightly before it
// counts as ready: one of the suite for each mode, judged as when it is measured.
// A single right answer is enough, so that a gateway which lacks one mode can be
// measured in the other.
func (s *Session) rightAnswer(arm bench.Arm) func(context.Context, string) error {
	var first time.Time
	said := false
	return func(ctx context.Context, addr string) error {
		err := s.askEach(ctx, addr)
		switch now := s.Now(); {
		case err == nil || ctx.Err() != nil:
		case first.IsZero():
			first = now
		case !said && now.Sub(first) > quietWait:
			said = true
			s.waiting.Lock() // another gateway may start beside this one
			defer s.waiting.Unlock()
			s.Log.Say("%s: waiting for a right answer, at most %v: %v", arm, cmp.Or(s.bound, time.Duration(s.Config.Gateway.Ready.Timeout)*time.Second), err)
		}
		return err
	}
}

// askEach asks for one answer of each mode. It is nil when one was right and the
// others will not become so, else the first that may, or the first wrong one.
func (s *Session) askEach(ctx context.Context, addr string) error {
	var wrong error
	right := false
	for _, mode := range s.Config.Suite.Modes {
		e, err := s.askOnce(ctx, addr, mode)
		if err != nil {
			return err
		}
		patience := cmp.Or(patienceWith(e), s.bound)
		switch {
		case e.Class == "":
			right = true
		case patience == 0:
			return errors.New(e.Detail)
		case wrong == nil:
			wrong = &gateway.Unready{Err: errors.New(e.Detail), Patience: patience}
		}
	}
	if right {
		return nil
	}
	return wrong
}

// askOnce sends one request of the suite, the smallest of its mode.
func (s *Session) askOnce(ctx context.Context, addr string, mode bench.Mode) (e load.Exchange, err error) {
	job, err := s.request(s.Config.Request.API, mode)
	if err != nil {
		return e, fmt.Errorf("a request for %s: %w", mode, err)
	}
	client, err := load.New(addr, s.client(bench.Head)) // base is asked as head is
	if err != nil {
		return e, err
	}
	e, err = client.Once(ctx, job)
	return e, errors.Join(err, client.Close())
}

// patienceWith is how long to wait for a better answer than this one; 0: as long
// as the gateway may take to be ready.
func patienceWith(e load.Exchange) time.Duration {
	switch e.Class {
	case bench.ErrConnect, bench.ErrTimeout:
		return 0
	case bench.ErrStale, bench.ErrTruncated:
		return failurePatience
	case bench.ErrStatus:
		switch {
		case e.Status == 500 || e.Status == 501:
			return failurePatience
		case e.Status > 500:
			return 0
		}
		return refusalPatience
	default:
		return wrongPatience
	}
}

package probe

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
)

// slow are the exchanges whose clients read more slowly than the backend writes.
var slow = []situation{{
	name: exchange.Slow, repeats: 1, takes: 900 * time.Millisecond, requests: 8, together: true, quiet: true,
	make: atLeisure,
}}

const (
	// Each reader has a stream of 16 MB, twice the kernel's buffers of two
	// connections. There are few enough readers that a gateway which buffers
	// everything has the memory for it.
	slowChunk  = 16 << 10
	slowChunks = 1000 // all copies of the text together
	readers    = 3
	// Each reads 4 KB every 20 ms. By default what the kernel buffers for a client that
	// does not read grows to megabytes, of which the gateway would notice nothing.
	readBytes     = 4 << 10
	readEvery     = 20 * time.Millisecond
	receiveBuffer = 64 << 10
	// They read until the backend is held back, or has written everything.
	slowlyMost = 2 * time.Second
	heldAfter  = 300 * time.Millisecond // without heldBytes more of a stream
	heldBytes  = 1 << 20
	watchEvery = 2 * readEvery
	// othersAt is when other requests are made, and again at the end of othersMost if
	// there was no answer.
	othersAt   = 300 * time.Millisecond
	othersMost = time.Second
	othersSent = 3
)

// atLeisure lets clients read large streams slowly, and has what the backend could
// write meanwhile, the gateway's memory, and how fast others are answered.
func atLeisure(ctx context.Context, p *player) (x exchange.Exchange, err error) {
	play := slowPlay(p.API)
	x.Meant, x.Bytes = []exchange.Play{play}, slowBytes(play, p.API)
	others, err := p.newOthers(ctx)
	if err != nil {
		return x, err
	}
	x.Slow = &exchange.SlowRead{Streams: readers}
	if p.Holding == nil { // one shows what the kernel takes
		x.Slow.Streams = 1
	}
	x.Slow.Alone = others.answered(ctx)
	x.Slow.Before = p.rss()
	x.Slow.Peak = x.Slow.Before

	ctx, hangUp := context.WithCancel(ctx)
	s, err := p.startSlowly(ctx, play, x.Slow.Streams)
	if err != nil {
		hangUp()
		return x, err
	}
	beside := make(chan struct{})
	go func() {
		defer close(beside)
		if sleep(ctx, othersAt) == nil {
			began, used := time.Now(), p.cpu()
			x.Slow.Meanwhile = others.answered(ctx)
			x.Slow.Busy = (p.cpu() - used).Seconds() / time.Since(began).Seconds()
		}
	}()
	err = s.watch(ctx, x.Slow)
	<-beside
	x.Slow.Peak = max(x.Slow.Peak, p.rss())
	hangUp()
	failed := s.end()
	x.Slow.Read = s.read.Load() / int64(x.Slow.Streams)
	return x, cmp.Or(err, failed)
}

// slowPlay is a stream of one reader.
func slowPlay(api llmapi.API) (play exchange.Play) {
	play.Shape = llmapi.DefaultShape()
	play.Shape.Chunks, play.Shape.ChunkBytes = slowChunks/api.TextCopies(), slowChunk
	return play
}

// slowBytes is the length of a stream, without what frames it.
func slowBytes(play exchange.Play, api llmapi.API) (n int64) {
	for _, f := range llmapi.Frames(api, llmapi.Stream{Shape: play.Shape}) {
		n += int64(len(f.Bytes))
	}
	return n
}

// rss is the memory of the gateway; 0 on the direct path.
func (p *player) rss() int64 {
	if p.Holding == nil {
		return 0
	}
	return p.Holding().RSS
}

// cpu is the CPU time of the gateway so far; 0 on the direct path.
func (p *player) cpu() time.Duration {
	if p.Holding == nil {
		return 0
	}
	return p.Holding().CPU
}

// slowReaders are the clients that read slowly.
type slowReaders struct {
	*player
	number  int
	read    atomic.Int64 // bytes, of all
	failed  chan error
	running sync.WaitGroup
}

func (p *player) startSlowly(ctx context.Context, play exchange.Play, streams int) (*slowReaders, error) {
	s := &slowReaders{player: p, failed: make(chan error, readers)}
	var err error
	if s.number, err = p.script(ctx, play); err != nil {
		return nil, err
	}
	request, err := p.onWire(bench.SSE, s.number, askBytes)
	if err != nil {
		return nil, err
	}
	for range streams {
		s.running.Go(func() {
			if err := s.one(ctx, load.Fresh(request)); err != nil && ctx.Err() == nil {
				s.failed <- err
			}
		})
	}
	return s, nil
}

// one reads a stream slowly until ctx ends.
func (s *slowReaders) one(ctx context.Context, request []byte) error {
	w, err := s.dial(ctx, receiveBuffer)
	if err != nil {
		return err
	}
	defer w.abort()
	resp, err := w.ask(request, slowlyMost+2*othersMost)
	if err != nil {
		return fmt.Errorf("a stream that is read slowly: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("a stream was answered with %s", resp.Status)
	}
	for piece := make([]byte, readBytes); ; {
		n, err := io.ReadFull(resp.Body, piece)
		s.read.Add(int64(n))
		if err != nil {
			return fmt.Errorf("a stream that is read slowly: %w", err)
		}
		if err := sleep(ctx, readEvery); err != nil {
			return nil
		}
	}
}

// watch looks at the backend and the gateway's memory until the backend is held back
// or has written all streams.
func (s *slowReaders) watch(ctx context.Context, r *exchange.SlowRead) error {
	since, from := time.Now(), int64(0)
	for end := since.Add(slowlyMost); time.Now().Before(end); {
		heard, err := s.heard(ctx, s.number)
		if err != nil {
			return err
		}
		whole, least := 0, int64(math.MaxInt64)
		r.Written = 0
		for _, got := range heard.Requests {
			r.Written += got.Written / int64(r.Streams)
			least = min(least, got.Written)
			if got.Ended != 0 {
				whole++
			}
		}
		r.Peak = max(r.Peak, s.rss())
		if r.Written-from >= heldBytes {
			since, from = time.Now(), r.Written
		}
		begun := len(heard.Requests) >= r.Streams && least > 0
		if whole == r.Streams || begun && time.Since(since) > heldAfter {
			return nil
		}
		select {
		case err := <-s.failed:
			return err
		case <-time.After(watchEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// end waits for the readers, which must have been told to go, and has the error of one
// that failed before.
func (s *slowReaders) end() error {
	s.running.Wait()
	select {
	case err := <-s.failed:
		return err
	default:
		return nil
	}
}

// others make small requests that must not suffer.
type others struct {
	*player
	request []byte
}

func (p *player) newOthers(ctx context.Context) (*others, error) {
	number, err := p.script(ctx, exchange.Play{})
	if err != nil {
		return nil, err
	}
	request, err := p.onWire(bench.JSON, number, askBytes)
	return &others{p, request}, err
}

// answered is the shortest time of some requests, in seconds, on a connection of their
// own; 0 when none was answered in time.
func (o *others) answered(ctx context.Context) (shortest float64) {
	ctx, cancel := context.WithTimeout(ctx, othersMost)
	defer cancel()
	w, err := o.dial(ctx, 0)
	if err != nil {
		return 0
	}
	defer w.close()
	for range othersSent {
		start := time.Now()
		resp, err := w.ask(load.Fresh(o.request), othersMost)
		if err != nil {
			return shortest
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			return shortest
		}
		if took := time.Since(start).Seconds(); shortest == 0 || took < shortest {
			shortest = took
		}
		if resp.Close {
			return shortest
		}
	}
	return shortest
}

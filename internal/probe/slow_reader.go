package probe

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// Each reader has a stream of 16 MB, twice the kernel's buffers of two
	// connections. There are few enough readers that a gateway which buffers
	// everything has the memory for it.
	readers     = 4
	largeChunk  = 4 << 10
	largeChunks = 4000 // all copies of the text together
	// Each reads 4 KB every 20 ms, for 2 s.
	readBytes = 4 << 10
	readEvery = 20 * time.Millisecond
	slowly    = 2 * time.Second
	// smallRequests are made before the streams, and again one second into them,
	// for at most a second.
	smallRequests = 5
	meanwhileAt   = time.Second
	mostMeanwhile = time.Second
)

// slowReader lets clients read large streams slowly and measures what the mock
// could write meanwhile, the gateway's memory, and how fast others are answered.
func slowReader(ctx context.Context, t Target) (*bench.SlowReader, error) {
	other := newClient(t)
	defer other.close()
	r := &bench.SlowReader{Streams: readers, AnswerBytes: eventBytes(t.API)}
	var err error
	if r.Alone, err = small(ctx, other); err != nil {
		return nil, fmt.Errorf("a small request: %w", err)
	}
	before, err := t.Mock.Stats(ctx)
	if err != nil {
		return nil, err
	}
	if t.Memory != nil {
		now := t.Memory()
		r.RSSBefore, r.RSSPeak = new(now), new(now)
	}
	clients, failed, hangUp := readAllSlowly(ctx, t)
	defer hangUp()
	aside := meanwhile(ctx, other)
	for end := time.Now().Add(slowly); time.Now().Before(end); {
		select {
		case err := <-failed:
			return nil, err
		case <-time.After(readEvery):
		}
		if t.Memory != nil {
			*r.RSSPeak = max(*r.RSSPeak, t.Memory())
		}
	}
	r.Meanwhile = <-aside
	after, err := t.Mock.Stats(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		r.Read += float64(c.read.Load()) / readers
		c.close()
	}
	// This includes the small answers, a thousandth of it.
	r.Written = float64(after.Written-before.Written) / readers
	r.Whole = int(after.Whole - before.Whole)
	return r, ctx.Err()
}

// eventBytes is the length of one stream, without what frames it.
func eventBytes(api llmapi.API) (n int64) {
	for _, event := range llmapi.Frames(api, llmapi.Stream{Shape: Settings(bench.ProbeSlowReader, api).Shape}) {
		n += int64(len(event.Bytes))
	}
	return n
}

// readAllSlowly starts the clients. failed has the errors of those that fail;
// hangUp ends all clients.
func readAllSlowly(ctx context.Context, t Target) (clients []*client, failed <-chan error, hangUp func()) {
	ctx, cancel := context.WithCancel(ctx)
	failures := make(chan error, readers)
	var running sync.WaitGroup
	for range readers {
		c := newClient(t)
		clients = append(clients, c)
		running.Go(func() { failures <- readSlowly(ctx, c) })
	}
	return clients, failures, func() {
		cancel()
		running.Wait()
	}
}

// readSlowly reads a stream slowly until ctx ends, which closes its connection.
func readSlowly(ctx context.Context, c *client) error {
	body, err := c.stream(ctx)
	if err != nil {
		return err
	}
	defer body.Close()
	for p := make([]byte, readBytes); ; {
		if _, err := io.ReadFull(body, p); err != nil {
			return fmt.Errorf("a stream that is read slowly: %w", err)
		}
		if err := sleep(ctx, readEvery); err != nil {
			return err
		}
	}
}

// meanwhile makes the small requests during the streams; nil when one of them was
// not answered.
func meanwhile(ctx context.Context, c *client) <-chan *float64 {
	took := make(chan *float64, 1)
	go func() {
		if sleep(ctx, meanwhileAt) != nil {
			took <- nil
			return
		}
		ctx, cancel := context.WithTimeout(ctx, mostMeanwhile)
		defer cancel()
		m, err := small(ctx, c)
		if err != nil {
			took <- nil
			return
		}
		took <- &m
	}()
	return took
}

// small is the median time of some small requests, in seconds, after one that
// connects.
func small(ctx context.Context, c *client) (float64, error) {
	times, err := timed(ctx, c, 1+smallRequests)
	if err != nil {
		return 0, err
	}
	return stats.Median(times[1:])
}

// timed are the times of n requests after one another, in seconds.
func timed(ctx context.Context, c *client, n int) ([]float64, error) {
	var times []float64
	for range n {
		took, err := c.whole(ctx)
		if err != nil {
			return nil, err
		}
		times = append(times, took.Seconds())
	}
	return times, nil
}

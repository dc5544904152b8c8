package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// crowd is an upstream that waits until so many requests are there at once, and
// then a little longer for one more to show itself.
type crowd struct {
	want     int
	mu       sync.Mutex
	here     int
	most     int
	gathered chan struct{}
}

func (c *crowd) ServeHTTP(http.ResponseWriter, *http.Request) {
	c.enter()
	select {
	case <-c.gathered:
	case <-time.After(20 * time.Second):
	}
	time.Sleep(20 * time.Millisecond)
	c.mu.Lock()
	c.here--
	c.mu.Unlock()
}

func (c *crowd) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.here++
	c.most = max(c.most, c.here)
	if c.here == c.want && c.most == c.want {
		select {
		case <-c.gathered:
		default:
			close(c.gathered)
		}
	}
}

func TestQueuesLetSoManyThrough(t *testing.T) {
	const requests = 6
	for fault, want := range map[string]int{"lock": 1, "pool=1": 1, "pool=2": 2, "pool=6": requests, "": requests} {
		upstream := &crowd{want: want, gathered: make(chan struct{})}
		var faults []string
		if fault != "" {
			faults = append(faults, fault)
		}
		base := startGateway(t, upstream, faults...)
		var all sync.WaitGroup
		for range requests {
			all.Go(func() {
				if response := <-ask(base); response.StatusCode != http.StatusOK {
					t.Errorf("%q: %s", fault, response.Status)
				} else {
					response.Body.Close()
				}
			})
		}
		all.Wait()
		if upstream.most != want {
			t.Errorf("%q: %d requests at once, want %d", fault, upstream.most, want)
		}
	}
}

func TestPoolIsLeftByWhoGoesAway(t *testing.T) {
	g := &gateway{}
	installPool(g, 1)
	inside, leave := make(chan struct{}), make(chan struct{})
	handler := g.handlers[0](http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		inside <- struct{}{}
		<-leave
	}))
	ask := func(ctx context.Context) <-chan struct{} {
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodPost, "/", nil))
		}()
		return answered
	}
	first := ask(t.Context())
	<-inside
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	<-ask(gone) // hangs if it waits for the slot
	close(leave)
	<-first
	second := ask(t.Context())
	<-inside // the slot is free again
	<-second
}

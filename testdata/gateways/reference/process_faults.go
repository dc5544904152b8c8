package main

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// installLeak is the map of sessions from which nothing is deleted.
func installLeak(g *gateway, bytes int64) {
	kept := &hoard{}
	g.before(func() { kept.add(bytes) })
}

// hoard is memory that is never given back.
type hoard struct {
	mu     sync.Mutex
	blocks [][]byte
}

// add keeps another block, of whose pages each is used: the kernel would not
// count others.
func (h *hoard) add(bytes int64) {
	const page = 4096
	block := make([]byte, bytes)
	for i := 0; i < len(block); i += page {
		block[i] = 1
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.blocks = append(h.blocks, block)
}

// installGoroutineLeak is the goroutine that waits for a result which nobody is
// left to send, and has the request in its hands meanwhile.
func installGoroutineLeak(g *gateway, count int64) {
	result := make(chan struct{})
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		for range count {
			go func() {
				<-result
				runtime.KeepAlive(r)
			}()
		}
		next.ServeHTTP(w, r)
	})
}

// burnInterval is no longer than a slice of a measurement, so that each meets its
// share, and no shorter because the scheduler uses CPU time, too, when it wakes
// up: 10% measure as 12% with 20 ms, as 13% with 5 ms.
const burnInterval = 20 * time.Millisecond

// installBackgroundBurn is the poller, the exporter of metrics or the compactor
// that runs whether there are requests or not.
func installBackgroundBurn(g *gateway, parts int64) {
	g.background = append(g.background, func(ctx context.Context) {
		ticks := time.NewTicker(burnInterval)
		defer ticks.Stop()
		last := time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				now := time.Now()
				burn(now.Sub(last) * time.Duration(parts) / whole)
				last = now
			}
		}
	})
}

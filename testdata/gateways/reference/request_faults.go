package main

import (
	"net/http"
	"sync"
	"time"
)

func installDelay(g *gateway, nanoseconds int64) {
	g.before(func() { sleep(time.Duration(nanoseconds)) })
}

func installBurn(g *gateway, nanoseconds int64) {
	g.before(func() { burn(time.Duration(nanoseconds)) })
}

// installBurnAfter is the accounting, the log line or the metrics of a request that
// nobody waits for.
func installBurnAfter(g *gateway, nanoseconds int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		go burn(time.Duration(nanoseconds))
	})
}

// pauseTime is how long Nagle's algorithm and a delayed acknowledgement wait for
// each other.
const pauseTime = 40 * time.Millisecond

// installPause is the lock that is rarely held, the cache that has to be filled
// again, the collection of garbage.
func installPause(g *gateway, parts int64) {
	paused := &spread{parts: parts}
	g.before(func() {
		if paused.next() {
			sleep(pauseTime)
		}
	})
}

func installError(g *gateway, parts int64) {
	failing := &spread{parts: parts}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if failing.next() {
			http.Error(w, "injected fault", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// installSlowAfterIdle is the connection that has to be opened again, the code
// that was paged out, the CPU that went to sleep.
func installSlowAfterIdle(g *gateway, nanoseconds int64) {
	rest := &idleness{since: time.Now()}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if rest.begin(time.Now()) {
			sleep(time.Duration(nanoseconds))
		}
		defer func() { rest.end(time.Now()) }()
		next.ServeHTTP(w, r)
	})
}

// idleTime is how long nothing may be in flight before the gateway falls asleep.
const idleTime = 100 * time.Millisecond

// idleness tells whether a request comes after a time without any.
type idleness struct {
	mu       sync.Mutex
	inFlight int
	since    time.Time // when the last request ended; of the start before that
}

// begin counts a request in and says whether it ends an idle time.
func (i *idleness) begin(now time.Time) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.inFlight++
	return i.inFlight == 1 && now.Sub(i.since) >= idleTime
}

// end counts a request out.
func (i *idleness) end(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.inFlight--
	i.since = now
}

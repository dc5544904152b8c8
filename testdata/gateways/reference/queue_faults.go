package main

import (
	"net/http"
	"sync"
)

// installLock is the mutex around shared state that is held while waiting for
// the upstream.
func installLock(g *gateway, _ int64) {
	var lock sync.Mutex
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		lock.Lock()
		defer lock.Unlock()
		next.ServeHTTP(w, r)
	})
}

// installPool is the pool of workers or of connections to a store that is too
// small. Who leaves while waiting takes no slot.
func installPool(g *gateway, slots int64) {
	taken := make(chan struct{}, slots)
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case taken <- struct{}{}:
		case <-r.Context().Done():
			return
		}
		defer func() { <-taken }()
		next.ServeHTTP(w, r)
	})
}

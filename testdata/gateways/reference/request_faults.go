package main

import (
	"net/http"
	"sync/atomic"
	"time"
)

func installDelay(g *gateway, nanoseconds int64) {
	g.before(func() { sleep(time.Duration(nanoseconds)) })
}

func installBurn(g *gateway, nanoseconds int64) {
	g.before(func() { burn(time.Duration(nanoseconds)) })
}

// before does something ahead of each forwarded request.
func (g *gateway) before(do func()) {
	g.handlers = append(g.handlers, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			do()
			next.ServeHTTP(w, r)
		})
	})
}

// installError fails the requests at which the running total of the share
// passes a whole number: for 1% the 100th, the 200th and so on. A random choice
// would make the number of errors of a run differ from run to run.
func installError(g *gateway, parts int64) {
	var requests atomic.Int64
	g.handlers = append(g.handlers, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n := requests.Add(1)
			if n*parts/whole > (n-1)*parts/whole {
				http.Error(w, "injected fault", http.StatusInternalServerError)
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

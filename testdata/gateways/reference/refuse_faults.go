package main

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// installHang keeps requests until their client goes away.
func installHang(g *gateway, parts int64) {
	hanging := &spread{parts: parts}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if hanging.next() {
			// The server sees that a client goes only once the body has been read.
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return
		}
		next.ServeHTTP(w, r)
	})
}

func installRejectLarge(g *gateway, bytes int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.ContentLength > bytes {
			http.Error(w, "request entity too large", http.StatusRequestEntityTooLarge)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func installRateLimit(g *gateway, perSecond int64) {
	limit := &rateLimit{most: perSecond}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !limit.allows(time.Now()) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "rate limit exceeded", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// rateLimit counts the requests of each second by itself.
type rateLimit struct {
	most int64

	mu     sync.Mutex
	second int64
	passed int64
}

func (l *rateLimit) allows(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := now.Unix(); s != l.second {
		l.second, l.passed = s, 0
	}
	l.passed++
	return l.passed <= l.most
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sync"
)

// The faults of this file are work that nobody waits for: a few per cent of what a
// request costs, or one call to the system. No clock shows them in minutes.

// mostParsed is the largest body that is parsed once more.
const mostParsed = 4 << 10

// installParseAgain is the second layer that looks into a body which the first has read.
func installParseAgain(g *gateway, _ int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.ContentLength > 0 && r.ContentLength <= mostParsed {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
				return
			}
			var dropped any
			_ = json.Unmarshal(body, &dropped) // the upstream says what is wrong with it
			setBody(r, body)
		}
		next.ServeHTTP(w, r)
	})
}

// installFormatLog is the line that is made before anybody asks whether it is logged.
func installFormatLog(g *gateway, _ int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		_ = fmt.Sprintf("%s %s from %s, %d bytes, headers %v", r.Method, r.URL, r.RemoteAddr, r.ContentLength, r.Header)
		next.ServeHTTP(w, r)
	})
}

// installCopyHeaders is one more copy of the headers, for a layer that might change them.
func installCopyHeaders(g *gateway, copies int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		for range copies {
			r.Header = r.Header.Clone()
		}
		next.ServeHTTP(w, r)
	})
}

// installCopyEvents is the buffer that every piece of a stream is copied to on its way.
func installCopyEvents(g *gateway, copies int64) {
	g.onStream(func(response *http.Response) {
		body := response.Body
		response.Body = closing{copied{body, copies}, body.Close}
	})
}

// copied hands out what it reads as a copy of its own.
type copied struct {
	from  io.Reader
	times int64
}

func (c copied) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	for range c.times {
		copy(p, bytes.Clone(p[:n]))
	}
	return n, err
}

// installCompileRegexp is the pattern that should be compiled once.
func installCompileRegexp(g *gateway, _ int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if regexp.MustCompile(`^/v[0-9]+/internal/`).MatchString(r.URL.Path) {
			r.Header.Set("X-Internal", "true")
		}
		next.ServeHTTP(w, r)
	})
}

// installFsync is the journal that is made durable before a request goes on.
func installFsync(g *gateway, _ int64) {
	var mu sync.Mutex
	var journal *os.File
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		if journal == nil {
			if f, err := os.CreateTemp("", "journal-"); err == nil {
				_ = os.Remove(f.Name()) // it goes with us
				journal = f
			}
		}
		if journal != nil {
			_, _ = journal.WriteAt([]byte(r.URL.Path), 0)
			_ = journal.Sync()
		}
		mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// installOpenFile is the configuration that is read for each request.
func installOpenFile(g *gateway, _ int64) {
	g.before(func() {
		if f, err := os.Open(os.DevNull); err == nil {
			_ = f.Close()
		}
	})
}

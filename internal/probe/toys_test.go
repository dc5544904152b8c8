package probe

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// pumping is a gateway whose pump decides when the pieces of a stream go out. The head
// goes out at once.
func pumping(pump func(in <-chan []byte, out func([]byte))) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p := &pumped{ResponseWriter: w, pump: pump, in: make(chan []byte, 100)}
			defer func() { // also when the proxy gives the answer up with a panic
				close(p.in)
				p.all.Wait()
			}()
			next.ServeHTTP(p, r)
		})
	}
}

type pumped struct {
	http.ResponseWriter
	pump func(in <-chan []byte, out func([]byte))
	in   chan []byte
	all  sync.WaitGroup
}

func (p *pumped) WriteHeader(status int) {
	p.ResponseWriter.WriteHeader(status)
	_ = http.NewResponseController(p.ResponseWriter).Flush()
	p.all.Go(func() {
		p.pump(p.in, func(b []byte) {
			if len(b) > 0 {
				_, _ = p.ResponseWriter.Write(b)
				_ = http.NewResponseController(p.ResponseWriter).Flush()
			}
		})
	})
}

func (p *pumped) Write(b []byte) (int, error) {
	p.in <- bytes.Clone(b)
	return len(b), nil
}

func (p *pumped) FlushError() error { return nil }

// every sends what there is at equal times since the beginning of the stream.
func every(d time.Duration) func(<-chan []byte, func([]byte)) {
	return func(in <-chan []byte, out func([]byte)) {
		tick := time.NewTicker(d)
		defer tick.Stop()
		var held []byte
		for {
			select {
			case b, more := <-in:
				if held = append(held, b...); !more {
					out(held)
					return
				}
			case <-tick.C:
				out(held)
				held = nil
			}
		}
	}
}

// atEnd sends an opening at once, and all that comes at the end.
func atEnd(opening string) func(<-chan []byte, func([]byte)) {
	return func(in <-chan []byte, out func([]byte)) {
		out([]byte(opening))
		var held []byte
		for b := range in {
			held = append(held, b...)
		}
		out(held)
	}
}

// behind sends a piece when the next one has come.
func behind(in <-chan []byte, out func([]byte)) {
	var held []byte
	for b := range in {
		out(held)
		held = b
	}
	out(held)
}

// fromSecond sends nothing before the second delta has come, and then all.
func fromSecond(in <-chan []byte, out func([]byte)) {
	var held []byte
	for b := range in {
		if held = append(held, b...); bytes.Count(held, []byte("event: response.output_text.delta")) >= 2 {
			out(held)
			break
		}
	}
	for b := range in {
		out(b)
	}
}

// thenWaits passes all on and ends late.
func thenWaits(d time.Duration) func(<-chan []byte, func([]byte)) {
	return func(in <-chan []byte, out func([]byte)) {
		for b := range in {
			out(b)
		}
		time.Sleep(d)
	}
}

// nagling puts a proxy in front of a subject whose accepted connections have Nagle's
// algorithm on.
func nagling(t *testing.T, s Subject) Subject {
	t.Helper()
	behind := s.Addr
	server := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: behind})
			r.Out.Body = io.NopCloser(io.LimitReader(r.In.Body, r.In.ContentLength)) // as inFront does
		},
		FlushInterval: -1,
	})
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && state == http.StateNew {
			_ = tcp.SetNoDelay(false)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.Addr = strings.TrimPrefix(server.URL, "http://")
	return s
}

// headWithFirst sends the head with the first bytes of the body.
func headWithFirst(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(&lateHead{w, false}, r) })
}

type lateHead struct {
	http.ResponseWriter
	begun bool
}

func (l *lateHead) Write(b []byte) (int, error) {
	l.begun = true
	return l.ResponseWriter.Write(b)
}

func (l *lateHead) FlushError() error {
	if !l.begun {
		return nil
	}
	return http.NewResponseController(l.ResponseWriter).Flush()
}

// dozing takes 20 ms longer for the first request after 100 ms without any.
func dozing(next http.Handler) http.Handler {
	var last atomic.Int64
	last.Store(time.Now().UnixNano())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if time.Since(time.Unix(0, last.Load())) > 100*time.Millisecond {
			time.Sleep(20 * time.Millisecond)
		}
		next.ServeHTTP(w, r)
		last.Store(time.Now().UnixNano())
	})
}

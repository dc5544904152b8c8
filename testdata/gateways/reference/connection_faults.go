package main

import (
	"net"
	"net/http"
)

// installNagle leaves on accepted connections what Go switches off, and makes
// the write pattern in which it bites: a small write (the head) that is not yet
// acknowledged when the next one (the first event) follows. Nagle's algorithm
// holds that back until the acknowledgement comes, and the client delays it for
// 40 ms because it has nothing to send.
func installNagle(g *gateway, _ int64) {
	g.listeners = append(g.listeners, func(l net.Listener) net.Listener { return nagleListener{l} })
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(eagerHead{w}, r)
	})
}

type nagleListener struct{ net.Listener }

func (l nagleListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(false) // fails only on a connection that is already closed
	}
	return conn, err
}

// eagerHead sends the head of a stream before there is anything of its body, as
// a handler does that flushes when it has set its headers. Other answers it sends
// when they are whole or a buffer is full, so that a short one is a single write,
// which Nagle's algorithm lets pass.
type eagerHead struct{ http.ResponseWriter }

func (w eagerHead) WriteHeader(code int) {
	w.ResponseWriter.WriteHeader(code)
	if code >= http.StatusOK {
		_ = w.FlushError() // the next write fails too
	}
}

// FlushError is what http.ResponseController looks for.
func (w eagerHead) FlushError() error {
	if !isEventStream(w.Header()) {
		return nil
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func installChurn(g *gateway, _ int64) {
	g.churn(func(*http.Request) bool { return true })
}

func installChurnStreams(g *gateway, _ int64) {
	g.peeks = true
	g.churn(wantsStream)
}

// churn sends some requests through a transport of their own that keeps no
// connection. Closing connections of the common one after use would not do: a
// request that found an idle one would take it.
func (g *gateway) churn(some func(*http.Request) bool) {
	g.transports = append(g.transports, func(next http.RoundTripper) http.RoundTripper {
		fresh := newTransport()
		fresh.DisableKeepAlives = true
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if some(r) {
				return fresh.RoundTrip(r)
			}
			return next.RoundTrip(r)
		})
	})
}

// roundTrip is a function as an http.RoundTripper.
type roundTrip func(*http.Request) (*http.Response, error)

func (do roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return do(r) }

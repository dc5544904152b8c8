package main

import (
	"context"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"
)

// gateway is the proxy and what the faults switched on change about it.
type gateway struct {
	http.Handler // set when the faults are installed
	traffic      traffic

	// handlers wrap the way of a request into the proxy.
	handlers []func(next http.Handler) http.Handler
	// transports wrap the way from the proxy to the upstream.
	transports []func(next http.RoundTripper) http.RoundTripper
	// answers change an answer on its way back. An error makes it a 502.
	answers []func(*http.Response) error
	// peeks says that a fault asks wantsStream.
	peeks bool
	// listeners wrap what accepts connections.
	listeners []func(net.Listener) net.Listener
	// background runs beside the requests until its context ends.
	background []func(context.Context)
	// startDelay passes before anything is accepted.
	startDelay time.Duration
	// memory is kept for good.
	memory hoard
	// exit ends the process.
	exit func(code int)
}

// newGateway forwards everything but /health to upstream. Requests of the kind
// only meet the given faults, the first one first; others take the clean way.
func newGateway(upstream *url.URL, faults []fault, only scope) *gateway {
	g := &gateway{exit: os.Exit}
	for _, f := range faults {
		f.installIn(g)
	}
	transport := newTransport()
	clean := newProxy(upstream, transport, nil)
	faulty := g.faulty(upstream, transport)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.Handle("/", g.traffic.through(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if only.mode != "" || g.peeks {
			r = peek(r)
		}
		if only.has(r, g.traffic.inFlight.Load()) {
			faulty.ServeHTTP(w, r)
			return
		}
		clean.ServeHTTP(w, r)
	})))
	g.Handler = mux
	return g
}

// faulty is the proxy with everything that the faults put around it.
func (g *gateway) faulty(upstream *url.URL, transport http.RoundTripper) http.Handler {
	for _, wrap := range g.transports {
		transport = wrap(transport)
	}
	var handler http.Handler = newProxy(upstream, transport, g.modifyResponse)
	for i := len(g.handlers) - 1; i >= 0; i-- {
		handler = g.handlers[i](handler)
	}
	return handler
}

func newProxy(upstream *url.URL, transport http.RoundTripper, modify func(*http.Response) error) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(upstream)
			endBodyAtItsLength(r.Out)
		},
		Transport:      transport,
		FlushInterval:  -1, // each write of the upstream leaves at once
		BufferPool:     copyBuffers{},
		ModifyResponse: modify,
	}
}

// endBodyAtItsLength keeps the transport from reading past the announced length
// of the request body. It does so to be sure that nothing follows; but when the
// answer is already on its way back, the server has closed that body, the read
// fails, and the transport closes the upstream connection: streams are cut and
// connections churn (https://go.dev/issue/40747).
func endBodyAtItsLength(r *http.Request) {
	if r.Body == nil || r.ContentLength <= 0 {
		return
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r.Body, r.ContentLength), r.Body}
}

// around puts do in the way of each request; it may call next.
func (g *gateway) around(do func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	g.handlers = append(g.handlers, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { do(w, r, next) })
	})
}

// before does something ahead of each forwarded request.
func (g *gateway) before(do func()) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		do()
		next.ServeHTTP(w, r)
	})
}

// onStream changes the answers that are event streams, unless they are compressed: their
// events cannot be told apart.
func (g *gateway) onStream(change func(*http.Response)) {
	g.answers = append(g.answers, func(response *http.Response) error {
		if isEventStream(response.Header) && response.Header.Get("Content-Encoding") == "" {
			change(response)
		}
		return nil
	})
}

func isEventStream(header http.Header) bool {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && media == "text/event-stream"
}

func (g *gateway) modifyResponse(response *http.Response) error {
	for _, change := range g.answers {
		if err := change(response); err != nil {
			return err
		}
	}
	return nil
}

// newTransport keeps every upstream connection that the largest suite can have
// open: the default of two per host would open and close connections all the
// time, which is a fault to switch on and not the clean gateway.
func newTransport() *http.Transport {
	return &http.Transport{
		MaxIdleConns:        0, // no limit
		MaxIdleConnsPerHost: 1024,
		DisableCompression:  true,
	}
}

// copyBuffers lends the proxy its copy buffers. Without it each answer
// allocates 32 KiB, and the collector would be part of what is measured.
type copyBuffers struct{}

const copyBufferSize = 32 << 10

var copyBufferPool = sync.Pool{New: func() any { return new([copyBufferSize]byte) }}

func (copyBuffers) Get() []byte { return copyBufferPool.Get().(*[copyBufferSize]byte)[:] }

func (copyBuffers) Put(b []byte) { copyBufferPool.Put((*[copyBufferSize]byte)(b)) }

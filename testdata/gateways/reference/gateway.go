package main

import (
	"io"
	"mime"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
)

// gateway collects what the faults switched on change about the proxy, before
// it is built.
type gateway struct {
	// handlers wrap the way of a request into the proxy.
	handlers []func(next http.Handler) http.Handler
	// streams change an event stream on its way back.
	streams []func(*http.Response)
	traffic traffic
}

// newGateway returns a handler that forwards everything but /health to
// upstream. Requests of the kind only meet the given faults, the first one first;
// others take the clean way.
func newGateway(upstream *url.URL, faults []fault, only scope) http.Handler {
	g := &gateway{}
	for _, f := range faults {
		f(g)
	}
	transport := newTransport()
	clean := newProxy(upstream, transport, nil)
	var faulty http.Handler = newProxy(upstream, transport, g.modifyResponse)
	for i := len(g.handlers) - 1; i >= 0; i-- {
		faulty = g.handlers[i](faulty)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	mux.Handle("/", g.traffic.through(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if only.has(r, g.traffic.inFlight.Load()) {
			faulty.ServeHTTP(w, r)
			return
		}
		clean.ServeHTTP(w, r)
	})))
	return mux
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

func (g *gateway) modifyResponse(response *http.Response) error {
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || media != "text/event-stream" {
		return nil
	}
	for _, change := range g.streams {
		change(response)
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

package mockllm

import (
	"compress/gzip"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm/certificate"
)

// doors speak what the loop does not: HTTP/2, TLS, compressed requests and scripts. They
// pass each other request on to the loop, over a connection that is not counted, so that
// there is one place which knows answers, their ids and their times. That costs a
// request 0.15 to 0.35 ms of CPU time more than the loop alone (BenchmarkDoors, on a
// busy machine).
type doors struct {
	server *http.Server
	proxy  *httputil.ReverseProxy
	plain  *handed
	key    string // of [Settings]
	serve  sync.WaitGroup

	performance performance

	connections, open, written atomic.Int64 // Stats of the connections to the doors

	mu       sync.Mutex
	unserved unserved
	started  time.Time
}

// openDoors begins to serve what is handed over and, if that is asked for, TLS with
// a new certificate. The loop listens on inner.
func openDoors(inner netip.AddrPort, at Listen, key string, bound *Bound) (*doors, error) {
	d := &doors{key: key, plain: newHanded(), started: time.Now()}
	d.proxy, d.server = newProxy(inner), newServer(d)
	d.unserved.tell = at.Unserved
	d.performance.answered.Store(rand.Uint64()) // as those of the loop
	if at.TLS.IsValid() {
		if err := d.listenTLS(at.TLS, bound); err != nil {
			return nil, err
		}
	}
	d.serve.Go(func() { _ = d.server.Serve(d.plain) }) // until it is closed
	return d, nil
}

func newProxy(inner netip.AddrPort) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", inner.String()
			r.Out.Header.Del("Expect") // the door has answered it
		},
		Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: maxInner},
		// Broken connections are counted by the loop.
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

func newServer(d *doors) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: d, Protocols: &protocols, MaxHeaderBytes: maxHead,
		HTTP2:    &http.HTTP2Config{MaxConcurrentStreams: maxInner},
		ErrorLog: log.New(handshakes{d}, "", 0), ConnContext: d.performance.connected,
	}
}

// listenTLS begins to serve TLS, and says where and who has signed its certificate.
func (d *doors) listenTLS(at netip.AddrPort, bound *Bound) error {
	if !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%s is not a loopback address: load stays on this machine", at)
	}
	own, ca, err := certificate.New(d.started)
	if err != nil {
		return err
	}
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	bound.TLS, bound.CA = l.Addr().(*net.TCPAddr).AddrPort(), ca
	d.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*own}}
	d.serve.Go(func() { _ = d.server.ServeTLS(&counted{l, d}, "", "") })
	return nil
}

// maxInner is how many requests the doors have in work.
const maxInner = 4096

// close ends every connection.
func (d *doors) close() error {
	err := d.server.Close()
	d.serve.Wait()
	d.proxy.Transport.(*http.Transport).CloseIdleConnections()
	return err
}

// ServeHTTP passes a request on without its content coding.
func (d *doors) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch coding := strings.ToLower(r.Header.Get("Content-Encoding")); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		text, err := gzip.NewReader(r.Body)
		if err != nil {
			d.refuse(w, r, http.StatusBadRequest, "the body is not the gzip that Content-Encoding says")
			return
		}
		r.Body, r.ContentLength = struct {
			io.Reader
			io.Closer
		}{text, r.Body}, -1
	default:
		w.Header().Set("Accept-Encoding", "gzip") // RFC 9110, 12.5.3
		d.refuse(w, r, http.StatusUnsupportedMediaType, "of the codings of a request body the mock reads gzip only")
		return
	}
	if r.URL.Path == scriptsPath && opens(d.key, []byte(r.RequestURI)) {
		peerOf(r).controls.Do(func() { d.connections.Add(-1) }) // as those that ask for the counters
		d.performance.control(w, r)
		return
	}
	if api, ok := apiOf(r); ok && d.performance.on.Load() {
		d.performance.perform(w, r, api)
		return
	}
	if r.ContentLength < 0 {
		r.Header.Del("Content-Length")
	}
	r.Header.Del("Content-Encoding")
	d.proxy.ServeHTTP(w, r)
}

func (d *doors) refuse(w http.ResponseWriter, r *http.Request, status int, reason string) {
	d.note(bench.Unserved{Method: r.Method, Path: r.URL.Path, Status: status, Reason: reason})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(reason)) // a client that is gone needs none
}

func (d *doors) note(u bench.Unserved) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u.First = time.Since(d.started).Seconds()
	d.unserved.add(u)
}

// count adds what only the doors have seen.
func (d *doors) count(s *Stats) {
	s.Connections += d.connections.Load()
	s.Open += d.open.Load()
	s.Written += d.written.Load()
	d.mu.Lock()
	defer d.mu.Unlock()
	s.Unserved = append(s.Unserved, d.unserved.list()...)
}

// handshakes reads the log of the server, which alone tells why a TLS handshake
// failed.
type handshakes struct{ *doors }

func (h handshakes) Write(line []byte) (int, error) {
	const failed = "http: TLS handshake error from "
	if text, ok := strings.CutPrefix(string(line), failed); ok {
		_, why, _ := strings.Cut(strings.TrimSpace(text), ": ")
		h.note(bench.Unserved{Reason: bench.HandshakeFailed + why})
	}
	return len(line), nil
}

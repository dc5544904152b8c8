package mockllm

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/netip"
	"runtime"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// driver is a closed loop over c connections that only looks for the end of
// each answer, so that the mock is what is measured.
type driver struct {
	poller  *epoll.Poller
	fds     []int
	started []int64
	request []byte
	tail    []byte // last bytes of an answer
	read    []byte
	took    []int64
}

func newDriver(b *testing.B, addr string, concurrency int, request, tail []byte) *driver {
	b.Helper()
	poller, err := epoll.New()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = poller.Close() })
	d := &driver{
		poller: poller, request: request, tail: tail, fds: make([]int, concurrency),
		started: make([]int64, concurrency), read: make([]byte, 256<<10), took: make([]int64, 0, 1<<20),
	}
	for i := range d.fds {
		if d.fds[i], _, err = epoll.Dial(netip.MustParseAddrPort(addr)); err != nil {
			b.Fatal(err)
		}
		if err := d.poller.Add(d.fds[i], int32(i)); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = epoll.Close(d.fds[i]) })
	}
	return d
}

func (d *driver) send(b *testing.B, i int) {
	d.started[i] = epoll.Now()
	if n, err := epoll.Write(d.fds[i], d.request); err != nil || n != len(d.request) {
		b.Fatalf("wrote %d of %d: %v", n, len(d.request), err)
	}
}

// run makes n requests.
func (d *driver) run(b *testing.B, n int) {
	d.took = d.took[:0]
	sent := min(n, len(d.fds))
	for i := range sent {
		d.send(b, i)
	}
	for len(d.took) < n {
		events, err := d.poller.Wait(epoll.Never)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events {
			got, err := epoll.Read(d.fds[e.Token], d.read)
			if err != nil || got == 0 {
				b.Fatalf("read %d: %v", got, err)
			}
			if !bytes.HasSuffix(d.read[:got], d.tail) {
				continue
			}
			d.took = append(d.took, epoll.Now()-d.started[e.Token])
			if sent < n {
				sent++
				d.send(b, int(e.Token))
			}
		}
	}
}

func BenchmarkMock(b *testing.B) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, size := range []int{200, 100 << 10} {
			for _, concurrency := range []int{1, 50} {
				s := bench.Scenario{Mode: mode, Concurrency: concurrency, BodyBytes: size}
				b.Run(s.ID(), func(b *testing.B) { benchmark(b, s) })
			}
		}
	}
}

func benchmark(b *testing.B, s bench.Scenario) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := start(b, plain())
	tail := []byte("}")
	if s.Mode == bench.SSE {
		tail = []byte("\r\n0\r\n\r\n")
	}
	d := newDriver(b, p.Addr, s.Concurrency, post(b, llmapi.Responses, s.Mode, s.BodyBytes), tail)
	d.run(b, 20*s.Concurrency)
	before := p.CPU()
	b.ResetTimer()
	d.run(b, b.N)
	b.StopTimer()
	cpu := p.CPU() - before
	slices.Sort(d.took)
	b.ReportMetric(float64(cpu.Nanoseconds())/float64(b.N)/1e3, "mock-µs-cpu/op")
	b.ReportMetric(float64(d.took[(len(d.took)-1)/2])/1e3, "µs-p50")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// BenchmarkDoors is what the mock costs over what the loop does not speak, one
// request at a time.
func BenchmarkDoors(b *testing.B) {
	p := start(b, plain())
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.CA)
	for _, c := range []struct {
		name, base string
		speak      func(*http.Protocols)
	}{
		{"plain", "http://" + p.Addr, func(p *http.Protocols) { p.SetHTTP1(true) }},
		{"h2c", "http://" + p.Addr, func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }},
		{"tls", "https://" + p.TLSAddr, func(p *http.Protocols) { p.SetHTTP1(true) }},
		{"tls-h2", "https://" + p.TLSAddr, func(p *http.Protocols) { p.SetHTTP2(true) }},
	} {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			b.Run(c.name+"/"+string(mode), func(b *testing.B) {
				client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, Protocols: protocols(c.speak)}}
				defer client.CloseIdleConnections()
				request := body(b, llmapi.Responses, mode, 1024)
				ask := func() {
					resp, err := client.Post(c.base+llmapi.Responses.Path(), "application/json", bytes.NewReader(request))
					if err == nil {
						_, err = io.Copy(io.Discard, resp.Body)
						_ = resp.Body.Close()
					}
					if err != nil || resp.StatusCode != 200 {
						b.Fatal(resp, err)
					}
				}
				for range 100 {
					ask()
				}
				before := p.CPU()
				b.ResetTimer()
				for range b.N {
					ask()
				}
				b.ReportMetric(float64((p.CPU()-before).Nanoseconds())/float64(b.N)/1e3, "mock-µs-cpu/op")
			})
		}
	}
}

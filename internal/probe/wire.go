package probe

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// wire is one connection of a client that is cheap, or that wants to rule over its
// connection: net/http takes as long for a request as most gateways.
type wire struct {
	conn   *net.TCPConn
	in     *bufio.Reader
	forget func() bool // the end of ctx
}

// dial connects to the subject. The end of ctx closes the connection. receive bounds
// what the kernel buffers for a client that does not read, 0 for as much as it likes: it
// grows to megabytes, of which the gateway would notice nothing.
func (p *player) dial(ctx context.Context, receive int) (*wire, error) {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", p.Addr)
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil, fmt.Errorf("a connection to %s that is not TCP", p.Addr)
	}
	if receive > 0 {
		if err := tcp.SetReadBuffer(receive); err != nil {
			_ = tcp.Close()
			return nil, err
		}
	}
	forget := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	return &wire{conn: tcp, in: bufio.NewReader(tcp), forget: forget}, nil
}

// ask sends a request, and returns the answer when its head is there.
func (w *wire) ask(request []byte, within time.Duration) (*http.Response, error) {
	if err := w.conn.SetDeadline(time.Now().Add(within)); err != nil {
		return nil, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return nil, err
	}
	return http.ReadResponse(w.in, nil)
}

// sleep waits, unless ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *wire) close() {
	w.forget()
	_ = w.conn.Close()
}

// abort closes the connection as a client does that has not read all: without the wait
// in which its port cannot be used again.
func (w *wire) abort() {
	_ = w.conn.SetLinger(0)
	w.close()
}

// onWire is a request for the answer of a number, as it stands on the connection, but
// for its nonce: [load.Fresh] makes one to send.
func (p *player) onWire(mode bench.Mode, number, size int) ([]byte, error) {
	body, err := llmapi.RequestBody(p.API, llmapi.Ask{Mode: mode, Size: size, Answer: number, Extra: p.Extra})
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\n", p.Endpoint.Target(p.API), p.Addr)
	for _, h := range p.Endpoint.Complete(p.API) {
		out = fmt.Appendf(out, "%s: %s\r\n", h.Name, h.Value)
	}
	return append(fmt.Appendf(out, "Content-Length: %d\r\n\r\n", len(body)), body...), nil
}

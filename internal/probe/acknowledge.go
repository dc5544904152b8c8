package probe

import (
	"context"
	"net"
	"net/http"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// acknowledged is how many answers are acknowledged late, and how many at once, before it
// is looked whether one waits; then as many again.
const acknowledged = 3

// pieces is an answer that comes in several writes, within less than the delay of an
// acknowledgement.
var pieces = exchange.Play{
	Shape:      llmapi.Shape{Chunks: 4, ChunkBytes: 64},
	FirstEvent: 3 * time.Millisecond,
	Interval:   3 * time.Millisecond,
}

// acknowledge sends requests by turns on two connections. On one the kernel
// acknowledges what comes as late as it may, which it does by itself on connections
// that have been in use for a while; on the other at once. A gateway whose answers wait
// on the one only has Nagle's algorithm on: nothing else knows of acknowledgements.
func acknowledge(ctx context.Context, p *player) (exchange.Exchange, error) {
	turns := [2]*player{p.acknowledging(false), p.acknowledging(true)}
	defer turns[0].close()
	defer turns[1].close()
	a := ask{mode: bench.JSON}
	if p.name == "stream" {
		a = ask{mode: bench.SSE, plays: []exchange.Play{pieces}}
	}
	x, err := p.byTurns(ctx, a, turns)
	if err != nil || !slices.ContainsFunc(x.Answers, func(a exchange.Answer) bool { return a.LongestWait() >= exchange.LeastStall }) {
		return x, err
	}
	more, err := p.byTurns(ctx, a, turns)
	x.Sent, x.Answers, x.Received = append(x.Sent, more.Sent...), append(x.Answers, more.Answers...), append(x.Received, more.Received...)
	return x, err
}

// byTurns sends requests by turns with the clients of two players.
func (p *player) byTurns(ctx context.Context, a ask, turns [2]*player) (exchange.Exchange, error) {
	asks, err := p.alike(ctx, a, 2*acknowledged)
	if err != nil {
		return exchange.Exchange{}, err
	}
	return p.meetBy(ctx, asks, func(send func(int, *caller)) {
		for i := range asks {
			send(i, turns[i%2].client)
		}
	})
}

// acknowledging is the player with a client of its own that acknowledges what comes at
// once, or as late as the kernel may.
func (p *player) acknowledging(late bool) *player {
	q := *p
	q.client = newCaller(p.Subject)
	q.client.delaysACK = late
	transport := q.client.http.Transport.(*http.Transport)
	dial := (&net.Dialer{}).DialContext
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if tcp, ok := conn.(*net.TCPConn); ok {
			return acknowledging(tcp, late)
		}
		return conn, err
	}
	return &q
}

// acknowledgingConn tells the kernel after each read when to acknowledge: it falls back
// to its own judgement.
type acknowledgingConn struct {
	*net.TCPConn
	raw   syscall.RawConn
	quick int
}

func acknowledging(conn *net.TCPConn, late bool) (net.Conn, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return conn, err
	}
	c := &acknowledgingConn{TCPConn: conn, raw: raw, quick: 1}
	if late {
		c.quick = 0
	}
	return c, c.set()
}

func (c *acknowledgingConn) Read(b []byte) (int, error) {
	n, err := c.TCPConn.Read(b)
	if err == nil {
		err = c.set()
	}
	return n, err
}

func (c *acknowledgingConn) set() (err error) {
	if closed := c.raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, c.quick)
	}); closed != nil {
		return nil // the read has told
	}
	return err
}

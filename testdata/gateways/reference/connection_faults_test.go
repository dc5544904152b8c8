package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// delayedAck is the least time for which Linux delays an acknowledgement, less
// some for the clocks.
const delayedAck = 35 * time.Millisecond

// Only what most requests do counts: on a busy machine single ones are late
// whatever the gateway does.
func TestNagleStallsTheFirstEvent(t *testing.T) {
	upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if r.Header.Get("Accept") == "text/event-stream" {
			w.Header().Set("Content-Type", "text/event-stream")
			http.NewResponseController(w).Flush()
		}
		io.WriteString(w, events(3))
	})
	const warmUp, measured = 30, 15
	for name, test := range map[string]struct {
		faults []string
		accept string
		stalls bool
	}{
		"stream":                {[]string{"nagle"}, "text/event-stream", true},
		"stream, clean gateway": {nil, "text/event-stream", false},
		"JSON":                  {[]string{"nagle"}, "application/json", false},
	} {
		c := dialSlowAcks(t, startGateway(t, upstream, test.faults...))
		for range warmUp {
			c.ask(test.accept)
		}
		stalled := 0
		for range measured {
			if c.ask(test.accept) >= delayedAck {
				stalled++
			}
		}
		if stalls := stalled > measured/2; stalls != test.stalls {
			t.Errorf("%s: %d of %d bodies came %v or more after the head", name, stalled, measured, delayedAck)
		}
	}
}

// slowAcks is one connection on which acknowledgements are delayed, as on any
// that has been in use for a while.
type slowAcks struct {
	t       *testing.T
	conn    *net.TCPConn
	answers *bufio.Reader
}

func dialSlowAcks(t *testing.T, base string) *slowAcks {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &slowAcks{t, conn.(*net.TCPConn), bufio.NewReader(conn)}
}

// ask sends a request and tells how long after the head of the answer its body
// came.
func (c *slowAcks) ask(accept string) time.Duration {
	c.t.Helper()
	c.delayAcks()
	request := "POST / HTTP/1.1\r\nHost: gateway\r\nAccept: " + accept + "\r\nContent-Length: 2\r\n\r\n{}"
	if _, err := io.WriteString(c.conn, request); err != nil {
		c.t.Fatal(err)
	}
	response, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	head := time.Now()
	first := make([]byte, 1)
	if _, err := io.ReadFull(response.Body, first); err != nil {
		c.t.Fatal(err)
	}
	gap := time.Since(head)
	if got := string(first) + readAll(c.t, response.Body); got != events(3) {
		c.t.Fatalf("got %q", got)
	}
	return gap
}

// delayAcks takes the connection out of the mode in which Linux acknowledges the
// first segments at once, in which Nagle's algorithm does not show.
func (c *slowAcks) delayAcks() {
	c.t.Helper()
	raw, err := c.conn.SyscallConn()
	if err != nil {
		c.t.Fatal(err)
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 0)
	})
	if err != nil || failed != nil {
		c.t.Fatal(err, failed)
	}
}

func TestNagleIsOnTheAcceptedSocket(t *testing.T) {
	for fault, want := range map[string]int{"nagle": 0, "hold-head": 1} {
		f, err := parseFault(fault)
		if err != nil {
			t.Fatal(err)
		}
		g := &gateway{}
		f.installIn(g)
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		for _, wrap := range g.listeners {
			listener = wrap(listener)
		}
		client, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		accepted, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer accepted.Close()
		raw, err := accepted.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		err = raw.Control(func(fd uintptr) {
			got, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_NODELAY)
			if err != nil || (got != 0) != (want != 0) {
				t.Errorf("%s: TCP_NODELAY is %d, %v; want %d", fault, got, err, want)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestChurnOpensUpstreamConnections(t *testing.T) {
	const requests = 10
	for fault, want := range map[string]struct{ json, streams int64 }{
		"churn":         {requests, requests},
		"churn-streams": {1, requests},
	} {
		base, connections := startCounted(t, http.HandlerFunc(echo), fault)
		for _, mode := range []struct {
			accept string
			opened int64
		}{{"application/json", want.json}, {"text/event-stream", want.streams}} {
			before := connections.Load()
			for range requests {
				accepting(t, base, mode.accept)
			}
			if got := connections.Load() - before; got != mode.opened {
				t.Errorf("%s: %d upstream connections for %d requests that accept %s, want %d", fault, got, requests, mode.accept, mode.opened)
			}
		}
	}
}

// accepting sends a request that accepts one kind of answer, and returns it.
func accepting(t *testing.T, base, accept string) (response *http.Response, body string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, base, strings.NewReader(`{"input":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err = http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response, readAll(t, response.Body)
}

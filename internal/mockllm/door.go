package mockllm

import (
	"net"
	"os"
	"sync"
)

// door is a connection to the doors.
type door struct {
	net.Conn
	early []byte // what was read of it before
	doors *doors
	gone  sync.Once
}

func (c *door) Read(b []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(b, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

func (c *door) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.doors.written.Add(int64(n))
	return n, err
}

func (c *door) Close() error {
	c.gone.Do(func() { c.doors.open.Add(-1) })
	return c.Conn.Close()
}

// counted is a listener that counts its connections.
type counted struct {
	net.Listener
	doors *doors
}

func (l *counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.doors.connections.Add(1)
	l.doors.open.Add(1)
	return &door{Conn: c, doors: l.doors}, nil
}

// take serves a connection that the loop has accepted and counted, and from which
// it has read early. It closes the descriptor: the
// connection goes on under another.
func (d *doors) take(fd int, early []byte) {
	file := os.NewFile(uintptr(fd), "")
	c, err := net.FileConn(file) // duplicates it
	_ = file.Close()             // nothing of ours is left in it
	if err != nil {
		return // out of descriptors; the client sees a closed connection
	}
	d.open.Add(1)
	d.plain.put(&door{Conn: c, early: append([]byte(nil), early...), doors: d})
}

// handed is the listener of connections that the loop hands over.
type handed struct {
	conns chan net.Conn
	ended chan struct{}
	end   sync.Once
}

func newHanded() *handed {
	return &handed{conns: make(chan net.Conn), ended: make(chan struct{})}
}

// put does not wait: the loop must not.
func (h *handed) put(c net.Conn) {
	go func() {
		select {
		case h.conns <- c:
		case <-h.ended:
			_ = c.Close()
		}
	}()
}

func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.ended:
		return nil, net.ErrClosed
	}
}

func (h *handed) Close() error {
	h.end.Do(func() { close(h.ended) })
	return nil
}

func (h *handed) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

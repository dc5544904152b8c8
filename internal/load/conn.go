package load

import "github.com/org/proxy-bench-action/internal/epoll"

// conn is one connection and the request on it.
type conn struct {
	token int32
	fd    int  // -1 when there is none
	used  bool // this connection has brought an answer before

	asked   int  // requests started in this slice
	busy    bool // a request is in flight
	stopped bool // starts no more requests in this slice
	request *request
	nonce   uint32 // of the request in flight
	sent    int    // bytes of the request
	began   int64  // when its first byte was sent
	full    bool   // the kernel took only a part of it; the poller watches for room
	rest    []byte // input that the answer has not used
	answer  answer
}

// close closes the connection, if there is one.
func (cn *conn) close() {
	if cn.fd >= 0 {
		_ = epoll.Close(cn.fd) // nothing is buffered on our side that could be lost
		cn.fd = -1
	}
	cn.rest, cn.full = cn.rest[:0], false
}

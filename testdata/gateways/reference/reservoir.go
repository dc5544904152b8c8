package main

import (
	"io"
	"sync"
)

// reservoir reads a body as fast as it comes, and holds what nobody has taken.
type reservoir struct {
	body  io.ReadCloser
	most  int           // bytes that are held; 0: any number
	ended chan struct{} // closed when all has come

	mu      sync.Mutex
	changed *sync.Cond
	bytes   []byte
	err     error // of the body
	closed  bool
}

func fill(body io.ReadCloser, most int) *reservoir {
	r := &reservoir{body: body, most: most, ended: make(chan struct{})}
	r.changed = sync.NewCond(&r.mu)
	go r.fill()
	return r
}

func (r *reservoir) fill() {
	defer close(r.ended)
	piece := make([]byte, copyBufferSize)
	for {
		n, err := r.body.Read(piece)
		r.mu.Lock()
		r.bytes, r.err = append(r.bytes, piece[:n]...), err
		r.changed.Broadcast()
		for r.most > 0 && len(r.bytes) >= r.most && !r.closed {
			r.changed.Wait()
		}
		over := err != nil || r.closed
		r.mu.Unlock()
		if over {
			return
		}
	}
}

// held is how many bytes there are, and the error that comes after them.
func (r *reservoir) held() (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.bytes), r.err
}

// Read waits until there is something.
func (r *reservoir) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.bytes) == 0 && r.err == nil {
		r.changed.Wait()
	}
	if len(r.bytes) == 0 {
		return 0, r.err
	}
	n := copy(p, r.bytes)
	r.bytes = r.bytes[n:]
	r.changed.Broadcast()
	return n, nil
}

func (r *reservoir) Close() error {
	r.mu.Lock()
	r.closed = true
	r.changed.Broadcast()
	r.mu.Unlock()
	return r.body.Close()
}

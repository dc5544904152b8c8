package main

import (
	"net/http"
	"os"
	"runtime"
	"sync"
)

// The faults of this file hold what should have been let go, or let go of everything.

// installLeakOnError is the entry of a retry that nobody takes out again.
func installLeakOnError(g *gateway, bytes int64) {
	kept := &hoard{}
	g.onFailure(func(*http.Response) { kept.add(bytes) })
}

// installLeakOnCut is the pending answer that waits for its rest.
func installLeakOnCut(g *gateway, bytes int64) {
	kept := &hoard{}
	g.onCut(func(*http.Request) { kept.add(bytes) })
}

// installLeakOnGone is the session that only its end would close.
func installLeakOnGone(g *gateway, bytes int64) {
	kept := &hoard{}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		defer func() {
			if r.Context().Err() != nil {
				kept.add(bytes)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// onCut does something whenever an upstream breaks off while its client waits.
func (g *gateway) onCut(do func(r *http.Request)) {
	g.answers = append(g.answers, func(response *http.Response) error {
		r := response.Request
		response.Body = &watchedBody{ReadCloser: response.Body, broken: func(err error) error {
			if r.Context().Err() == nil {
				do(r)
			}
			return err
		}}
		return nil
	})
}

// installKeep is the model of tokens that is loaded when it is first needed.
func installKeep(g *gateway, bytes int64) {
	var first sync.Once
	g.before(func() { first.Do(func() { g.memory.add(bytes) }) })
}

// installThreadLeak is the call of the alarm that never returns.
func installThreadLeak(g *gateway, parts int64) {
	stuck := &spread{parts: parts}
	g.onFailure(func(*http.Response) {
		if stuck.next() {
			go func() {
				runtime.LockOSThread()
				select {}
			}()
		}
	})
}

// installDescriptorLeak is the file that the way of failures does not close.
func installDescriptorLeak(g *gateway, parts int64) {
	opened := &spread{parts: parts}
	var mu sync.Mutex
	var files []*os.File // what nobody refers to, the collector closes
	g.onFailure(func(*http.Response) {
		if !opened.next() {
			return
		}
		if file, err := os.Open(os.DevNull); err == nil {
			mu.Lock()
			defer mu.Unlock()
			files = append(files, file)
		}
	})
}

// installUnbounded is the queue without a limit between the task that reads and the
// one that writes.
func installUnbounded(g *gateway, _ int64) {
	g.answers = append(g.answers, func(response *http.Response) error {
		response.Body = fill(response.Body, 0)
		return nil
	})
}

// installDieOnCut is the assertion that an answer ends.
func installDieOnCut(g *gateway, _ int64) {
	g.onCut(func(*http.Request) { g.exit(exitFailed) })
}

// installLockWrites is the one worker that writes: a client that does not read holds up
// all others.
func installLockWrites(g *gateway, _ int64) {
	free := make(chan struct{}, 1)
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		locked := &lockedWriter{ResponseWriter: w, free: free}
		defer locked.release()
		next.ServeHTTP(locked, r)
	})
}

// lockedWriter has the lock from the first byte of an answer to its last.
type lockedWriter struct {
	http.ResponseWriter
	free chan struct{}
	has  bool
}

func (w *lockedWriter) WriteHeader(code int) {
	if !w.has {
		w.free <- struct{}{}
		w.has = true
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap is for http.ResponseController.
func (w *lockedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *lockedWriter) release() {
	if w.has {
		<-w.free
	}
}

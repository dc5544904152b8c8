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

// installLockWrites is the one writer of a log of all answers: a client that does not
// read holds up all others.
func installLockWrites(g *gateway, _ int64) {
	var one sync.Mutex
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(lockedWriter{w, &one}, r)
	})
}

type lockedWriter struct {
	http.ResponseWriter
	one *sync.Mutex
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.one.Lock()
	defer w.one.Unlock()
	return w.ResponseWriter.Write(p)
}

// FlushError is what http.ResponseController looks for.
func (w lockedWriter) FlushError() error {
	w.one.Lock()
	defer w.one.Unlock()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

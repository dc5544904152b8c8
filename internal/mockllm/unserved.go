package mockllm

import (
	"errors"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/http1"
)

const (
	maxUnserved = 20  // kinds that are kept apart
	maxPath     = 200 // bytes of a path that is kept
)

// unserved lists the kinds of requests that the mock could not serve. It is
// bounded, because the paths are the gateway's.
type unserved struct {
	kinds []bench.Unserved
	more  int64 // further ones
	tell  func(bench.Unserved)
}

// add counts one; First of it is when it came.
func (l *unserved) add(u bench.Unserved) {
	if len(u.Path) > maxPath {
		u.Path = u.Path[:maxPath] + "…"
	}
	for i := range l.kinds {
		k := &l.kinds[i]
		if k.Method == u.Method && k.Path == u.Path && k.Status == u.Status && k.Reason == u.Reason {
			k.Count++
			return
		}
	}
	if len(l.kinds) == maxUnserved {
		l.more++
		return
	}
	u.Count = 1
	l.kinds = append(l.kinds, u)
	if l.tell != nil {
		l.tell(u)
	}
}

// list is a copy, with what was too much as one further kind.
func (l *unserved) list() []bench.Unserved {
	all := append([]bench.Unserved(nil), l.kinds...)
	if l.more > 0 {
		all = append(all, bench.Unserved{Reason: "of further kinds", Count: l.more})
	}
	return all
}

// reasonOf says why a request could not be read, without the bytes that came: they
// can hold a key.
func reasonOf(err error, start []byte) string {
	switch {
	case len(start) > 0 && start[0] == 0x16: // RFC 8446, 5.1: a record of a handshake
		return "a TLS handshake on the port without TLS; the address with TLS is $UPSTREAM_TLS_URL"
	case !errors.Is(err, http1.ErrMalformed):
		return err.Error()
	}
	what, _, _ := strings.Cut(err.Error(), ` "`)
	return what
}

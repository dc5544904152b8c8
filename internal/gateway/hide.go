package gateway

import "bytes"

// hidden stands in a log where a secret was.
var hidden = []byte("[…]")

// hider takes secrets out of output that comes in pieces split anywhere.
type hider struct {
	secrets []string // each of them not empty
	held    []byte   // the end of the output, which may be the beginning of a secret
}

// hide returns the output without secrets, as far as it can be told. The result is
// valid until the next call.
func (h *hider) hide(p []byte) []byte {
	if len(h.secrets) == 0 {
		return p
	}
	all := append(h.held, p...)
	for _, secret := range h.secrets {
		all = bytes.ReplaceAll(all, []byte(secret), hidden)
	}
	keep := 0
	for _, secret := range h.secrets {
		for n := min(len(secret)-1, len(all)); n > keep; n-- {
			if bytes.HasSuffix(all, []byte(secret[:n])) {
				keep = n
			}
		}
	}
	out := all[:len(all)-keep]
	h.held = bytes.Clone(all[len(out):])
	return out
}

// rest is the output that was held back, at its end.
func (h *hider) rest() []byte {
	defer func() { h.held = nil }()
	return h.held
}

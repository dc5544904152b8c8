package llmapi

import "bytes"

// NonceBytes is the width of a nonce: two proquints and the space between them.
const NonceBytes = 2*proquintBytes + 1

// noNonce is where a request body from RequestBody has its nonce: in front of the
// end mark, so that no two requests are equal, no cache can answer in the backend's
// place, and the backend can say in its answer which request it belongs to.
var noNonce = nonce(0)

func nonce(n uint32) []byte {
	var b [NonceBytes]byte
	b[proquintBytes] = ' '
	PutNonce(b[:], n)
	return b[:]
}

// NonceAt is where a request body, or a whole request with it, has its nonce; -1
// when it has none.
func NonceAt(body []byte) int { return bytes.LastIndex(body, noNonce) }

// PutNonce writes a nonce to where NonceAt says. Different numbers give different
// nonces, and numbers in sequence give nonces that do not look alike. It does not
// allocate.
func PutNonce(at []byte, n uint32) {
	n = scatter(n)
	putProquint(at, uint16(n>>16))
	putProquint(at[proquintBytes+1:], uint16(n))
}

// NonceText is what PutNonce writes.
func NonceText(n uint32) string { return string(nonce(n)) }

// parseNonce reads a nonce as it stands in a text: not the number it was made of.
func parseNonce(p []byte) (written uint32, ok bool) {
	high, okHigh := parseProquint(p)
	low, okLow := parseProquint(p[proquintBytes+1:])
	return uint32(high)<<16 | uint32(low), okHigh && okLow && p[proquintBytes] == ' '
}

// scatter maps the numbers of 32 bits one to one, 0 to 0: the finalizer of
// MurmurHash3.
func scatter(n uint32) uint32 {
	n ^= n >> 16
	n *= 0x85ebca6b
	n ^= n >> 13
	n *= 0xc2b2ae35
	return n ^ n>>16
}

package llmapi

import "bytes"

// NonceBytes is the width of a nonce: two proquints and the space between them.
const NonceBytes = 2*proquintBytes + 1

// noNonce is where a request body from RequestBody has its nonce: at the start of
// the last turn's text, so that no two requests are equal and no cache can answer
// in the backend's place.
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

// scatter maps the numbers of 32 bits one to one, 0 to 0: the finalizer of
// MurmurHash3.
func scatter(n uint32) uint32 {
	n ^= n >> 16
	n *= 0x85ebca6b
	n ^= n >> 13
	n *= 0xc2b2ae35
	return n ^ n>>16
}

package llmapi

import "bytes"

// IDBytes is the width of an ID.
const IDBytes = 4 * proquintBytes

// ID is what the names of one answer, such as resp_…, msg_… and chatcmpl-…, have
// behind their prefix. Real gateways store answers by their names, so no two
// answers of a backend may have the same.
type ID [IDBytes]byte

// ZeroID stands in the place of the ID in an answer as it is prepared.
var ZeroID = NewID(0)

// NewID is the ID of an answer by its number.
func NewID(number uint64) (id ID) {
	putProquints(id[:], proquintBytes, number)
	return id
}

// NewAnswerID is the ID of the answer of a number to a request with the nonce that
// EndMark has read; 0 where it has none.
func NewAnswerID(nonce uint32, number uint64) ID {
	return NewID(uint64(nonce)<<32 | number&0xffffffff)
}

// Of is the nonce of the request that the answer belongs to, as it stands in its
// prompt; empty when the backend has read none.
func (id *ID) Of() string {
	if bytes.HasPrefix(ZeroID[:], id[:2*proquintBytes]) {
		return ""
	}
	return string(id[:proquintBytes]) + " " + string(id[proquintBytes:2*proquintBytes])
}

// Belongs reports whether the answer may be that to the request with this nonce. It
// does not allocate.
func (id *ID) Belongs(nonce uint32) bool {
	own := NewAnswerID(scatter(nonce), 0)
	of := id[:2*proquintBytes]
	return bytes.HasPrefix(own[:], of) || bytes.HasPrefix(ZeroID[:], of)
}

// Put writes the ID at one of the places that IDs and Frame name.
func (id *ID) Put(answer []byte, offset int) { *(*ID)(answer[offset:]) = *id }

// IsID reports whether the first bytes of p are an ID of ours.
func IsID(p []byte) bool {
	if len(p) < IDBytes {
		return false
	}
	_, ok := parseProquints(p, proquintBytes)
	return ok
}

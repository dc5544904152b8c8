package llmapi

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

package llmapi

// A proquint is sixteen bits as five letters that can be pronounced, such as
// "lusab" (Wilkerson, "A proposal for proquints", arXiv:0901.4016). Numbers in
// texts are written with them: filters take long digits for cards and keys.
const proquintBytes = 5

const (
	consonants = "bdfghjklmnprstvz" // four bits each
	vowels     = "aiou"             // two bits each
)

// putProquint writes the proquint of v to the first bytes of dst.
func putProquint(dst []byte, v uint16) {
	_ = dst[proquintBytes-1]
	dst[0] = consonants[v>>12]
	dst[1] = vowels[v>>10&3]
	dst[2] = consonants[v>>6&15]
	dst[3] = vowels[v>>4&3]
	dst[4] = consonants[v&15]
}

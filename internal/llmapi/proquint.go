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

// letterValue is one more than what a letter of a word stands for: 0 for any
// other byte.
var letterValue = func() (values [256]uint8) {
	for _, letters := range []string{consonants, vowels} {
		for i := range len(letters) {
			values[letters[i]] = uint8(i + 1)
		}
	}
	return values
}()

// parseProquint reads what putProquint has written. ok is false for anything else.
func parseProquint(p []byte) (v uint16, ok bool) {
	for i, bits := range [proquintBytes]uint{4, 2, 4, 2, 4} {
		value := letterValue[p[i]]
		if value == 0 || isVowel(p[i]) != (bits == 2) {
			return 0, false
		}
		v = v<<bits | uint16(value-1)
	}
	return v, true
}

func isVowel(c byte) bool { return c == 'a' || c == 'i' || c == 'o' || c == 'u' }

// putProquints writes v in four proquints, stride bytes from one to the next.
func putProquints(dst []byte, stride int, v uint64) {
	for i := range 4 {
		putProquint(dst[i*stride:], uint16(v>>(48-16*i)))
	}
}

// parseProquints reads what putProquints has written.
func parseProquints(p []byte, stride int) (v uint64, ok bool) {
	for i := range 4 {
		word, ok := parseProquint(p[i*stride:])
		if !ok {
			return 0, false
		}
		v = v<<16 | uint64(word)
	}
	return v, true
}

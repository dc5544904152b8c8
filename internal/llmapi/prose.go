package llmapi

import (
	"bytes"
	"math/rand/v2"
	"strings"
)

// vocabulary is the plain words of the texts. None begins with the first letter
// of endMark.
var vocabulary = strings.Fields(`
	a the of and in to with from before after between under over each some every other same first last next
	request response gateway backend client server stream token model prompt answer message buffer socket
	header body chunk event queue worker thread kernel clock cache latency throughput budget limit window
	weather harbour river mountain forest island bridge market letter garden window lantern captain engineer
	measures forwards accepts returns carries writes reads waits opens closes repeats compares explains shows
	keeps counts sends holds splits joins drops orders
	small large quick slow steady quiet early late careful plain narrow wide open
	one two three seven twelve forty often never always slowly quickly again together therefore because while
`)

// unusual is what programs that cut, decode and encode texts get wrong: letters
// beyond ASCII of two to four bytes, signs made of several, quotes and
// backslashes, as JSON writes them. No two escapes stand side by side, which whole
// relies on.
var unusual = []string{
	"café", "naïve", "jalapeño", "smörgåsbord", "Łódź", "façade", "Ελλάδα", "привет", "مرحبا", "東京", "नमस्ते",
	"🙂", "🚀", "👩‍💻", "“so”", "–", "…", "½",
	`\"quoted\"`, `\"as it is\"`, `src\\main`, `C:\\temp`, `(it's)`, `50%`, `{x}`, `[y]`, `a/b`,
}

// paragraph is the end of one sentence in paragraphEvery.
const (
	paragraph      = `\n`
	paragraphEvery = 4
	unusualEvery   = 12 // words
)

// prose is n bytes of sentences as the inside of a JSON string; equal seeds give
// equal texts. It has nothing that a filter takes for the number of a card or
// telephone, a key or an address.
func prose(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 0))
	text := make([]byte, 0, n+64)
	for words := 0; len(text) < n; {
		start := len(text)
		switch {
		case words == 0:
			text = append(text, vocabulary[rng.IntN(len(vocabulary))]...)
			text[start] -= 'a' - 'A'
			words = 6 + rng.IntN(9)
		case rng.IntN(unusualEvery) == 0:
			text = append(text, unusual[rng.IntN(len(unusual))]...)
		default:
			text = append(text, vocabulary[rng.IntN(len(vocabulary))]...)
		}
		words--
		switch {
		case words > 0:
			text = append(text, ' ')
		case rng.IntN(paragraphEvery) == 0:
			text = append(text, "."+paragraph...)
		default:
			text = append(text, ". "...)
		}
	}
	s := source{text}
	return s.append(text[:0:0], n)
}

// source is a text that is used up piece by piece.
type source struct{ text []byte }

// append appends n bytes of the text. Where they would end inside a letter or an
// escape, stops fill its place.
func (s *source) append(dst []byte, n int) []byte {
	k := whole(s.text, n)
	dst = append(dst, s.text[:k]...)
	s.text = s.text[k:]
	return append(dst, bytes.Repeat(fill, n-k)...)
}

// fill stands where a letter or an escape does not fit.
var fill = []byte{'.'}

// whole is the largest number of bytes, n at most, that ends inside no letter and
// no escape of the text.
func whole(text []byte, n int) int {
	for n < len(text) && n > 0 && isContinuation(text[n]) {
		n--
	}
	if n > 0 && text[n-1] == '\\' && (n == 1 || text[n-2] != '\\') {
		n--
	}
	return n
}

// isContinuation reports whether a byte is one of UTF-8 that begins no letter.
func isContinuation(c byte) bool { return c&0xC0 == 0x80 }

package llmapi

import (
	"bytes"
	"math/rand/v2"
	"strings"
)

// vocabulary has letters only, so that no JSON encoder escapes any of it: not
// Go's, which writes & < > as \u0026 and so on, and not those that escape + or '.
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

// prose is n bytes of plain sentences; equal seeds give equal texts.
func prose(seed uint64, n int) []byte {
	rng := rand.New(rand.NewPCG(seed, 0))
	text := make([]byte, 0, n+32)
	for words := 0; len(text) < n; {
		start := len(text)
		text = append(text, vocabulary[rng.IntN(len(vocabulary))]...)
		if words == 0 {
			text[start] -= 'a' - 'A'
			words = 6 + rng.IntN(9)
		}
		if words--; words == 0 {
			text = append(text, '.')
		}
		text = append(text, ' ')
	}
	return text[:n]
}

// corpus is the text that answers are cut from. Its length is prime, so that as
// many successive windows as it has bytes all start at different places, whatever
// their width. 16 KB stay in a first-level cache.
var corpus = prose(1, 16381)

// chunkStart is where in the corpus the text of a chunk of n bytes begins: the
// chunks of an answer continue one another.
func chunkStart(chunk, n int) int {
	stride := n % len(corpus)
	if stride == 0 {
		stride = 1
	}
	return chunk * stride % len(corpus)
}

// appendCorpus appends n bytes of the corpus from start on, and goes on at its
// beginning.
func appendCorpus(dst []byte, start, n int) []byte {
	for n > 0 {
		part := min(n, len(corpus)-start)
		dst = append(dst, corpus[start:start+part]...)
		n, start = n-part, 0
	}
	return dst
}

// isCorpus reports whether text is what appendCorpus appends.
func isCorpus(text []byte, start int) bool {
	for len(text) > 0 {
		n := min(len(text), len(corpus)-start)
		if !bytes.Equal(text[:n], corpus[start:start+n]) {
			return false
		}
		text, start = text[n:], 0
	}
	return true
}

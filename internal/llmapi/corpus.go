package llmapi

import "bytes"

// corpus is the text that answers are cut from, a ring. Its length is prime, so
// that as many successive windows as it has bytes all start at different places,
// whatever their width. 16 KB stay in a first-level cache.
var corpus = prose(1, 16381)

// corpusInside says of every place in the corpus whether it is inside a letter or
// an escape.
var corpusInside = insides(corpus)

func insides(text []byte) []bool {
	inside := make([]bool, len(text))
	for i := range text {
		inside[i] = whole(text, i) != i
	}
	return inside
}

// chunkStart is where in the corpus the text of a chunk of n bytes begins: the
// chunks of an answer continue one another.
func chunkStart(chunk, n int) int {
	stride := n % len(corpus)
	if stride == 0 {
		stride = 1
	}
	return chunk * stride % len(corpus)
}

// corpusEdges are the bounds of what a window of n bytes from start on has of
// whole letters and escapes. Stops stand outside of them.
func corpusEdges(start, n int) (from, to int) {
	inside := func(i int) bool { return corpusInside[(start+i)%len(corpus)] }
	for from < n && inside(from) {
		from++
	}
	for to = n; to > from && inside(to); {
		to--
	}
	return from, to
}

// appendCorpus appends n bytes of the corpus from start on, and goes on at its
// beginning. They are the inside of a JSON string by themselves.
func appendCorpus(dst []byte, start, n int) []byte {
	from, to := corpusEdges(start, n)
	dst = append(dst, bytes.Repeat(fill, from)...)
	for at := from; at < to; {
		begin := (start + at) % len(corpus)
		part := min(to-at, len(corpus)-begin)
		dst = append(dst, corpus[begin:begin+part]...)
		at += part
	}
	return append(dst, bytes.Repeat(fill, n-to)...)
}

package http1

import (
	"bytes"
	"errors"
	"strconv"
)

// ErrTruncated is returned when the connection ends inside a body.
var ErrTruncated = errors.New("the connection ended inside the body")

// maxLine bounds a chunk-size line and a trailer line.
const maxLine = 4 << 10

type framing int

const (
	byLength framing = iota
	byChunks
	byClose
)

// part is where in a chunked body the next byte belongs.
type part int

const (
	sizeLine part = iota
	payload
	payloadEnd
	trailer
)

// Body removes the framing of a message's body. The zero Body is an empty one;
// ResetResponse and ResetRequest prepare it for a message.
type Body struct {
	framing framing
	part    part
	left    int64 // payload bytes to come: of the body by length, of the chunk by chunks
	done    bool
}

// ResetResponse prepares b for the body of a response to a request that was
// neither HEAD nor CONNECT.
func (b *Body) ResetResponse(h *Head) {
	switch {
	case h.Status < 200 || h.Status == 204 || h.Status == 304:
		*b = Body{done: true}
	case h.Chunked:
		*b = Body{framing: byChunks}
	case h.ContentLength >= 0:
		*b = Body{left: h.ContentLength, done: h.ContentLength == 0}
	default:
		*b = Body{framing: byClose}
	}
}

// ResetRequest prepares b for the body of a request.
func (b *Body) ResetRequest(h *Head) {
	if h.Chunked {
		*b = Body{framing: byChunks}
		return
	}
	*b = Body{left: max(h.ContentLength, 0), done: h.ContentLength <= 0}
}

// Done says that the body is complete.
func (b *Body) Done() bool { return b.done }

// EndsWithConnection says that only the end of the connection ends the body.
func (b *Body) EndsWithConnection() bool { return b.framing == byClose }

// Next returns the next run of payload at the start of in and the number of bytes
// it used, framing included. An empty run without an error means that more input is
// needed or that the body is Done. The next input must begin with the unused bytes.
func (b *Body) Next(in []byte) (run []byte, used int, err error) {
	if b.framing == byChunks {
		return b.nextChunked(in)
	}
	if b.done {
		return nil, 0, nil
	}
	if b.framing == byLength {
		in = in[:min(int64(len(in)), b.left)]
		b.left -= int64(len(in))
		b.done = b.left == 0
	}
	return in, len(in), nil
}

// End tells b that the connection has ended: nil when that ends the body
// rightly or it was Done before.
func (b *Body) End() error {
	if b.framing == byClose {
		b.done = true
	}
	if !b.done {
		return ErrTruncated
	}
	return nil
}

func (b *Body) nextChunked(in []byte) (run []byte, used int, err error) {
	for !b.done {
		rest := in[used:]
		if b.part == payload {
			run = rest[:min(int64(len(rest)), b.left)]
			if b.left -= int64(len(run)); b.left == 0 {
				b.part = payloadEnd
			}
			return run, used + len(run), nil
		}
		line, n, err := lineOf(rest)
		if n == 0 || err != nil {
			return nil, used, err
		}
		if err := b.framingLine(line); err != nil {
			return nil, used, err
		}
		used += n
	}
	return nil, used, nil
}

// lineOf cuts the line at the start of b off; n is 0 when it is not all there.
func lineOf(b []byte) (line []byte, n int, err error) {
	i := bytes.IndexByte(b[:min(len(b), maxLine)], '\n')
	switch {
	case i < 0 && len(b) >= maxLine:
		return nil, 0, malformed("chunk line too long", b)
	case i < 0:
		return nil, 0, nil
	case i == 0 || b[i-1] != '\r':
		return nil, 0, malformed("chunk line without CR", b[:i+1])
	}
	return b[:i-1], i + 1, nil
}

func (b *Body) framingLine(line []byte) error {
	switch b.part {
	case sizeLine:
		size, ok := chunkSize(line)
		if !ok {
			return malformed("chunk size", line)
		}
		b.left, b.part = size, payload
		if size == 0 {
			b.part = trailer
		}
	case payloadEnd:
		if len(line) != 0 {
			return malformed("chunk longer than its size:", line)
		}
		b.part = sizeLine
	case trailer:
		b.done = len(line) == 0
	}
	return nil
}

// chunkSize reads the hexadecimal size of at most 15 digits and skips extensions.
func chunkSize(line []byte) (n int64, ok bool) {
	for i, c := range line {
		switch {
		case c == ';' || c == ' ' || c == '\t':
			return n, i > 0
		case i == 15:
			return 0, false
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		n = n<<4 | int64(c)
	}
	return n, len(line) > 0
}

// AppendChunkHead appends the line that opens a chunk of n bytes.
func AppendChunkHead(dst []byte, n int) []byte {
	return append(strconv.AppendInt(dst, int64(n), 16), '\r', '\n')
}

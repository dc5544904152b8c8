// Package http1 reads HTTP/1.1 messages (RFC 9112) out of bytes: heads of
// requests and responses, and bodies framed by length, by chunks or by the end
// of the connection.
//
// It is pure and allocates nothing, because the load client and the mock run it
// inside the timed region. It reads only what measuring needs; net/http does the
// rest. It is strict: an ambiguous message is an error.
package http1

import (
	"bytes"
	"errors"
	"fmt"
)

// ErrMalformed is in the chain of every error about bytes that are not
// HTTP/1.1.
var ErrMalformed = errors.New("not HTTP/1.1")

// Head is what a message's head says. Its slices point into the bytes parsed.
type Head struct {
	Method, Target []byte // of a request
	Status         int    // of a response, 100 to 599

	ContentLength int64 // -1 when the head has none
	ContentType   []byte
	// ContentEncoding is the last one of the head; nil when it has none, or identity.
	ContentEncoding []byte
	Location        []byte
	Chunked         bool
	Close           bool // the connection ends after this message
	Expect100       bool // the client waits for "100 Continue" before it sends the body

	minor byte // '0' or '1' of HTTP/1.x
}

// Old says that it is a message of HTTP/1.0, whose sender does not know chunks.
func (h *Head) Old() bool { return h.minor == '0' }

// EventStream says that the body is a stream of server-sent events.
func (h *Head) EventStream() bool {
	const media = "text/event-stream"
	if len(h.ContentType) < len(media) || !equalFold(h.ContentType[:len(media)], media) {
		return false
	}
	rest := h.ContentType[len(media):]
	return len(rest) == 0 || rest[0] == ';' || rest[0] == ' ' || rest[0] == '\t'
}

var blankLine = []byte("\r\n\r\n")

// ParseResponse reads the response head at the start of b and returns how many
// bytes it has; 0 without an error means that b holds only a part of it.
func ParseResponse(b []byte, h *Head) (int, error) {
	return parse(b, h, (*Head).statusLine)
}

// ParseRequest reads the request head at the start of b, as ParseResponse does.
func ParseRequest(b []byte, h *Head) (int, error) {
	return parse(b, h, (*Head).requestLine)
}

func parse(b []byte, h *Head, start func(*Head, []byte) error) (int, error) {
	if err := checkStart(b); err != nil {
		return 0, err
	}
	end := bytes.Index(b, blankLine)
	if end < 0 {
		return 0, bareLF(b)
	}
	*h = Head{ContentLength: -1}
	line, rest := cutLine(b[:end+2])
	err := start(h, line)
	for err == nil {
		// Parsers differ on what it means.
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			return 0, malformed(lineFeedAlone, line[:i+1])
		}
		if bytes.IndexByte(line, '\r') >= 0 {
			return 0, malformed("a CR without LF in the line", line)
		}
		if len(rest) == 0 {
			return end + len(blankLine), h.consistent(b[:end])
		}
		line, rest = cutLine(rest)
		err = h.field(line)
	}
	return 0, err
}

const lineFeedAlone = "a line of the head ends in LF without CR:"

// bareLF refuses a part of a head with a line that ends in LF alone: waiting for the
// rest would last until the time-out.
func bareLF(b []byte) error {
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '\n')
		if i < 0 {
			return nil
		}
		if end := from + i; end == 0 || b[end-1] != '\r' {
			return malformed(lineFeedAlone, b[from:end+1])
		}
		from += i + 1
	}
}

// checkStart refuses early what cannot become a head, so that a peer with another
// protocol is distinguished from a slow one.
func checkStart(b []byte) error {
	for _, c := range b[:min(len(b), 8)] {
		if c < ' ' || c > '~' {
			return malformed("a message that starts with", b)
		}
	}
	return nil
}

// cutLine splits b after its first line; all lines end in CRLF.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.Index(b, blankLine[:2])
	return b[:i], b[i+2:]
}

// statusLine reads "HTTP/1.1 200 OK".
func (h *Head) statusLine(line []byte) error {
	minor, ok := version(line)
	if !ok || len(line) < 12 || line[8] != ' ' || (len(line) > 12 && line[12] != ' ') {
		return malformed("status line", line)
	}
	status, ok := number(line[9:12])
	if !ok {
		return malformed("status line", line)
	}
	if status < 100 || status > 599 {
		return malformed("status outside 100 to 599:", line)
	}
	h.Status = int(status)
	h.minor, h.Close = minor, minor == '0'
	return nil
}

// requestLine reads "POST /v1/responses HTTP/1.1".
func (h *Head) requestLine(line []byte) error {
	method, rest, ok1 := bytes.Cut(line, []byte{' '})
	target, proto, ok2 := bytes.Cut(rest, []byte{' '})
	minor, ok3 := version(proto)
	if !ok1 || !ok2 || !ok3 || len(proto) != 8 || len(method) == 0 || len(target) == 0 {
		return malformed("request line", line)
	}
	h.Method, h.Target = method, target
	h.minor, h.Close = minor, minor == '0'
	return nil
}

func version(b []byte) (minor byte, ok bool) {
	const proto = "HTTP/1."
	if len(b) < 8 || string(b[:7]) != proto || (b[7] != '0' && b[7] != '1') {
		return 0, false
	}
	return b[7], true
}

// consistent refuses chunks in HTTP/1.0, which has none (RFC 9112, 6.1), and a
// response with two lengths (6.3): which of them holds is what attacks make use of.
// After a request with both the connection ends (6.1).
func (h *Head) consistent(head []byte) error {
	switch {
	case h.Chunked && h.minor == '0':
		return malformed("Transfer-Encoding in HTTP/1.0:", head)
	case h.Chunked && h.ContentLength >= 0 && h.Status == 0:
		h.Close = true
	case h.Chunked && h.ContentLength >= 0 && h.Status != 0:
		return malformed(fmt.Sprintf("Content-Length %d and Transfer-Encoding chunked in one head:", h.ContentLength), head)
	}
	return nil
}

// field reads one header field line.
func (h *Head) field(line []byte) error {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || line[0] == ' ' || line[0] == '\t' || line[colon-1] == ' ' {
		return malformed("header field", line)
	}
	value := trim(line[colon+1:])
	switch name := line[:colon]; {
	case equalFold(name, "content-length"):
		n, ok := length(value)
		if !ok {
			return malformed("Content-Length", line)
		}
		if h.ContentLength >= 0 && h.ContentLength != n {
			return malformed(fmt.Sprintf("Content-Length %d and then", h.ContentLength), line)
		}
		h.ContentLength = n
	case equalFold(name, "transfer-encoding"):
		if h.Chunked {
			return malformed("Transfer-Encoding a second time:", line)
		}
		if !equalFold(value, "chunked") {
			return malformed("Transfer-Encoding other than chunked:", line)
		}
		h.Chunked = true
	case equalFold(name, "connection"):
		h.connection(value)
	case equalFold(name, "content-type"):
		h.ContentType = value
	case equalFold(name, "content-encoding"):
		if h.ContentEncoding = value; equalFold(value, "identity") {
			h.ContentEncoding = nil
		}
	case equalFold(name, "location"):
		h.Location = value
	case equalFold(name, "expect"):
		h.Expect100 = equalFold(value, "100-continue")
	}
	return nil
}

func (h *Head) connection(value []byte) {
	for len(value) > 0 {
		var option []byte
		option, value, _ = bytes.Cut(value, []byte{','})
		switch option = trim(option); {
		case equalFold(option, "close"):
			h.Close = true
		case equalFold(option, "keep-alive"): // HTTP/1.0 has to ask for it
			h.Close = false
		}
	}
}

// trim removes spaces and tabs at both ends. bytes.Trim would build a set of the two
// at every call.
func trim(b []byte) []byte {
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// length reads a Content-Length. A list of equal numbers, which a recipient that
// joins repeated fields makes of them, is that number (RFC 9110, 8.6).
func length(value []byte) (n int64, ok bool) {
	first, rest, more := bytes.Cut(value, []byte{','})
	n, ok = number(trim(first))
	for ok && more {
		first, rest, more = bytes.Cut(rest, []byte{','})
		again, is := number(trim(first))
		ok = is && again == n
	}
	return n, ok
}

// number reads an unsigned decimal of at most 18 digits.
func number(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// equalFold compares with a lower-case ASCII word.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

func malformed(what string, b []byte) error {
	const most = 80
	if len(b) > most {
		return fmt.Errorf("%w: %s %q…", ErrMalformed, what, b[:most])
	}
	return fmt.Errorf("%w: %s %q", ErrMalformed, what, b)
}

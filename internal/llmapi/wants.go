package llmapi

var streamKey = []byte(`"stream"`)

// StreamFlag reads from a request body whether it asks for a stream: the first
// "stream" key with a boolean, with any white space around the colon. The body
// may come in pieces split anywhere; nothing of it is kept. The zero StreamFlag
// is ready for a body.
//
// It does not parse: 100 KB of prompt would cost the mock more than the answer
// does. A key of that name inside a schema is passed over, since its value is
// no boolean; inside a text its quotes are escaped.
type StreamFlag struct {
	key     seeker
	after   keyPart
	literal string // what is left of the boolean
	wants   bool
}

// keyPart is where after the key the input stands.
type keyPart uint8

const (
	noKey keyPart = iota
	beforeColon
	beforeValue
	inValue
	decided
)

// Wants is the answer so far; final once the whole body has been fed.
func (f *StreamFlag) Wants() bool { return f.after == decided && f.wants }

// Feed takes the next piece of the body.
func (f *StreamFlag) Feed(p []byte) {
	for len(p) > 0 && f.after != decided {
		if f.after == noKey {
			var found bool
			if p, found = f.key.find(p, streamKey); found {
				f.after = beforeColon
			}
			continue
		}
		if f.value(p[0]) {
			p = p[1:]
		}
	}
}

// value takes a byte after the key; false leaves it to the search for the next
// key.
func (f *StreamFlag) value(c byte) bool {
	switch space := c == ' ' || c == '\t' || c == '\n' || c == '\r'; {
	case space && f.after != inValue:
	case f.after == beforeColon && c == ':':
		f.after = beforeValue
	case f.after == beforeValue && c == 't':
		f.after, f.literal, f.wants = inValue, "rue", true
	case f.after == beforeValue && c == 'f':
		f.after, f.literal, f.wants = inValue, "alse", false
	case f.after == inValue && c == f.literal[0]:
		if f.literal = f.literal[1:]; f.literal == "" {
			f.after = decided
		}
	default:
		f.after = noKey
		return false
	}
	return true
}

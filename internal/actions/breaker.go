package actions

// breaker takes commands apart in text that comes in pieces, such that the runner
// finds none in it: a space goes between the signs of :: at the start of a line,
// and before the bracket of ##[ anywhere. All other text stays as it is.
//
// In doubt it adds a space. The runner trims all space of Unicode before it looks
// for ::, ends lines at a carriage return too, and compares by the rules of a
// language, in which control characters and soft hyphens do not count
// (https://github.com/actions/runner, ActionCommand.cs). So bytes that are not
// printable ASCII neither end the start of a line nor come between signs.
type breaker struct {
	hashes int // of ## that ended what was seen, 2 at most
	colon  bool
	inText bool // the line has begun with something else
}

// append adds text to out, broken up.
func (b *breaker) append(out, text []byte) []byte {
	for _, c := range text {
		switch {
		case c == '\n' || c == '\r':
			*b = breaker{}
		case c < ' ' || c > '~':
		case c == ' ':
			b.see(b.inText || b.colon, 0)
		case c == '#':
			b.see(true, min(b.hashes+1, 2))
		case c == '[' && b.hashes == 2, c == ':' && b.colon:
			out = append(out, ' ')
			b.see(true, 0)
		case c == ':' && !b.inText:
			b.colon, b.hashes = true, 0
		default:
			b.see(true, 0)
		}
		out = append(out, c)
	}
	return out
}

func (b *breaker) see(inText bool, hashes int) {
	b.inText, b.colon, b.hashes = inText, false, hashes
}

package report

// Style is how a text looks. Nothing in it is needed to understand the text.
type Style struct {
	Color bool // ANSI bold and red; off for files, pipes and NO_COLOR
}

// bold and alarm use the escape sequences of ECMA-48, 8.3.117.
func (s Style) bold(text string) string  { return s.sequence("1", text) }
func (s Style) alarm(text string) string { return s.sequence("1;31", text) }

func (s Style) sequence(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

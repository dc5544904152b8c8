package llmapi

import "fmt"

// MostAnswers is how many answers can be told apart by number.
const MostAnswers = 1000

// A request says which answer it wants by a mark in its prompt, such as
// [answer 12]. Every gateway passes the prompt on, while it may drop headers and
// members of the body that it does not know. JSON escapes none of the mark's
// characters, so it survives a gateway that writes the body anew.
var markOpen = []byte("[answer ")

const markClose = ']'

// answerMark is the mark of a number with a space behind it; empty for 0.
func answerMark(number int) (string, error) {
	switch {
	case number < 0 || number > MostAnswers:
		return "", fmt.Errorf("answer %d cannot be asked for: use 0 to %d", number, MostAnswers)
	case number == 0:
		return "", nil
	}
	return fmt.Sprintf("%s%d%c ", markOpen, number, markClose), nil
}

// AnswerWanted reads from a request body the number of the answer that it asks
// for: that of the first mark. The body may come in pieces split anywhere;
// nothing of it is kept. The zero AnswerWanted is ready for a body.
type AnswerWanted struct {
	open   seeker
	inside bool // the input stands in a mark, behind markOpen
	number int  // of that mark so far
	found  bool
}

// Number is the answer so far, 0 without a mark; final once the whole body has
// been fed. There may be no answer of this number.
func (w *AnswerWanted) Number() int {
	if !w.found {
		return 0
	}
	return w.number
}

// Feed takes the next piece of the body.
func (w *AnswerWanted) Feed(p []byte) {
	for len(p) > 0 && !w.found {
		switch {
		case !w.inside:
			w.number = 0
			p, w.inside = w.open.find(p, markOpen)
		case w.take(p[0]):
			p = p[1:]
		default:
			w.inside = false // search on, this byte included
		}
	}
}

// take takes a byte behind markOpen. It returns false if that makes no mark: it
// has a number of one to four digits that does not begin with 0.
func (w *AnswerWanted) take(c byte) bool {
	switch {
	case c >= '0' && c <= '9' && w.number < 1000 && (c != '0' || w.number > 0):
		w.number = 10*w.number + int(c-'0')
	case c == markClose && w.number > 0:
		w.found = true
	default:
		return false
	}
	return true
}

package llmapi

import "fmt"

// MostAnswers is how many answers can be told apart by number.
const MostAnswers = 1000

// A request says which answer it wants by a mark in its prompt, such as
// [answer 12]. The prompt is what every gateway passes on: a header it may drop,
// and a member of the body that it does not know as well. JSON escapes none of
// the mark's characters, so it stays as it is when a gateway writes the body
// anew.
var markOpen = []byte("[answer ")

const (
	markClose    = ']'
	answerDigits = 4 // of MostAnswers
)

// answerMark is the mark of a number, with a space behind it; nothing for 0.
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
	inside bool // the input stands in a mark, after its words
	digits int
	number int
	found  bool
}

// Number is the answer so far, 0 without a mark; final once the whole body has
// been fed. It may be a number that is no one's.
func (w *AnswerWanted) Number() int {
	if !w.found {
		return 0
	}
	return w.number
}

// Feed takes the next piece of the body.
func (w *AnswerWanted) Feed(p []byte) {
	for len(p) > 0 && !w.found {
		if !w.inside {
			p, w.inside = w.open.find(p, markOpen)
			w.digits, w.number = 0, 0
			continue
		}
		if w.rest(p[0]) {
			p = p[1:]
		}
	}
}

// rest takes a byte of a mark after its words; false leaves it to the search for
// the next mark.
func (w *AnswerWanted) rest(c byte) bool {
	switch {
	case c >= '0' && c <= '9' && w.digits < answerDigits && !(c == '0' && w.digits == 0):
		w.number = 10*w.number + int(c-'0')
		w.digits++
	case c == markClose && w.digits > 0:
		w.found = true
	default:
		w.inside = false
		return false
	}
	return true
}

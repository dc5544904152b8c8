package github

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Mark is the first line of a comment of ours, hidden from readers: whose it is,
// and what it reports. Anyone can write one.
type Mark struct {
	Key string // tells several comments of the program apart; any text
	// What is reported: the commit, and the run that measured it.
	SHA            string
	RunID, Attempt int64
}

// String is an HTML comment; nothing that is written into it can end it.
func (m Mark) String() string {
	return fmt.Sprintf("<!-- proxy-bench key=%s sha=%s run=%d attempt=%d -->", url.QueryEscape(m.Key), m.SHA, m.RunID, m.Attempt)
}

func (m Mark) check() error {
	if m.RunID <= 0 || m.Attempt <= 0 {
		return fmt.Errorf("the mark's run is %d, attempt %d, expected numbers above 0", m.RunID, m.Attempt)
	}
	return (shas{{"the mark's commit", m.SHA, false}}).check()
}

// newer says that m reports something later than o. Run ids grow with time, and
// a run that is made again keeps its id and its commit.
func (m Mark) newer(o Mark) bool {
	return m.RunID > o.RunID || m.RunID == o.RunID && m.Attempt > o.Attempt
}

// markLine is what String writes, and nothing else.
var markLine = regexp.MustCompile(`^<!-- proxy-bench key=(\S*) sha=([0-9a-f]+) run=([0-9]+) attempt=([0-9]+) -->$`)

// readMark reads the mark at the start of a comment.
func readMark(body string) (Mark, bool) {
	line, _, _ := strings.Cut(body, "\n")
	part := markLine.FindStringSubmatch(strings.TrimSuffix(line, "\r"))
	if part == nil {
		return Mark{}, false
	}
	key, err := url.QueryUnescape(part[1])
	runID, err2 := strconv.ParseInt(part[3], 10, 64)
	attempt, err3 := strconv.ParseInt(part[4], 10, 64)
	m := Mark{key, part[2], runID, attempt}
	return m, errors.Join(err, err2, err3, m.check()) == nil
}

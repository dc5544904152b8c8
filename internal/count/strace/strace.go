// Package strace reads what strace prints: which system calls ended, by name.
//
// It must know nothing of gateways and requests, and opens no files.
package strace

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// longestLine is more than any line has with arguments as plain numbers.
const longestLine = 1 << 16

// mostNames bounds the names: there are fewer than 500 system calls, and the file that is
// read may come from anywhere.
const mostNames = 1000

var (
	// entry is the beginning of a line, with the process where there are several.
	entry = regexp.MustCompile(`^(?:\[pid +\d+\] |\d+ +)?(?:<\.\.\. )?([a-z_][a-z0-9_]{0,60})(\(| resumed>)`)
	// again is the end of a call that found nothing to do yet, or was interrupted: how
	// often a program comes too early is chance. A call that does not return ends with a
	// question mark, too.
	again = regexp.MustCompile(` = (?:-1 (?:EAGAIN|EINTR)\b|\?)[^=]*$`)
)

// unfinished ends the line of a call that others overtake. A later line has its end.
const unfinished = "<unfinished ...>"

// Calls counts the system calls by name that ended on these lines, without those that
// were interrupted, found nothing to do yet, or end the process. Other lines are no calls.
func Calls(from io.Reader) (map[string]int, error) {
	calls := map[string]int{}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), " ")
		name := entry.FindStringSubmatch(line)
		if name == nil || strings.HasSuffix(line, unfinished) || again.MatchString(line) {
			continue
		}
		if calls[name[1]]++; len(calls) > mostNames {
			return nil, fmt.Errorf("more than %d names of system calls", mostNames)
		}
	}
	return calls, lines.Err()
}

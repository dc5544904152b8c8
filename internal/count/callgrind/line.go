package callgrind

import (
	"fmt"
	"strconv"
)

// lineCounter is the line of the source at the costs read last: the next ones may be
// relative to it.
type lineCounter int

// next is the line that a position says: "12", "0xc", "+3", "-3", or "*" for the same.
func (c *lineCounter) next(position string) (int, error) {
	if position == "*" {
		return int(*c), nil
	}
	n, err := strconv.ParseInt(position, 0, 64)
	if err != nil || int64(int(n)) != n {
		return 0, fmt.Errorf("%q is no position", cut(position))
	}
	if position[0] == '+' || position[0] == '-' {
		n += int64(*c)
	}
	*c = lineCounter(n)
	return int(n), nil
}

// cut is a text for a message.
func cut(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}

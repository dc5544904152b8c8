package proof

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/testdata/series"
)

const usage = `.ci/proof FILE [ROW=COUNT]...  decide until FILE has COUNT decisions of each ROW
.ci/proof table FILE           FILE as a Markdown table
.ci/proof try TIME [ROW]...    decide each ROW once in a time budget such as 20s and print
                               the lines, to see that a row works

Without rows: all of them, as often as stands below. Each decision appends one line of
JSON to FILE, so that a stopped run is resumed by the same command; one that was cut
leaves no line. The rows take turns, so that a change of the machine meets all.

The reduced suite is json and sse, 1 and 10 in flight, 10 KB, in 50 s where nothing else
is said. Shares are of what the unchanged gateway was measured to have, at each start of
this command; what came of them is in the line. Base is a bundle of the gateway, or a
commit. The seed is 1000 times the place of the row plus the number of the decision.

`

// Usage is what the command does, and its rows.
func Usage() string {
	var b strings.Builder
	b.WriteString(usage)
	for _, r := range Rows {
		fmt.Fprintf(&b, "  %-18s%3d  %s\n", r.Name, r.Count, r.Is)
	}
	return b.String()
}

// Command is what the command line asks for.
type Command struct {
	Help, Table bool
	Try         time.Duration // budget of each gate; 0: the row's own, and the lines are kept
	File        string
	Want        map[string]int // decisions by row
}

// Parse reads the command line, without the name of the program.
func Parse(args []string) (c Command, err error) {
	switch {
	case len(args) == 0, args[0] == "-h", args[0] == "--help":
		c.Help = true
	case args[0] == "table":
		if c.Table = true; len(args) != 2 {
			return c, errors.New("a table is of one FILE of decisions: .ci/proof table FILE")
		}
		c.File = args[1]
	case args[0] == "try":
		return trying(args[1:])
	default:
		c.File = args[0]
		c.Want, err = wanted(args[1:])
	}
	return c, err
}

// wanted are the numbers of the command line, or those of all rows.
func wanted(args []string) (map[string]int, error) {
	want, err := series.Wanted(args, Names())
	if err != nil || len(args) > 0 {
		return want, err
	}
	for _, r := range Rows {
		want[r.Name] = r.Count
	}
	return want, nil
}

func trying(args []string) (c Command, err error) {
	if len(args) == 0 {
		return c, errors.New("a try needs the time budget of its gates, such as: .ci/proof try 20s aa")
	}
	if c.Try, err = time.ParseDuration(args[0]); err != nil || c.Try <= 0 {
		return c, fmt.Errorf("%s is no time budget; give one such as 20s", args[0])
	}
	rows := args[1:]
	if len(rows) == 0 {
		rows = Names()
	}
	var once []string
	for _, row := range rows {
		once = append(once, row+"=1")
	}
	c.Want, err = series.Wanted(once, Names())
	return c, err
}

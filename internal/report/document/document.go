// Package document is what a report says, as sections of paragraphs, lists,
// tables and charts: the only thing that renderers know. It has no numbers that
// are still to be written out, but for the points of charts.
package document

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
)

// Document is a report in words and figures. Renderers decide how it looks and
// what they have room for, never what it says. Its strings may hold text from
// outside, which they have to clean and escape.
type Document struct {
	Tool string // that wrote it, with its version
	Key  string // tells gateways of one repository apart; empty for a single one

	Outcome  bench.Outcome // empty when nothing was decided
	Failed   bool          // a step of the tool failed, so there is no verdict
	Accepted bool          // a person accepted the regression

	// Word is the outcome in a word or two: "regression", "no verdict".
	Word string
	// Lead is the verdict line in pieces, what matters most first. There is
	// always one; the first is the title.
	Lead []string
	// Others are further findings that the title has no room for.
	Others []string
	// Causes are the likely causes of what the title says, a few words each.
	Causes []string
	Facts  []Item // what was compared, with what
	Alerts []Alert
	Look   string  // what to look at in the code first; may be empty
	ToDo   string  // what to do about the outcome; may be empty
	Counts []Count // of the scenarios, by outcome

	Sections []Section
	Remarks  []Remark
	Config   string // path of the configuration in the repository; may be empty
	Links    []Link // where more is to be had
}

// Count is how many scenarios have an outcome.
type Count struct {
	Outcome bench.Outcome
	N       int
}

// Line is the verdict in one line of plain text of at most so many characters,
// without a line end. It holds what the title says, as far as there is room.
func (d Document) Line(most int) string {
	text := plain.Capital(plain.Clean(d.Lead[0]))
	for _, piece := range d.Lead[1:] {
		longer := text + "; " + plain.Clean(piece)
		if utf8.RuneCountInString(longer) > most {
			break
		}
		text = longer
	}
	return plain.Cut(text, most-1)
}

// Rank says which readers are shown a section.
type Rank int

// The ranks. Each is shown to those of the next one, too.
const (
	// Always is open everywhere: it is what everybody has to read.
	Always Rank = iota
	// Folded is open where there is room, and folded in a comment.
	Folded
	// Detail is for a terminal with -v, and folded in a comment.
	Detail
	// Full is for a job's summary and the page.
	Full
	// Page is for the page alone.
	Page
)

// Section is a part of a document with a heading.
type Section struct {
	ID       string // unique in the document, one word of letters, digits and -/.
	Heading  string
	Rank     Rank
	Blocks   []Block
	Sections []Section
	Brief    bool // its beginning belongs to an answer of a few lines

	// Where a page folds a section: whether it is open at first. A page folds every
	// section that is not for everybody, and nested ones with Fold.
	Fold, Open bool
	Outcome    bench.Outcome // of what it is about
	Aside      string        // stands beside its heading
}

// Empty is true for a section that has nothing to say: a small paragraph only
// explains what else is there.
func (s Section) Empty() bool {
	says := func(b Block) bool {
		p, is := b.(Paragraph)
		return !b.Empty() && !(is && p.Small)
	}
	return !slices.ContainsFunc(s.Blocks, says) &&
		!slices.ContainsFunc(s.Sections, func(n Section) bool { return !n.Empty() })
}

// Block is a Paragraph, List, Table, Charts, Alert, Output or Command.
type Block interface{ Empty() bool }

// Paragraph is running text; Small sets apart what explains and decides nothing.
type Paragraph struct {
	Text  string
	Small bool
}

// List is some items below each other.
type List struct {
	Title    string // may be empty
	Items    []Item
	Numbered bool // they are footnotes, from 1
	Most     int  // items that are enough where room is short; 0: all
}

// Item is a text with, if it has one, the name of what it is about.
type Item struct {
	Name, Text string
	Look       string // what to look at in the code; may be empty
	Links      []Link // words of Text that lead somewhere
}

// Whole is the text of an item and what to look at.
func (i Item) Whole() string {
	if i.Look == "" {
		return i.Text
	}
	return strings.TrimSuffix(i.Text, ".") + ". Look at: " + strings.TrimSuffix(i.Look, ".") + "."
}

// Link leads to a web page.
type Link struct{ Text, Address string }

// Followed is the address, where a browser may follow it; else it is empty.
func (l Link) Followed() string {
	u, err := url.Parse(l.Address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return u.String()
}

// Table has figures that are already written out. The figures of a row have one
// unit, which a column of its own names where columns do not.
type Table struct {
	Caption string
	Columns []Column
	Rows    []Row
	Heat    bool // each cell has an outcome of its own
	Fold    bool // a page folds it below its caption
	Most    int  // rows that are enough where room is short; 0: all
}

// Filled are the places of the columns that have something to show; the first
// always is one.
func (t Table) Filled() []int {
	places := []int{0}
	for i := 1; i < len(t.Columns); i++ {
		if slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Cells[i].Text != "" || r.Cells[i].Span != nil }) {
			places = append(places, i)
		}
	}
	return places
}

// Column is the head of a column.
type Column struct {
	Title, Unit string
	Text        bool // is aligned to the left; figures are to the right
	Wide        bool // is left out where a line has 80 characters
	Scaled      bool // its figures have the unit of their row
}

// Row is one row of a table.
type Row struct {
	Cells   []Cell
	Outcome bench.Outcome
	Alarm   bool // requests failed here
	// Again is true for a row about what an earlier row has told the most of.
	Again bool
}

// Cell is a text or a figure as it is read.
type Cell struct {
	Text    string
	Value   *float64 // in base units, for sorting; nil for text and for a missing figure
	Section string   // ID of the section about it; may be empty
	Outcome bench.Outcome
	Span    *Span // drawn where that can be done, instead of the text
}

// Span is a change with its interval and its limit, as shares, on the scale of
// its table from Low to High. NaN stands for an end that is not known.
type Span struct {
	Change, From, To, Limit float64
	Low, High               float64
}

// Alert is a remark that keeps a verdict from being taken at its face value.
type Alert struct {
	Level Level
	Text  string
}

// Output is the last lines that a program printed.
type Output struct{ Lines []string }

// Command is one line for a shell.
type Command struct{ Text string }

// Level is how much a Remark or an Alert matters, in the words of GitHub's API.
type Level string

// The levels.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Fault   Level = "failure"
)

// Remark is a finding about one scenario or the whole, in plain text, for the
// annotations of a check run. The worst is the first.
type Remark struct {
	Level       Level
	Title, Text string
}

func (p Paragraph) Empty() bool { return p.Text == "" }
func (l List) Empty() bool      { return len(l.Items) == 0 }
func (t Table) Empty() bool     { return len(t.Rows) == 0 }
func (c Charts) Empty() bool    { return len(c.Charts) == 0 }
func (a Alert) Empty() bool     { return a.Text == "" }
func (o Output) Empty() bool    { return len(o.Lines) == 0 }
func (c Command) Empty() bool   { return c.Text == "" }

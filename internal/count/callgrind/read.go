package callgrind

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// longestLine is more than any name has. C++ and Rust have names of some thousand
// characters.
const longestLine = 1 << 20

// Read reads one profile to its end. An error names the line. A profile that is cut, or
// whose functions do not add up to its total, is an error.
func Read(from io.Reader) (Profile, error) {
	r := reader{names: map[space]map[string]string{}, functions: map[place]int{}, calls: map[[2]int]int{}, line: -1, event: -1}
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, longestLine)
	number := 0
	for lines.Scan() {
		number++
		if err := r.read(strings.TrimSpace(lines.Text())); err != nil {
			return Profile{}, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Profile{}, fmt.Errorf("line %d: %w", number+1, err)
	}
	return r.p, r.whole()
}

// event is what is counted: instructions read, as Valgrind names it.
const event = "Ir"

// space is one of the three kinds of names, each with numbers of its own.
type space int

const (
	objects space = iota
	files
	functions
)

// place is what a function is known by. Those of one name in one object are one: which
// file a called function is in is not always said.
type place struct{ object, name string }

// reader is the state between two lines.
type reader struct {
	p         Profile
	names     map[space]map[string]string // by their numbers
	functions map[place]int               // in p.Functions
	calls     map[[2]int]int              // in p.Calls

	positions int // numbers at the beginning of a line of costs; 0 before the file says so
	line      int // which of them is the line of the source; -1: none
	event     int // which of the costs is ours; -1 before the file says so

	object, file string // of the function
	inlined      string // the file that lines of costs are of
	function     int
	begun        bool // there is a function
	lines        lineCounter

	called struct { // by the next call
		object, file, name string
		elsewhere          bool // in another object than the function
	}
	times   uint64 // of the call whose cost the next line has
	calling bool

	totals uint64
	ended  bool
}

// read takes one line, without blanks around it.
func (r *reader) read(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	if strings.IndexByte("0123456789+-*", line[0]) >= 0 {
		return r.cost(line)
	}
	// Names may hold both characters; what stands before them never does.
	switch at := strings.IndexAny(line, ":="); {
	case at < 0:
		return fmt.Errorf("%q is no line of a profile", cut(line))
	case line[at] == ':':
		return r.header(line[:at], strings.TrimSpace(line[at+1:]))
	default:
		return r.assign(line[:at], strings.TrimSpace(line[at+1:]))
	}
}

// header takes "name: value". Others than these describe the program or the tool.
func (r *reader) header(name, value string) (err error) {
	switch name {
	case "pid":
		r.p.PID, err = strconv.Atoi(value)
	case "positions":
		kinds := strings.Fields(value)
		r.positions, r.line = len(kinds), slices.Index(kinds, "line")
	case "events":
		if r.event = slices.Index(strings.Fields(value), event); r.event < 0 {
			return fmt.Errorf("it counts %q, and not instructions (%s)", cut(value), event)
		}
	case "totals":
		var total uint64
		total, err = r.costOf(strings.Fields(value))
		r.totals += total
		r.ended = true
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// assign takes "name=value". Others than these are of no use here, such as jump.
func (r *reader) assign(name, value string) (err error) {
	c := &r.called
	switch name {
	case "ob":
		r.object, err = r.name(objects, value)
	case "fl":
		r.file, err = r.name(files, value)
		r.inlined = r.file
	case "fi", "fe": // code of another file that the compiler has put into this function
		r.inlined, err = r.name(files, value)
	case "fn":
		var text string
		if text, err = r.name(functions, value); err == nil {
			r.inlined = r.file
			r.function, r.begun = r.index(r.object, r.file, text), true
		}
	case "cob":
		c.object, err = r.name(objects, value)
		c.elsewhere = true
	case "cfi", "cfl":
		c.file, err = r.name(files, value)
	case "cfn":
		c.name, err = r.name(functions, value)
	// Where a jump goes is of no use here, but may be what names a number first.
	case "jfi":
		_, err = r.name(files, value)
	case "jfn":
		_, err = r.name(functions, value)
	case "calls":
		times, _, _ := strings.Cut(value, " ")
		r.times, err = strconv.ParseUint(times, 0, 64)
		r.calling = true
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// name is a name that is written out, or a number for one: "(1) name" gives the number,
// "(1)" takes it up.
func (r *reader) name(of space, value string) (string, error) {
	if !strings.HasPrefix(value, "(") {
		return value, nil
	}
	number, text, ok := strings.Cut(value, ")")
	if _, err := strconv.ParseUint(number[1:], 10, 64); !ok || err != nil {
		return value, nil // as "(unknown)", or "(anonymous namespace)::f()"
	}
	if text = strings.TrimSpace(text); text != "" {
		if r.names[of] == nil {
			r.names[of] = map[string]string{}
		}
		r.names[of][number] = text
		return text, nil
	}
	text, ok = r.names[of][number]
	if !ok {
		return "", fmt.Errorf("there is no name with the number %s", cut(number[1:]))
	}
	return text, nil
}

// unknown is how callgrind writes that it does not know a name.
const unknown = "???"

// index is that of a function in the profile, which it may be new to.
func (r *reader) index(object, file, name string) int {
	known := func(name string) string {
		if name == unknown {
			return ""
		}
		return name
	}
	at := place{known(object), withoutLevel(name)}
	i, ok := r.functions[at]
	if !ok {
		i = len(r.p.Functions)
		r.functions[at] = i
		r.p.Functions = append(r.p.Functions, Function{Name: at.name, Object: at.object})
	}
	if f := &r.p.Functions[i]; f.File == "" {
		f.File = known(file)
	}
	return i
}

// withoutLevel is a name without the level of a recursion, "f" of "f'2".
func withoutLevel(name string) string {
	at := strings.LastIndexByte(name, '\'')
	if at <= 0 || at == len(name)-1 || strings.Trim(name[at+1:], "0123456789") != "" {
		return name
	}
	return name[:at]
}

// cost takes a line of positions and costs: of the function itself, or, behind a call,
// of the function called and all that it calls.
func (r *reader) cost(text string) error {
	fields := strings.Fields(text)
	switch {
	case r.positions == 0 || r.event < 0:
		return errors.New("costs stand before the file says which (positions, events)")
	case !r.begun:
		return errors.New("costs stand before the name of their function")
	case len(fields) < r.positions:
		return fmt.Errorf("%q has less than %d positions", cut(text), r.positions)
	}
	line := 0
	if r.line >= 0 {
		var err error
		if line, err = r.lines.next(fields[r.line]); err != nil {
			return err
		}
	}
	if r.calling {
		r.call()
		return nil
	}
	cost, err := r.costOf(fields[r.positions:])
	if err != nil {
		return err
	}
	f := &r.p.Functions[r.function]
	f.Instructions += cost
	r.p.Instructions += cost
	if r.inlined == f.File && cost > 0 && line > 0 && (f.Line == 0 || line < f.Line) {
		f.Line = line
	}
	return nil
}

// call adds the call that was just read.
func (r *reader) call() {
	c := &r.called
	object := r.object
	if c.elsewhere {
		object = c.object
	}
	pair := [2]int{r.function, r.index(object, c.file, c.name)}
	at, ok := r.calls[pair]
	if !ok {
		at = len(r.p.Calls)
		r.calls[pair] = at
		r.p.Calls = append(r.p.Calls, Call{From: pair[0], To: pair[1]})
	}
	r.p.Calls[at].Times += r.times
	r.calling, c.elsewhere, c.file, c.name = false, false, "", ""
}

// costOf is ours of some costs. Those at the end that are zero may be missing.
func (r *reader) costOf(costs []string) (uint64, error) {
	if r.event < 0 {
		return 0, errors.New("costs stand before the file says which (events)")
	}
	if r.event >= len(costs) {
		return 0, nil
	}
	return strconv.ParseUint(costs[r.event], 0, 64)
}

// whole says whether the file has its end, and adds up.
func (r *reader) whole() error {
	switch {
	case !r.ended:
		return errors.New("it has no end (totals)")
	case r.p.Instructions != r.totals:
		return fmt.Errorf("its functions have %d instructions, and its total is %d", r.p.Instructions, r.totals)
	}
	return nil
}

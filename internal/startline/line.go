// Package startline reads the shell line that starts a gateway without running it:
// which program it runs, what that program needs of its repository, and what
// usually builds it. Each answer is a guess that a setting replaces, and is only
// given where nothing is ambiguous.
//
// It sees a repository through [fs.FS] and must not know how lines are run.
package startline

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// line is a start line as far as it can be read.
type line struct {
	dir  string   // where the program runs, relative to the repository; "." is its root
	args []string // the program and its arguments; one that is known only when it runs is empty
}

// name is the program without its directory.
func (l line) name() string { return path.Base(l.args[0]) }

// own is the path of a program in the repository; empty when it is one of the
// machine.
func (l line) own() string {
	if program := l.args[0]; strings.Contains(program, "/") {
		return l.local(program)
	}
	return ""
}

// local is the path of a file that the line names by a relative path; empty when it
// is none of the repository.
func (l line) local(named string) string {
	if named == "" || path.IsAbs(named) {
		return ""
	}
	if p := path.Join(l.dir, named); p != ".." && !strings.HasPrefix(p, "../") {
		return p
	}
	return ""
}

// parse finds the program of a start line: the one that it execs, else the last one
// that it runs. What comes before prepares it.
func parse(start string) (line, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(start), "")
	if err != nil {
		return line{}, fmt.Errorf("the shell would not read it: %w", err)
	}
	r := reader{found: line{dir: "."}, dir: "."}
	r.statements(file.Stmts)
	switch {
	case r.err != nil:
		return line{}, r.err
	case len(r.found.args) == 0 || r.found.args[0] == "":
		return line{}, errors.New("its program is known only when it runs")
	}
	return r.found, nil
}

// reader walks through the statements in the order in which they run.
type reader struct {
	dir   string
	found line
	done  bool // it was exec'ed: nothing else runs
	err   error
}

func (r *reader) statements(all []*syntax.Stmt) {
	for _, s := range all {
		if r.done || r.err != nil {
			return
		}
		r.command(s.Cmd)
	}
}

func (r *reader) command(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		r.call(c)
	case *syntax.BinaryCmd:
		r.statements([]*syntax.Stmt{c.X})
		if c.Op == syntax.AndStmt { // else it is what happens after a failure, or a filter of the output
			r.statements([]*syntax.Stmt{c.Y})
		}
	case *syntax.Block:
		r.statements(c.Stmts)
	case *syntax.Subshell:
		r.statements(c.Stmts)
	}
}

// after are commands that may come after the program of a line.
var after = []string{"wait", "true", ":", "exit", "trap", "export", "sleep"}

func (r *reader) call(c *syntax.CallExpr) {
	var args []string
	for _, w := range c.Args {
		args = append(args, text(w.Parts))
	}
	switch {
	case len(args) == 0 || slices.Contains(after, args[0]): // assignments alone, too
		return
	case args[0] == "cd":
		r.chdir(args[1:])
		return
	case args[0] == "exec":
		r.done = true
	}
	if args = unwrap(args); len(args) > 0 {
		r.found = line{r.dir, args}
	}
}

func (r *reader) chdir(to []string) {
	to = slices.DeleteFunc(to, func(arg string) bool { return arg == "--" })
	if len(to) != 1 || to[0] == "" {
		r.err = errors.New("it changes to a directory that is known only when it runs")
		return
	}
	if r.dir = (line{dir: r.dir}).local(to[0]); r.dir == "" {
		r.err = fmt.Errorf("it changes to %s, which is outside of the repository", to[0])
	}
}

// text is a word of the line; empty when it is known only when the line runs.
func text(parts []syntax.WordPart) string {
	var b strings.Builder
	for i, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, `\`, ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			inner := text(p.Parts)
			if inner == "" && len(p.Parts) > 0 {
				return ""
			}
			b.WriteString(inner)
		case *syntax.ParamExp:
			// $PWD/x is x, wherever the line runs.
			if i != 0 || p.Param.Value != "PWD" || p.Exp != nil {
				return ""
			}
			b.WriteByte('.')
		default:
			return ""
		}
	}
	return b.String()
}

// wrapper is a program that runs another one.
type wrapper struct {
	values string // letters of its options that take a value of their own
	skip   int    // arguments in front of the program
}

var wrappers = map[string]wrapper{
	"exec": {"a", 0}, "command": {"", 0}, "nohup": {"", 0}, "setsid": {"", 0}, "time": {"fo", 0},
	"env": {"uCS", 0}, "nice": {"n", 0}, "ionice": {"cn", 0}, "stdbuf": {"ioe", 0},
	"timeout": {"ks", 1}, "taskset": {"", 1}, "chrt": {"", 1}, "dumb-init": {"", 0}, "tini": {"", 0},
}

// unwrap returns the program that wrappers run, with its arguments.
func unwrap(args []string) []string {
	for len(args) > 0 {
		w, wraps := wrappers[path.Base(args[0])]
		if !wraps {
			return args
		}
		args = w.program(args[1:])
	}
	return nil
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`) // as env takes it

// program is what is left of a wrapper's arguments from the program on.
func (w wrapper) program(args []string) []string {
	skip := w.skip
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case len(arg) == 2 && arg[0] == '-' && strings.Contains(w.values, arg[1:]):
			i++
		case strings.HasPrefix(arg, "-") || assignment.MatchString(arg):
		case skip > 0:
			skip--
		default:
			return args[i:]
		}
	}
	return nil
}

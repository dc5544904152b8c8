package startline

import (
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Named is what a start line and the values of its environment name of a repository.
// It is no guess: where something else may be run or read, Why says so.
type Named struct {
	Paths []string // files and directories, relative to the repository, sorted
	Dir   string   // where the program runs, relative to the repository
	// Compiled is true when the program is a file of the repository that runs by itself:
	// no interpreter loads what lies beside it.
	Compiled bool
	Why      string // what is known only when the line runs; empty: nothing
}

// NamedBy reads a start line. Whatever in it, and in the values of env, is the path of
// something in the repository counts as named, as if it were an option: too much does no
// harm to whoever compares it.
func NamedBy(start string, env map[string]string, repository fs.FS) Named {
	l, err := parse(start)
	if err != nil {
		return Named{Why: err.Error()}
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(start), "")
	if err != nil {
		return Named{Why: err.Error()}
	}
	n := namer{repo: repo{repository}, found: map[string]bool{}, known: map[string]bool{}, here: map[syntax.Node]bool{}}
	above(l.dir, func(dir string) bool {
		n.dirs = append(n.dirs, line{dir: dir})
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(env)) {
		n.known[name] = true
		n.text(env[name])
		if whichArm.MatchString(env[name]) {
			n.unknown("gateway.env asks which of the two gateways it is ($ARM)")
		}
	}
	syntax.Walk(file, n.declare)
	syntax.Walk(file, n.visit)
	return Named{Paths: slices.Sorted(maps.Keys(n.found)), Dir: l.dir, Compiled: l.compiled(n.repo), Why: n.why}
}

var whichArm = regexp.MustCompile(`\$\{?ARM\b`)

// harmless are variables of a start line that name nothing in a repository. ARM is not
// among them: with it a line can do one thing for base and another one for head.
var harmless = regexp.MustCompile(`^(PORT(_[2-9])?|UPSTREAM_(URL|HOST|PORT|TLS_URL|CA)|BENCH_DIR|NO_PROXY|no_proxy|HOME|PATH|TMPDIR|[0-9@*#?$!-])$`)

// What stands in a text for a value that is known only when the line runs: one that
// names nothing in the repository, and one whose own parts were read where it is set.
const (
	elsewhere = "\x00"
	elseRead  = "\x01"
)

// joined is a value next to a part of a path, so that neither names the file alone.
var joined = regexp.MustCompile(`[A-Za-z0-9._/@+%~-]\x01|\x01[A-Za-z0-9._/@+%~\x01-]`)

// namer collects what a line names.
type namer struct {
	repo  repo
	dirs  []line // where the line may be when it names something
	found map[string]bool
	known map[string]bool      // variables that the line or the environment sets
	here  map[syntax.Node]bool // texts of here-documents, in which the shell looks for no files
	why   string
}

func (n *namer) unknown(format string, args ...any) {
	if n.why == "" {
		n.why = fmt.Sprintf(format, args...)
	}
}

// declare notes the variables that the line sets, and its here-documents.
func (n *namer) declare(node syntax.Node) bool {
	switch x := node.(type) {
	case *syntax.Assign:
		if x.Name != nil {
			n.known[x.Name.Value] = true
		}
	case *syntax.WordIter:
		n.known[x.Name.Value] = true
	case *syntax.Redirect:
		if x.Hdoc != nil {
			n.here[x.Hdoc] = true
		}
	case *syntax.Word: // as export and env take it
		if len(x.Parts) == 0 { // an empty here-document
			return true
		}
		if lit, ok := x.Parts[0].(*syntax.Lit); ok && assignment.MatchString(lit.Value) {
			name, _, _ := strings.Cut(lit.Value, "=")
			n.known[name] = true
		}
	}
	return true
}

// visit reads every word of the line, wherever it stands.
func (n *namer) visit(node syntax.Node) bool {
	switch x := node.(type) {
	case *syntax.CallExpr:
		if len(x.Args) > 0 && x.Args[0].Lit() == "." && len(x.Args) == 2 { // reads the script that it names
			n.word(x.Args[1])
			return false
		}
	case *syntax.Word:
		n.word(x)
	}
	return true
}

func (n *namer) word(w *syntax.Word) {
	if !n.here[w] && w.Lit() != "[" {
		for _, part := range w.Parts {
			if lit, ok := part.(*syntax.Lit); ok && strings.ContainsAny(lit.Value, "*?[") {
				n.unknown("it looks for files by a pattern, %s", lit.Value)
			}
		}
	}
	text := n.parts(w.Parts)
	if joined.MatchString(text) {
		n.unknown("it puts a name together out of a variable")
	}
	n.text(text)
}

// parts is the text of a word.
func (n *namer) parts(parts []syntax.WordPart) string {
	var b strings.Builder
	for i, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, `\`, ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.WriteString(n.parts(p.Parts))
		case *syntax.ParamExp:
			b.WriteString(n.variable(p, i == 0))
		case *syntax.CmdSubst:
			b.WriteString(n.printed(p))
		case *syntax.ArithmExp:
			b.WriteString(elsewhere)
		default:
			n.unknown("a part of it is known only when it runs")
		}
	}
	return b.String()
}

// variable stands for the value of a variable.
func (n *namer) variable(p *syntax.ParamExp, begins bool) string {
	switch name := p.Param.Value; {
	case name == "PWD" && begins && p.Exp == nil:
		return "." // wherever the line runs
	case n.known[name]:
		return elseRead
	case harmless.MatchString(name) && p.Exp == nil:
		return elsewhere
	case name == "ARM":
		n.unknown("it asks which of the two gateways it is ($ARM)")
	default:
		n.unknown("the value of $%s is known only when it runs", name)
	}
	return elsewhere
}

// printed stands for the output of a command. That of cat is what the files hold.
func (n *namer) printed(c *syntax.CmdSubst) string {
	if len(c.Stmts) == 1 {
		call, ok := c.Stmts[0].Cmd.(*syntax.CallExpr)
		if ok && len(call.Args) > 1 && len(call.Assigns) == 0 && call.Args[0].Lit() == "cat" {
			for _, arg := range call.Args[1:] {
				n.content(text(arg.Parts))
			}
			return elseRead
		}
	}
	n.unknown("what a command in it prints is known only when it runs")
	return elseRead
}

// content reads the text of a file as a part of the line.
func (n *namer) content(file string) {
	for _, dir := range n.dirs {
		if p := dir.local(file); p != "" && n.repo.isFile(p) {
			n.text(string(n.repo.read(p)))
			return
		}
	}
	n.unknown("what a command in it prints is known only when it runs")
}

// text notes every path in a text: the whole, and each piece that looks like a path.
func (n *namer) text(whole string) {
	pieces := strings.FieldsFunc(whole, func(r rune) bool {
		return r < 0x80 && !strings.ContainsRune("._/@+%~-", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	for _, piece := range pieces {
		if strings.HasPrefix(piece, "@") { // as curl takes a file
			pieces = append(pieces, piece[1:])
		} else if len(piece) > 2 && piece[0] == '-' { // an option of one letter and its value
			pieces = append(pieces, piece[2:])
		}
	}
	for _, named := range append(pieces, whole) {
		if named == "" || path.IsAbs(named) {
			continue
		}
		if clean := path.Clean(named); clean == "." {
			n.unknown("it names the whole repository")
			continue
		}
		n.path(named)
	}
}

func (n *namer) path(named string) {
	inside := false
	for _, dir := range n.dirs {
		p := dir.local(named)
		inside = inside || p != ""
		if p != "" && p != "." && n.repo.exists(p) {
			n.found[p] = true
		}
	}
	if !inside {
		n.unknown("it names %s, which is outside of the repository", named)
	}
}

// compiled reports whether the program is a file of the repository that needs no
// interpreter.
func (l line) compiled(r repo) bool {
	own := l.own()
	if own == "" || !r.isFile(own) || r.isVenv(path.Dir(path.Dir(own))) || python.MatchString(l.name()) {
		return false
	}
	if _, interprets := l.script(r); interprets {
		return false
	}
	f, err := r.Open(own)
	if err != nil {
		return false
	}
	defer f.Close()
	magic := make([]byte, len(elf))
	_, err = io.ReadFull(f, magic)
	return err == nil && string(magic) == elf
}

// elf begins a program in the executable format of Linux.
const elf = "\x7fELF"

package startline

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Bundle is what a baseline has to carry so that a start line runs again.
type Bundle struct {
	Paths []string // relative to the repository
	// Why says why there are no paths, or what they may lack; empty when nothing is
	// to be said. It ends with what to do.
	Why string
}

// askForBundle is what to do where nothing can be guessed.
const askForBundle = "list what it needs under gateway.bundle"

func none(format string, args ...any) Bundle {
	return Bundle{Why: fmt.Sprintf(format, args...) + ": " + askForBundle}
}

// BundleOf guesses what the program of a start line needs of its repository: the
// program itself, the modules of a program for Node, a virtual environment for Python
// with the modules beside it, and the files that its arguments name. at is the absolute
// path of the repository.
func BundleOf(start string, repository fs.FS, at string) Bundle {
	l, err := parse(start)
	if err != nil {
		return none("%v", err)
	}
	repo := repo{repository}
	b := l.bundle(repo, at)
	if len(b.Paths) == 0 && b.Why != "" {
		return b
	}
	for _, arg := range l.args[1:] {
		for _, named := range []string{arg, arg[strings.IndexByte(arg, '=')+1:]} {
			p := l.local(named)
			switch {
			case p == "" || !repo.isFile(p) || slices.Contains(b.Paths, p):
			case source.MatchString(p) && !l.readsSource(repo):
				return none("%s runs %s, and what that loads is not known", l.name(), p)
			default:
				b.Paths = append(b.Paths, p)
			}
		}
	}
	if len(b.Paths) == 0 {
		return none("%s is a program of the machine and not of the repository", l.name())
	}
	slices.Sort(b.Paths)
	return b
}

// source is a file that an interpreter runs and that may load others.
var source = regexp.MustCompile(`\.([cm]?[jt]sx?|py|rb|php|pl|lua|exs?|jl|R)$`)

// readsSource reports whether the modules of the program are known.
func (l line) readsSource(r repo) bool {
	s, ok := l.script(r)
	return ok && s.path != "" || l.venv(r) != ""
}

// bundle is what the program needs, without the files that its arguments name.
func (l line) bundle(r repo, at string) Bundle {
	if s, ok := l.script(r); ok {
		if s.why != "" {
			return none("%s", s.why)
		}
		return r.modules(s.path)
	}
	if venv := l.venv(r); venv != "" {
		return r.inVenv(venv, l, at)
	}
	name := l.name()
	switch own := l.own(); {
	case own != "" && path.Base(path.Dir(own)) == ".bin" && r.exists(own): // of a package for Node
		return Bundle{Paths: []string{path.Dir(path.Dir(own))}}
	case own != "" && !r.isFile(own):
		return none("%s is not there", own)
	case own != "":
		b := Bundle{Paths: []string{own}}
		if strings.HasPrefix(string(r.read(own)), "#!") {
			b.Why = own + " is a script, and what it runs is not carried along: " + askForBundle
		}
		return b
	case path.IsAbs(l.args[0]) && !installed.MatchString(l.args[0]):
		return none("%s is neither of the repository nor installed on the machine, so that a build of head may write it", l.args[0])
	case python.MatchString(name):
		return none("%s loads modules that are not known before it runs", name)
	case name == "go" && l.sub() == "run":
		return none("go run compiles at every start; set gateway.build to go build -o gateway ., and gateway.start to ./gateway")
	case name == "cargo" && l.sub() == "run":
		return none("cargo run compiles at every start; set gateway.build to cargo build --locked --release, and gateway.start to target/release/PROGRAM")
	case slices.Contains([]string{"docker", "podman"}, name):
		return none("%s runs the gateway in a container, which this process neither measures nor ends; have gateway.start run the program itself", name)
	case slices.Contains([]string{"sh", "bash", "dash"}, name) && len(l.args) > 1 && l.local(l.args[1]) != "":
		file := l.local(l.args[1])
		return Bundle{Paths: []string{file}, Why: file + " is a script, and what it runs is not carried along: " + askForBundle}
	}
	return Bundle{}
}

// installed are programs where a machine has them.
var installed = regexp.MustCompile(`^/(usr|bin|sbin|opt|nix/store)/`)

// sub is the first argument.
func (l line) sub() string {
	if len(l.args) > 1 {
		return l.args[1]
	}
	return ""
}

var python = regexp.MustCompile(`^(python|pypy)[0-9.]*$`)

// repo is a repository that may not be trusted: whatever is no regular file of
// a sensible size is not there.
type repo struct{ fs.FS }

func (r repo) exists(p string) bool {
	_, err := fs.Stat(r.FS, p)
	return err == nil
}

func (r repo) isFile(p string) bool {
	info, err := fs.Stat(r.FS, p)
	return err == nil && info.Mode().IsRegular()
}

func (r repo) isVenv(dir string) bool { return r.isFile(path.Join(dir, "pyvenv.cfg")) }

// maxSource bounds a file that is read.
const maxSource = 4 << 20

// read is the text of a source file, or the first of a program.
func (r repo) read(p string) []byte {
	info, err := fs.Stat(r.FS, p)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSource {
		return nil
	}
	text, err := fs.ReadFile(r.FS, p)
	if err != nil {
		return nil
	}
	return text
}

// above yields dir and the directories above it.
func above(dir string, yield func(string) bool) {
	for yield(dir) && dir != "." {
		dir = path.Dir(dir)
	}
}

package startline

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Program is the file of the repository that a start line runs, or that an
// interpreter runs for it; empty when it runs none, or none that is known.
func Program(start string, repository fs.FS) string {
	l, err := parse(start)
	if err != nil {
		return ""
	}
	if s, ok := l.script(repo{repository}); ok {
		return s.path
	}
	if python.MatchString(l.name()) {
		if file := l.local(l.sub()); strings.HasSuffix(file, ".py") {
			return file
		}
	}
	return l.own()
}

// Build is the build line of a gateway that says only how it starts: what usually
// makes the program that the start line names. Empty: nothing is to be built, or
// there is more than one way to.
func Build(start string, repository fs.FS) string {
	l, err := parse(start)
	if err != nil {
		return ""
	}
	r := repo{repository}
	if _, ok := l.script(r); ok {
		return r.npm(l)
	}
	program := l.own()
	if program == "" {
		return ""
	}
	for _, c := range []struct{ dir, build string }{
		{"target/release/", "cargo build --locked --release"},
		{"target/debug/", "cargo build --locked"},
	} {
		root, _, found := strings.Cut("/"+program, "/"+c.dir)
		if root = cmp.Or(strings.TrimPrefix(root, "/"), "."); found && r.exists(path.Join(root, "Cargo.toml")) {
			return in(root, c.build)
		}
	}
	if line := r.venv(program); line != "" {
		return line
	}
	return r.golang(program)
}

// in is a line that runs in a directory of the repository.
func in(dir, line string) string {
	if dir == "." {
		return line
	}
	return "cd " + dir + " && " + line
}

// golang builds a program that is missing or older than its sources.
func (r repo) golang(program string) (line string) {
	above(path.Dir(program), func(dir string) bool {
		if !r.exists(path.Join(dir, "go.mod")) {
			return true
		}
		if r.outdated(dir, program, isGo) {
			to := strings.TrimPrefix(path.Dir(program), dir+"/")
			if dir == path.Dir(program) {
				to = "."
			}
			line = in(dir, "go build -o "+to+"/ ./...")
		}
		return false
	})
	return line
}

func isGo(name string) bool {
	return path.Ext(name) == ".go" || name == "go.mod" || name == "go.sum"
}

// npm installs the packages of a program for Node, and runs its package's build, as
// far as an earlier step has not: where npm's own lock file says which.
func (r repo) npm(l line) (line string) {
	from := l.dir
	for _, arg := range l.args[1:] { // the file may still have to be built
		if p := l.local(arg); source.MatchString(arg) && p != "" {
			from = path.Dir(p)
			break
		}
	}
	above(from, func(dir string) bool {
		if !r.exists(path.Join(dir, "package.json")) {
			return true
		}
		line = r.npmIn(dir, l)
		return false
	})
	return line
}

func (r repo) npmIn(dir string, l line) string {
	for _, other := range []string{"yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"} {
		if r.exists(path.Join(dir, other)) {
			return ""
		}
	}
	lock := path.Join(dir, "package-lock.json")
	if !r.exists(lock) {
		return ""
	}
	var lines []string
	if r.newer(lock, path.Join(dir, "node_modules/.package-lock.json")) {
		lines = append(lines, "npm ci")
	}
	s, _ := l.script(r)
	if r.manifest(dir).Scripts["build"] != "" && (len(lines) > 0 || s.path == "" || r.outdated(dir, s.path, isTypeScript)) {
		lines = append(lines, "npm run build")
	}
	if len(lines) == 0 {
		return ""
	}
	return in(dir, strings.Join(lines, " && "))
}

func isTypeScript(name string) bool {
	return slices.Contains([]string{".ts", ".mts", ".cts", ".tsx"}, path.Ext(name)) && !strings.Contains(name, ".d.")
}

// venv makes the virtual environment of a program that is not there, out of the one
// file that says what it holds.
func (r repo) venv(program string) string {
	env := path.Dir(path.Dir(program))
	if path.Base(path.Dir(program)) != "bin" || !slices.Contains([]string{".venv", "venv", ".env", "env"}, path.Base(env)) || r.exists(program) {
		return ""
	}
	dir := path.Dir(env)
	has := func(name string) bool { return r.exists(path.Join(dir, name)) }
	for _, other := range []string{"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"} {
		if has(other) {
			return ""
		}
	}
	install := ""
	switch requirements, project := has("requirements.txt"), has("pyproject.toml"); {
	case requirements == project: // both or none
		return ""
	case requirements:
		install = "-r requirements.txt"
	default:
		install = "."
	}
	name := path.Base(env)
	return in(dir, "python3 -m venv "+name+" && "+name+"/bin/pip install "+install)
}

// newer reports whether a file is newer than another one, or the other is not there.
func (r repo) newer(file, than string) bool {
	a, err := fs.Stat(r.FS, file)
	if err != nil {
		return false
	}
	b, err := fs.Stat(r.FS, than)
	return err != nil || a.ModTime().After(b.ModTime())
}

// outdated is true when a program is missing, or older than some source below dir
// and so of another commit. A newer one was built by an earlier step, perhaps in
// another way, and is taken as it is.
func (r repo) outdated(dir, program string, isSource func(name string) bool) bool {
	if !r.exists(program) {
		return true
	}
	var older bool
	_ = fs.WalkDir(r.FS, dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir // what cannot be read is not built from, either
		}
		switch name := d.Name(); {
		case d.IsDir() && p != dir && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "node_modules"):
			return fs.SkipDir
		case !d.IsDir() && isSource(name):
			older = r.newer(p, program)
		}
		if older {
			return fs.SkipAll
		}
		return nil
	})
	return older
}

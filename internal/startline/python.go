package startline

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// venv is the virtual environment whose program the line runs, relative to the
// repository; empty when it runs none of one.
func (l line) venv(r repo) string {
	if own := l.own(); own != "" {
		if dir := path.Dir(path.Dir(own)); dir != "." && r.isVenv(dir) && r.exists(own) {
			return dir
		}
	}
	return ""
}

// inVenv is what a program of a virtual environment needs: the environment, what was
// installed into it in place, and the modules of the repository that the line names with
// those that they import. at is the absolute path of the repository.
func (r repo) inVenv(venv string, l line, at string) Bundle {
	m := pythonModules{repo: r, from: l.dir}
	m.add(venv)
	module := ""
	if python.MatchString(l.name()) {
		var file string
		switch file, module = pythonRuns(l.args[1:]); {
		case file != "" && !r.isFile(l.local(file)):
			return none("%s, which %s runs, is not a file of the repository", file, l.name())
		case file != "":
			m.from = path.Dir(l.local(file))
			m.addFile(l.local(file))
		case module == "":
			return none("%s is given neither a file nor a module to run", l.name())
		}
	}
	for i, arg := range l.args[1:] {
		if place := l.local(arg); slices.Contains(placeOptions, l.args[i]) && place != "" {
			m.from = place
		}
	}
	for _, arg := range l.args[1:] {
		if name := application.FindStringSubmatch(arg); name != nil {
			m.load(name[1])
		}
	}
	m.load(module)
	m.installedInPlace(venv, at)
	m.follow()
	if m.why != "" {
		return none("%s", m.why)
	}
	return Bundle{Paths: m.paths}
}

// application is how servers are told what to serve: module:name, module:make().
var application = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_.]*):[A-Za-z_][A-Za-z0-9_.()]*$`)

// placeOptions are the options of servers that say where their modules are.
var placeOptions = []string{"--app-dir", "--chdir", "--pythonpath"}

// pythonValues are the options of python that take the next argument as their value.
var pythonValues = []string{"-W", "-X", "--check-hash-based-pycs"}

// pythonRuns finds the file or the module that python is asked to run.
func pythonRuns(args []string) (file, module string) {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case slices.Contains(pythonValues, arg):
			i++
		case strings.HasPrefix(arg, "-") && strings.HasSuffix(arg, "m") && !strings.HasPrefix(arg, "--"): // also -um
			if i+1 < len(args) {
				return "", args[i+1]
			}
			return "", ""
		case arg == "-c", arg == "":
			return "", ""
		case !strings.HasPrefix(arg, "-"):
			return arg, ""
		}
	}
	return "", ""
}

// pythonModules collects what Python loads of a repository.
type pythonModules struct {
	repo
	from  string   // where modules are looked for
	paths []string // found
	files []string // to be looked through for imports
	why   string
}

func (m *pythonModules) add(p string) bool {
	if slices.Contains(m.paths, p) {
		return false
	}
	m.paths = append(m.paths, p)
	return true
}

func (m *pythonModules) addFile(p string) {
	if m.add(p) {
		m.files = append(m.files, p)
	}
}

// load adds the file or package of a module, as far as it is of the repository. A
// package is carried whole: it may read what lies in it.
func (m *pythonModules) load(name string) {
	top, _, _ := strings.Cut(name, ".")
	p := path.Join(m.from, top)
	switch {
	case top == "":
	case m.isFile(p + ".py"):
		m.addFile(p + ".py")
	case m.isPackage(p) && m.add(p):
		_ = fs.WalkDir(m.FS, p, func(file string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path.Ext(file) == ".py" {
				m.files = append(m.files, file)
			}
			return nil
		})
	}
}

// isPackage is true of a directory with modules, with or without an __init__.py.
func (m *pythonModules) isPackage(dir string) bool {
	found, err := fs.Glob(m.FS, globbed(dir)+"/*.py")
	return err == nil && len(found) > 0
}

// globbed is a path as a pattern that matches only itself.
func globbed(p string) string {
	return regexp.MustCompile(`[*?\[\\]`).ReplaceAllString(p, `\$0`)
}

var (
	// pythonImports are the modules that a file names, at any depth of its blocks.
	pythonImports = regexp.MustCompile(`(?m)^[ \t]*(?:import[ \t]+([A-Za-z_][A-Za-z0-9_., \t]*)|from[ \t]+([A-Za-z_][A-Za-z0-9_.]*)[ \t]+import\b)`)
	// pythonDynamic is a module whose name is known only when the file runs.
	pythonDynamic = regexp.MustCompile(`\b(?:import_module|__import__|run_path|run_module|spec_from_file_location)[ \t]*\(|\bsys\.path\b`)
)

// literal is a text of a program that may name a file.
var literal = regexp.MustCompile(`['"]([A-Za-z0-9_./-]+\.[A-Za-z0-9]+)['"]`)

// follow looks for what the files import, and for the files that they name.
func (m *pythonModules) follow() {
	for i := 0; i < len(m.files) && m.why == ""; i++ {
		text := m.read(m.files[i])
		if pythonDynamic.Match(text) {
			m.why = m.files[i] + " loads modules whose names or places are known only when it runs"
		}
		for _, found := range literal.FindAllSubmatch(text, -1) {
			for _, dir := range []string{".", m.from} {
				if p := path.Join(dir, string(found[1])); m.isFile(p) {
					m.add(p)
				}
			}
		}
		for _, found := range pythonImports.FindAllSubmatch(text, -1) {
			m.load(string(found[2]))
			for _, name := range strings.Split(string(found[1]), ",") {
				name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
				m.load(name)
			}
		}
	}
}

var inPlace = regexp.MustCompile(`['"](/[^'"\n]+)['"]`)

// installedInPlace adds what pip install -e has left where it is: files of the
// environment name it by an absolute path.
func (m *pythonModules) installedInPlace(venv, at string) {
	place := globbed(venv) + "/lib/python*/site-packages/"
	links, _ := fs.Glob(m.FS, place+"*.pth")
	finders, _ := fs.Glob(m.FS, place+"__editable__*.py")
	for _, file := range append(links, finders...) {
		var named []string
		if path.Ext(file) == ".pth" {
			named = strings.Split(string(m.read(file)), "\n")
		} else {
			for _, found := range inPlace.FindAllSubmatch(m.read(file), -1) {
				named = append(named, string(found[1]))
			}
		}
		for _, name := range named {
			name = path.Clean(strings.TrimSpace(name))
			below, inside := strings.CutPrefix(name, path.Clean(at)+"/")
			switch {
			case name == path.Clean(at):
				m.why = "the whole repository is installed in place in " + venv + " (pip install -e); install a copy (pip install .)"
			case inside && m.exists(below):
				m.add(below)
			}
		}
	}
}

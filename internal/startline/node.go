package startline

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// script is the file that Node, or a program like it, is asked to run.
type script struct {
	path string // in the repository
	why  string // it is not known
}

// script finds the file of a start line for Node, and of the package script that
// npm runs; ok is false for any other line.
func (l line) script(r repo) (s script, ok bool) {
	switch name := l.name(); {
	case slices.Contains([]string{"node", "nodejs", "bun", "deno"}, name):
		return l.nodeScript(r), true
	case slices.Contains([]string{"npm", "yarn", "pnpm"}, name):
		return l.packageScript(r), true
	case name == "npx":
		return script{why: "npx may download what it runs"}, true
	}
	return script{}, false
}

// nodeOptions are the options of node that take the next argument as their value.
var nodeOptions = []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--title"}

func (l line) nodeScript(r repo) script {
	for i := 1; i < len(l.args); i++ {
		switch arg := l.args[i]; {
		case slices.Contains(nodeOptions, arg):
			i++
		case strings.HasPrefix(arg, "-") || arg == "run":
		case arg == "" || l.local(arg) == "":
			return script{why: "the file that " + l.name() + " runs is not one of the repository"}
		case !r.isFile(l.local(arg)):
			return script{why: l.local(arg) + " is not there"}
		default:
			return script{path: l.local(arg)}
		}
	}
	return script{why: l.name() + " is given no file to run"}
}

// packageScript reads what npm start, npm run NAME and their like run.
func (l line) packageScript(r repo) script {
	name := ""
	for _, arg := range l.args[1:] {
		if arg != "run" && arg != "--silent" && arg != "-s" {
			name = arg
			break
		}
	}
	manifest := r.manifest(l.dir)
	inner, err := parse(manifest.Scripts[name])
	if manifest.Scripts[name] == "" || err != nil {
		return script{why: "package.json does not say what " + l.name() + " " + name + " runs"}
	}
	inner.dir = path.Join(l.dir, inner.dir)
	if inner.name() != "node" {
		return script{why: l.name() + " " + name + " runs " + inner.name() + ", and what that loads is not known"}
	}
	return inner.nodeScript(r)
}

// manifest is what counts here of a package.json.
type manifest struct {
	Scripts      map[string]string `json:"scripts"`
	Dependencies map[string]string `json:"dependencies"`
}

func (r repo) manifest(dir string) (m manifest) {
	if json.Unmarshal(r.read(path.Join(dir, "package.json")), &m) != nil {
		return manifest{}
	}
	return m
}

var (
	// imports are the modules that a file names. A name in a comment may be among
	// them, and is then most often not there.
	imports = regexp.MustCompile("(?:\\bfrom|\\bimport|\\brequire)\\s*\\(?\\s*[\"'`]([^\"'`\\n$]+)[\"'`]")
	// dynamic is a module whose name is known only when the file runs.
	dynamic = regexp.MustCompile("(?:\\bimport|\\brequire)\\s*\\(\\s*(?:[A-Za-z_$]|`[^`]*\\$)")
)

// modules is a file with all modules that it loads: files beside it, the nearest
// package.json, which says how they are read, and node_modules where one is of
// there.
func (r repo) modules(file string) Bundle {
	found := []string{file}
	packages := map[string]bool{} // directories node_modules
	for i := 0; i < len(found); i++ {
		text := r.read(found[i])
		if dynamic.Match(text) {
			return none("%s loads modules whose names are known only when it runs", found[i])
		}
		for _, m := range imports.FindAllSubmatch(text, -1) {
			name := string(m[1])
			if !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../") {
				if dir := r.packageDir(path.Dir(found[i]), name); dir != "" {
					packages[dir] = true
				}
				continue
			}
			if p := r.module(path.Join(path.Dir(found[i]), name)); p != "" && !slices.Contains(found, p) {
				found = append(found, p)
			}
		}
	}
	above(path.Dir(file), func(dir string) bool {
		p := path.Join(dir, "package.json")
		if r.isFile(p) && !slices.Contains(found, p) {
			found = append(found, p)
		}
		return !r.isFile(p)
	})
	for dir := range packages {
		found = append(found, dir)
	}
	return Bundle{Paths: found}
}

// module is the file that a relative import names; empty when there is none.
func (r repo) module(named string) string {
	for _, ending := range []string{"", ".js", ".mjs", ".cjs", ".json", "/index.js", "/index.mjs", "/index.cjs"} {
		if p := named + ending; r.isFile(p) {
			return p
		}
	}
	return ""
}

// packageDir is the directory node_modules that has a package, as seen from dir;
// empty for what Node brings along.
func (r repo) packageDir(dir, name string) (found string) {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		name = parts[0] + "/" + parts[1]
	} else {
		name = parts[0]
	}
	above(dir, func(dir string) bool {
		if modules := path.Join(dir, "node_modules"); r.exists(path.Join(modules, name)) {
			found = modules
		}
		return found == ""
	})
	return found
}

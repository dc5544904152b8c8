package scaffold

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// candidate is a program of a repository.
type candidate struct{ name, dir, from string }

var gatewayName = regexp.MustCompile(`(?i)gateway|proxy|router|server`)

// choose is the program that is most likely the gateway: the one that the image
// runs, else one that is called like it, else the first. The others are named.
func (g *Guess) choose(all []candidate, image string) (candidate, bool) {
	if len(all) == 0 {
		return candidate{}, false
	}
	i := slices.IndexFunc(all, func(c candidate) bool {
		return slices.ContainsFunc(strings.Fields(image), func(w string) bool { return path.Base(w) == c.name })
	})
	if i < 0 {
		i = max(0, slices.IndexFunc(all, func(c candidate) bool { return gatewayName.MatchString(c.name) }))
	}
	if len(all) > 1 {
		var others []string
		for j, c := range all {
			if j != i {
				others = append(others, c.name)
			}
		}
		g.Missing = append(g.Missing, "which program is the gateway: "+all[i].name+" was taken; others are "+strings.Join(others, ", "))
	}
	return all[i], true
}

// rust reads Cargo.toml and those of the workspace's members.
func rust(repo fs.FS, image string, g *Guess) {
	type manifest struct {
		Package   struct{ Name string }
		Bin       []struct{ Name, Path string }
		Workspace *struct{ Members []string }
	}
	var top manifest
	text, err := readFile(repo, "Cargo.toml")
	if err != nil || toml.Unmarshal(text, &top) != nil {
		return
	}
	dirs := []string{"."}
	if top.Workspace != nil {
		for _, member := range top.Workspace.Members {
			found, _ := fs.Glob(repo, path.Clean(member))
			dirs = append(dirs, found...)
		}
	}
	var programs []candidate
	for _, dir := range dirs {
		var m manifest
		file := path.Join(dir, "Cargo.toml")
		text, err := readFile(repo, file)
		if err != nil || toml.Unmarshal(text, &m) != nil || m.Package.Name == "" {
			continue
		}
		names, listed := []string{}, []string{}
		for _, bin := range m.Bin {
			names, listed = append(names, bin.Name), append(listed, path.Clean(bin.Path))
		}
		// Cargo finds these by itself, unless a [[bin]] has the file.
		if exists(repo, path.Join(dir, "src/main.rs")) && !slices.Contains(listed, "src/main.rs") {
			names = append(names, m.Package.Name)
		}
		more, _ := fs.Glob(repo, path.Join(dir, "src/bin/*.rs"))
		for _, extra := range more {
			if name := strings.TrimSuffix(path.Base(extra), ".rs"); !slices.Contains(listed, "src/bin/"+path.Base(extra)) {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		names = slices.Compact(names) // a [[bin]] without a path has that of its name
		for _, name := range names {
			programs = append(programs, candidate{name, dir, file})
		}
	}
	g.Language, g.manifest, g.target, g.caching = "Rust", "Cargo.toml", true, "'Cargo.lock', 'rust-toolchain.toml'"
	g.Ignore = []string{"/target/"}
	g.Build = "cargo build --release"
	if exists(repo, "Cargo.lock") {
		g.Build = "cargo build --locked --release"
	}
	if c, ok := g.choose(programs, image); ok {
		if len(programs) > 1 {
			g.Build += " --bin " + word(c.name)
		}
		g.program = program{line: "target/release/" + word(c.name), dir: c.dir, from: c.from, entry: true}
	}
}

var goMain = regexp.MustCompile(`(?m)^package main$`)

// golang looks for main packages.
func golang(repo fs.FS, image string, g *Guess) {
	if !exists(repo, "go.mod") {
		return
	}
	module, _ := readFile(repo, "go.mod")
	var programs []candidate
	for _, s := range read(repo, "") {
		dir := path.Dir(s.path)
		if s.language != "Go" || !goMain.MatchString(s.text) || !strings.Contains(s.text, "\nfunc main()") ||
			strings.Contains(s.text, "\n//go:build ignore") || strings.HasPrefix(s.text, "//go:build ignore") {
			continue
		}
		name := path.Base(dir)
		if dir == "." {
			first, _, _ := strings.Cut(string(module), "\n")
			name = path.Base(strings.TrimSpace(first))
		}
		if !slices.ContainsFunc(programs, func(c candidate) bool { return c.dir == dir }) {
			programs = append(programs, candidate{name, dir, s.path})
		}
	}
	g.Language, g.manifest, g.caching = "Go", "go.mod", "'go.sum'"
	if c, ok := g.choose(programs, image); ok {
		dir := "."
		if c.dir != "." {
			dir = "./" + word(c.dir)
		}
		binary := ".proxy-bench/bin/" + word(c.name)
		g.Build = "go build -o " + binary + " " + dir
		g.program = program{line: binary, dir: c.dir, from: c.from, entry: true}
	}
}

var runsNode = regexp.MustCompile(`^node\s+([\w./-]+\.[mc]?js)\s*$`)

// node reads package.json: what `npm start` runs, else the command that the
// package installs, else its main file.
func node(repo fs.FS, _ string, g *Guess) {
	var m struct {
		Name, Main string
		Scripts    map[string]string
		Bin        json.RawMessage
	}
	text, err := readFile(repo, "package.json")
	if err != nil || json.Unmarshal(text, &m) != nil {
		return
	}
	g.Language, g.manifest, g.caching = "Node", "package.json", "'package-lock.json'"
	g.Ignore = []string{"/node_modules/"}
	install := "npm install"
	for _, lock := range [][2]string{{"package-lock.json", "npm ci"}, {"pnpm-lock.yaml", "corepack pnpm install --frozen-lockfile"}, {"yarn.lock", "corepack yarn install --immutable"}} {
		if exists(repo, lock[0]) {
			install, g.caching = lock[1], "'"+lock[0]+"'"
			break
		}
	}
	g.Build = install
	if m.Scripts["build"] != "" {
		g.Build += " && npm run build"
	}
	file, from := "", ""
	if run := runsNode.FindStringSubmatch(m.Scripts["start"]); run != nil {
		file, from = run[1], "scripts.start of package.json"
	} else if bin := binOf(m.Bin, m.Name); bin != "" {
		file, from = bin, "bin of package.json"
	} else if m.Main != "" {
		file, from = m.Main, "main of package.json"
	}
	for _, usual := range []string{"server.js", "server.mjs", "src/server.js", "index.js", "index.mjs", "src/index.js"} {
		if file == "" && exists(repo, usual) {
			file, from = usual, usual
		}
	}
	switch {
	case file != "":
		g.program = program{line: "node " + word(path.Clean(file)), dir: ".", from: from, entry: true}
	case m.Scripts["start"] != "":
		g.program = program{line: "npm start --", dir: ".", from: "scripts.start of package.json", entry: true}
	}
}

// binOf is the file of the command that a package installs: its only one, or the
// one with its name.
func binOf(raw json.RawMessage, name string) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var many map[string]string
	_ = json.Unmarshal(raw, &many) // nil when there is none
	if file := many[path.Base(name)]; file != "" || len(many) != 1 {
		return file
	}
	for _, file := range many {
		return file
	}
	return ""
}

var asgi = regexp.MustCompile(`(?m)^(\w+)\s*(?::\s*\w+\s*)?=\s*(?:FastAPI|Starlette)\(`)

// python reads pyproject.toml or requirements.txt: the command that the package
// installs, else an ASGI application, else a usual file.
func python(repo fs.FS, image string, g *Guess) {
	const venv = "python3 -m venv .venv && .venv/bin/pip install "
	var m struct {
		Project struct{ Scripts map[string]string }
		Tool    struct {
			Poetry struct{ Scripts map[string]any }
		}
	}
	switch text, err := readFile(repo, "pyproject.toml"); {
	case err == nil && toml.Unmarshal(text, &m) == nil:
		g.Build, g.manifest = venv+".", "pyproject.toml"
	case exists(repo, "requirements.txt"):
		g.Build, g.manifest = venv+"-r requirements.txt", "requirements.txt"
	default: // the standard library may be enough
		if file := pythonFile(repo); file != "" {
			g.Language = "Python"
			g.program = program{line: "python3 " + file, dir: ".", from: file, entry: true}
		}
		return
	}
	g.Language, g.Ignore, g.caching = "Python", []string{"/.venv/"}, "'"+g.manifest+"'"
	var programs []candidate
	for name := range m.Project.Scripts {
		programs = append(programs, candidate{name, ".", "project.scripts of pyproject.toml"})
	}
	for name := range m.Tool.Poetry.Scripts {
		programs = append(programs, candidate{name, ".", "tool.poetry.scripts of pyproject.toml"})
	}
	slices.SortFunc(programs, func(a, b candidate) int { return strings.Compare(a.name, b.name) })
	if c, ok := g.choose(programs, image); ok {
		g.program = program{line: ".venv/bin/" + word(c.name), dir: c.dir, from: c.from, entry: true}
		return
	}
	for _, s := range read(repo, "") {
		if app := asgi.FindStringSubmatchIndex(s.text); s.language == "Python" && app != nil {
			module := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(s.path, "src/"), ".py"), "/", ".")
			line := ".venv/bin/python -m uvicorn " + word(module+":"+s.text[app[2]:app[3]]) + ` --host 127.0.0.1 --port "$PORT"`
			g.program = program{line: line, dir: ".", from: s.at(app[2]), entry: true, listens: true}
			return
		}
	}
	if file := pythonFile(repo); file != "" {
		g.program = program{line: ".venv/bin/python " + file, dir: ".", from: file, entry: true}
	}
}

// pythonFile is a program with a usual name, or empty.
func pythonFile(repo fs.FS) string {
	for _, file := range []string{"main.py", "app.py", "server.py", "gateway.py", "proxy.py", "src/main.py"} {
		if exists(repo, file) {
			return file
		}
	}
	return ""
}

var dockerRun = regexp.MustCompile(`(?mi)^\s*(?:ENTRYPOINT|CMD)\s+(.+)$`)

// dockerCommand is what the image runs, as words.
func dockerCommand(repo fs.FS) string {
	text, _ := readFile(repo, "Dockerfile") // none: nothing to learn
	var words []string
	for _, m := range dockerRun.FindAllStringSubmatch(string(text), -1) {
		var list []string
		if json.Unmarshal([]byte(m[1]), &list) != nil {
			list = strings.Fields(m[1])
		}
		words = append(words, list...)
	}
	return strings.Join(words, " ")
}

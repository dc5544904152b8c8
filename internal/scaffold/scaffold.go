// Package scaffold guesses from the files of a repository how its gateway is
// built, started and asked, and writes the first configuration and workflows.
//
// It only reads, and runs nothing: what it says are guesses, each with the place
// that it comes from. Whoever calls it writes the files.
package scaffold

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Guess is what a repository says about its gateway. What is empty is not known.
type Guess struct {
	Language string // of the gateway, as people write it
	Build    string // shell line
	Start    string // shell line
	API      llmapi.API
	Env      []string // variables for keys of a provider, which the mock does not look at
	Latency  string   // of the mock; empty: none
	Ready    string   // path
	Branch   string   // the default one
	Ignore   []string
	Found    []Found
	Missing  []string // what could not be guessed, and what then holds

	manifest string // the file that the language is known from
	caching  string // files that a cache's key depends on, for hashFiles
	target   bool   // Cargo's target directory is worth a cache
	program  program
}

// Found is one guess.
type Found struct{ Setting, Value, From string }

// program is what the start line runs.
type program struct {
	line    string // without arguments
	dir     string // of its sources
	from    string // what names it
	entry   bool   // false: there is none
	listens bool   // the line says where
}

// Of guesses. Nothing is an error: what cannot be read is not known.
func Of(repo fs.FS) Guess {
	g := Guess{Branch: branch(repo)}
	image := dockerCommand(repo)
	for _, look := range []func(fs.FS, string, *Guess){rust, golang, node, python} {
		if look(repo, image, &g); g.Language != "" {
			break
		}
	}
	if g.Build != "" {
		g.found("gateway.build", g.Build, g.manifest)
	}
	code := read(repo, g.program.dir)
	g.start(code)
	g.keys(code)
	g.api(code)
	g.latency(code)
	g.ready(code)
	return g
}

func (g *Guess) found(setting, value, from string) {
	g.Found = append(g.Found, Found{setting, value, from})
}

// start puts the start line together: variables, the program in place of the
// shell, options.
func (g *Guess) start(code sources) {
	if !g.program.entry {
		g.Missing = append(g.Missing, "gateway.start: no program was found; complete the line in "+ConfigPath)
		return
	}
	words, from := []string{"exec", g.program.line}, []string{g.program.from}
	add := func(a argument, variable string) {
		switch {
		case a.name == "":
			g.Missing = append(g.Missing, "how the gateway is told "+variable+": no option or variable for it was found in the sources, so it has to read "+variable)
			return
		case a.variable && a.value != "":
			words = slices.Insert(words, 0, a.name+`="`+a.value+`"`)
		case !a.variable:
			words = append(words, a.dashes+a.name, `"`+a.value+`"`)
		}
		from = append(from, a.dashes+a.name+" in "+a.at)
	}
	if listen := code.listen(); !g.program.listens {
		if host := code.host(); listen.value == "$PORT" && !listen.variable && host.name != "" && !host.variable {
			add(host, "")
		}
		add(listen, "$PORT")
	}
	add(code.upstream(), "$UPSTREAM_URL")
	g.Start = strings.Join(words, " ")
	g.found("gateway.start", g.Start, strings.Join(from, ", "))
}

var plainWord = regexp.MustCompile(`^[\w./@:+-]+$`)

// word is a name as a shell takes it.
func word(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// branch is the default one as the clone has it.
func branch(repo fs.FS) string {
	for _, head := range []string{".git/refs/remotes/origin/HEAD", ".git/HEAD"} {
		text, err := readFile(repo, head)
		if err != nil {
			continue
		}
		ref := strings.TrimPrefix(strings.TrimSpace(string(text)), "ref: ")
		name, remote := strings.CutPrefix(ref, "refs/remotes/origin/")
		if local, ok := strings.CutPrefix(ref, "refs/heads/"); ok && (local == "master" || local == "trunk" || local == "develop") {
			return local
		}
		if remote && name != "" {
			return name
		}
	}
	return "main"
}

func exists(repo fs.FS, path string) bool {
	_, err := fs.Stat(repo, path)
	return err == nil
}

// Empty reports whether there is no file but git's.
func Empty(repo fs.FS) bool {
	entries, err := fs.ReadDir(repo, ".")
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() != ".git" })
}

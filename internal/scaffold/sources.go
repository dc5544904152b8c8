package scaffold

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Bounds of what is read: enough for a gateway, little for a monorepo.
const (
	maxFile  = 512 << 10
	maxFiles = 3000
)

// source is one file of code.
type source struct{ path, language, text string }

// sources are the files of code, those of the program first.
type sources []source

var languages = map[string]string{
	".rs": "Rust", ".go": "Go", ".py": "Python",
	".js": "Node", ".mjs": "Node", ".cjs": "Node", ".ts": "Node", ".mts": "Node",
}

var skipped = []string{"node_modules", "target", "vendor", "dist", "build", "tests", "test", "testdata", "benches", "examples", "docs", "venv", "__pycache__", "site-packages"}

// read reads the code of a repository but for tests and examples.
func read(repo fs.FS, first string) sources {
	var all sources
	_ = fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || len(all) == maxFiles {
			return fs.SkipDir // what cannot be read tells nothing
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains(skipped, d.Name())) {
				return fs.SkipDir
			}
			return nil
		}
		language := languages[path.Ext(name)]
		if language == "" || !d.Type().IsRegular() || isTest(d.Name()) {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > maxFile {
			return nil
		}
		if text, err := readFile(repo, name); err == nil {
			all = append(all, source{name, language, string(text)})
		}
		return nil
	})
	slices.SortStableFunc(all, func(a, b source) int { return rank(a.path, first) - rank(b.path, first) })
	return all
}

func rank(name, first string) int {
	if first == "" || first == "." || strings.HasPrefix(name, first+"/") {
		return 0
	}
	return 1
}

var test = regexp.MustCompile(`_test\.go$|^test_.*\.py$|_test\.py$|^conftest\.py$|\.(test|spec)\.[mc]?[jt]s$`)

func isTest(name string) bool { return test.MatchString(name) }

// at is "src/main.rs:12".
func (s source) at(offset int) string {
	return fmt.Sprintf("%s:%d", s.path, 1+strings.Count(s.text[:offset], "\n"))
}

// argument is an option or a variable that a program takes.
type argument struct {
	name     string
	variable bool   // of the environment
	dashes   string // of an option
	value    string // empty: the variable is set anyway
	usual    string // address that follows in the code, mostly its default
	at       string
}

// address is a URL in the code after a name, before the next name.
var (
	address  = regexp.MustCompile("(?s)^(.{0,160}?)(https?://[^\\s\"'`]+)")
	nextName = regexp.MustCompile(`--\w|(?i)env\(|environ|process\.env|env::`)
)

// usual is the address that follows the name which ends at this offset; often empty.
func (s source) usual(end int) string {
	m := address.FindStringSubmatch(s.text[end:])
	if m == nil || nextName.MatchString(m[1]) {
		return ""
	}
	return m[2]
}

// options are how programs declare what they take: the last group that matches is
// the name.
var options = map[string][]*regexp.Regexp{
	"Rust": {
		// clap, derived: a name of its own, or that of the field.
		regexp.MustCompile(`#\[(?:arg|clap)\((?:[^\]]*?)\blong\s*=\s*"([\w-]+)"`),
		regexp.MustCompile(`#\[(?:arg|clap)\((?:[^\]]*?)\blong\b\s*[,)][^\]]*\]\s*(?:#\[[^\]]*\]\s*|///[^\n]*\n\s*)*(?:pub(?:\([^)]*\))?\s+)?(\w+)\s*:`),
		regexp.MustCompile(`\.long\(\s*"([\w-]+)"`), // clap, built
		regexp.MustCompile(`"--([\w-]+)"`),
	},
	"Go": {
		regexp.MustCompile(`\.(?:String|Int|Int64|Uint|TextVar|Var)(?:Var)?P?\(\s*(?:&[\w.]+,\s*)?"([\w.-]+)"`),
		regexp.MustCompile(`Flag\{\s*Name:\s*"([\w-]+)"`), // urfave/cli
		regexp.MustCompile(`"--([\w-]+)"`),
	},
	"Python": {
		regexp.MustCompile(`(?:add_argument|option)\(\s*(?:["']-\w["'],\s*)?["']--([\w-]+)["']`),
		regexp.MustCompile(`["']--([\w-]+)["']`),
	},
	"Node": {
		regexp.MustCompile(`[oO]ption\(\s*["'` + "`" + `](?:-\w,\s*)?(?:--)?([\w-]+)`),
		regexp.MustCompile(`["']?\b([\w-]+)["']?:\s*\{\s*type:\s*["']string["']`), // util.parseArgs
		regexp.MustCompile(`["']--([\w-]+)=?["']`),
	},
}

var variables = map[string][]*regexp.Regexp{
	"Rust":   {regexp.MustCompile(`env::var(?:_os)?\(\s*"(\w+)"`), regexp.MustCompile(`\benv\s*=\s*"(\w+)"`)},
	"Go":     {regexp.MustCompile(`(?:Getenv|LookupEnv)\(\s*"(\w+)"`)},
	"Python": {regexp.MustCompile(`environ(?:\.get)?[\[(]\s*["'](\w+)`), regexp.MustCompile(`getenv\(\s*["'](\w+)`)},
	"Node":   {regexp.MustCompile(`process\.env\.(\w+)`), regexp.MustCompile(`process\.env\[\s*["'](\w+)`)},
}

// arguments lists what the programs take, by how sure it is.
func (all sources) arguments() []argument {
	var found []argument
	for _, s := range all {
		for _, pattern := range variables[s.language] {
			for _, m := range pattern.FindAllStringSubmatchIndex(s.text, -1) {
				found = append(found, argument{name: s.text[m[2]:m[3]], variable: true, usual: s.usual(m[3]), at: s.at(m[2])})
			}
		}
		dashes := "--"
		if s.language == "Go" && strings.Contains(s.text, "\"flag\"\n") {
			dashes = "-"
		}
		for _, pattern := range options[s.language] {
			for _, m := range pattern.FindAllStringSubmatchIndex(s.text, -1) {
				name := s.text[m[2]:m[3]]
				if s.language == "Rust" {
					name = strings.ReplaceAll(name, "_", "-")
				}
				found = append(found, argument{name: name, dashes: dashes, usual: s.usual(m[3]), at: s.at(m[2])})
			}
		}
	}
	return found
}

package program

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Bundle is a gateway that has to run from the files of its own directory. What else it
// takes from where head is, is head's: it would be compared with itself.
type Bundle struct {
	Dir, Scratch    string // its directory, and the one of ours around it
	Here, Workspace string // where head is, and the repository around that
	Began           time.Time
}

// installed are directories of a home directory, which may be a repository, too, with
// what the machine has installed.
var installed = regexp.MustCompile(`^/\.(asdf|bun|cache|cargo|deno|local|nvm|pyenv|rbenv|rustup|sdkman|volta)/`)

// output is where a line writes, which is not what it runs.
var output = regexp.MustCompile(`>>?[ \t]*("[^"]*"|'[^']*'|[^\s;&|<>]+)`)

// Foreign is true of a path in the working directory of head or in the repository around
// it.
func (b Bundle) Foreign(path string) bool {
	if below(b.Scratch, path) {
		return false
	}
	return below(b.Here, path) || below(b.Workspace, path) && !installed.MatchString(path[len(b.Workspace):])
}

// Alone looks at what a start line runs in an environment, and where interpreters look
// for code; its error says what is head's. What the processes use shows when they run.
func (b Bundle) Alone(start string, env []string) error {
	for path := range RunBy(output.ReplaceAllString(start, ""), b.Dir, env) {
		switch {
		case b.Foreign(path):
			return NotAlone("its start line runs " + path)
		case !below(b.Dir, path) && WrittenSince(path, b.Began):
			return NotAlone("its start line runs " + path + ", which head's build has written")
		}
	}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		for _, dir := range filepath.SplitList(value) {
			if slices.Contains(searchPaths, name) && b.Foreign(dir) {
				return NotAlone(name + " names " + dir)
			}
		}
	}
	return nil
}

// NotAlone says why a bundle is not compared with head.
func NotAlone(how string) error {
	return fmt.Errorf("it does not run by itself: %s, and would be compared with what head has there; list what it needs under gateway.bundle", how)
}

// searchPaths are the variables that tell interpreters and the loader where to look for
// code.
var searchPaths = strings.Fields("CLASSPATH GEM_HOME GEM_PATH LD_LIBRARY_PATH LD_PRELOAD NODE_PATH PERL5LIB PYTHONHOME PYTHONPATH RUBYLIB")

// WrittenSince is true of a file whose content, name or rights were changed since then,
// which no copying of times can hide. Nothing was written since the zero time.
func WrittenSince(path string, then time.Time) bool {
	var s unix.Stat_t
	return !then.IsZero() && unix.Stat(path, &s) == nil && !time.Unix(s.Ctim.Unix()).Before(then)
}

// below is true of a directory and everything in it.
func below(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

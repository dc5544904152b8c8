package program

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/shell"
)

// Files are the files that a start line runs, as they were when it was looked at.
type Files map[string]unix.Stat_t

var words = regexp.MustCompile(`[^\s"'=;&|()<>` + "`" + `]+`)

// RunBy looks for what a start line runs from a directory in an environment of
// name=value: whatever in it is the path of a file, or a command in the PATH. It takes
// too much rather than too little: another build has to leave all of it alone.
func RunBy(start, dir string, environment []string) Files {
	env := map[string]string{}
	for _, pair := range environment {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	found := Files{}
	line, err := shell.Expand(start, func(name string) string { return env[name] })
	if err != nil { // such as a command whose output is wanted
		line = os.Expand(start, func(name string) string { return env[name] })
	}
	for _, word := range words.FindAllString(line, -1) {
		candidates := []string{filepath.Join(dir, word)}
		if filepath.IsAbs(word) {
			candidates = []string{word}
		} else if !strings.Contains(word, "/") {
			for _, place := range filepath.SplitList(env["PATH"]) {
				candidates = append(candidates, filepath.Join(place, word))
			}
		}
		for _, path := range candidates {
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				found[path] = statOf(path)
			}
		}
	}
	return found
}

// statOf is what changes when a file is written or replaced; zero when it is gone.
func statOf(path string) unix.Stat_t {
	var s unix.Stat_t
	if unix.Stat(path, &s) != nil {
		return unix.Stat_t{}
	}
	return unix.Stat_t{Dev: s.Dev, Ino: s.Ino, Size: s.Size, Mtim: s.Mtim}
}

// Changed is a file that is not as it was; empty: all are.
func (f Files) Changed() string {
	var all []string
	for path, before := range f {
		if statOf(path) != before {
			all = append(all, path)
		}
	}
	slices.Sort(all)
	return append(all, "")[0]
}

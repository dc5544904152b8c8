package baseline

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// target is the path that a link points to, empty when that could be outside. Only
// its beginning may go up: directories above a link are no links themselves, so
// that each step up is one that the path shows, and no step down leads out.
func (f File) target() string {
	to := path.Join(path.Dir(f.Path), f.Link)
	if path.IsAbs(f.Link) || path.Clean(f.Link) != f.Link || !fs.ValidPath(to) || strings.ContainsFunc(f.Link, unicode.IsControl) {
		return ""
	}
	return to
}

var (
	// system are directories that hold what a machine has installed.
	system = regexp.MustCompile(`^/(usr|bin|sbin|lib|lib32|lib64|libx32|opt|etc/alternatives|nix/store)/.`)
	// interpreter is a Python, wherever a version manager has it: that of a virtual
	// environment is a link to it.
	interpreter = regexp.MustCompile(`/(python|pypy)[0-9.]*$`)
)

// ofMachine is true of an absolute link to what a machine has installed. It travels as
// it is, and nobody but the gateway follows it.
func (f File) ofMachine() bool {
	return path.IsAbs(f.Link) && path.Clean(f.Link) == f.Link && len(f.Link) <= maxPath &&
		(system.MatchString(f.Link) || interpreter.MatchString(f.Link)) && !strings.ContainsFunc(f.Link, unicode.IsControl)
}

// leads checks that what a link of the machine points to is there.
func (f File) leads() error {
	if !f.ofMachine() {
		return nil
	}
	if _, err := os.Stat(f.Link); err != nil {
		return fmt.Errorf("%q is a link to %s, which this machine lacks: %w", f.Path, f.Link, err)
	}
	return nil
}

// physical is the directory without links on the way to it, as most programs note
// where they are.
func physical(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// readlink reads a link in a directory as it can be carried: relative where it leads
// into the directory by an absolute path, and without what changes nothing.
func readlink(root *os.Root, dir, p string) (string, error) {
	to, err := root.Readlink(p)
	if err != nil {
		return "", err
	}
	if below, inside := strings.CutPrefix(to, dir+"/"); inside && fs.ValidPath(path.Clean(below)) {
		return filepath.Rel(path.Dir(p), path.Clean(below))
	}
	for strings.HasPrefix(to, "./") && len(to) > len("./") {
		to = to[len("./"):]
	}
	if trimmed := strings.TrimRight(to, "/"); trimmed != "" {
		to = trimmed
	}
	return to, nil
}

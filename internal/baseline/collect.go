package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/record"
)

// collect finds what paths name, with everything below directories, and checks
// that it can be bundled. Digests are computed later.
func collect(root *os.Root, paths []string, limit int64) (Manifest, error) {
	c := collector{root: root, found: make(map[string]File)}
	for _, p := range paths {
		if !filepath.IsLocal(p) {
			return Manifest{}, fmt.Errorf("%q leads out of the directory; give a relative path inside it", p)
		}
		if err := c.add(path.Clean(filepath.ToSlash(p))); err != nil {
			return Manifest{}, err
		}
	}
	if len(c.found) == 0 {
		return Manifest{}, errors.New("no files; name what the gateway needs to run, its executable first")
	}
	m := Manifest{Files: slices.SortedFunc(maps.Values(c.found), func(a, b File) int { return strings.Compare(a.Path, b.Path) })}
	for _, f := range m.Files {
		if f.Link != "" && !c.holds(f.target()) {
			return Manifest{}, linkError(f.Path, f.Link)
		}
		m.Total += f.Size
	}
	return m, withinLimit(m.Total, limit)
}

type collector struct {
	root  *os.Root
	found map[string]File
}

// holds tells whether what p names is bundled, or is reached over a bundled link.
func (c *collector) holds(p string) bool {
	for dir := range ancestors(p) {
		if c.found[dir].Link != "" {
			return true
		}
	}
	_, ok := c.found[p]
	return ok
}

// add walks p. The way to p must not lead over a link: the bundle would hold a
// directory in its place.
func (c *collector) add(p string) error {
	for dir := range ancestors(p) {
		f, err := c.look(dir)
		if err != nil {
			return err
		}
		if f.Link != "" {
			return linkError(dir, f.Link)
		}
	}
	if f, err := c.look(p); err != nil || f.Link != "" {
		c.found[p] = f
		return err
	}
	return fs.WalkDir(c.root.FS(), p, func(p string, _ fs.DirEntry, err error) error {
		if err != nil || p == "." {
			return err
		}
		if len(c.found) == maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		f, err := c.look(p)
		if err == nil {
			c.found[p] = f
		}
		return err
	})
}

// look says what a path is: a file, a directory, or a link that stays inside.
// Everything else is refused.
func (c *collector) look(p string) (File, error) {
	info, err := c.root.Lstat(p)
	if err != nil {
		return File{}, err
	}
	f := File{Path: p, Mode: Perm(info.Mode().Perm())}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		f.Size = info.Size()
	case mode.IsDir():
		f.Dir = true
	case mode.Type() == fs.ModeSymlink:
		if f.Link, err = c.root.Readlink(p); err != nil {
			return File{}, err
		}
		if f.target() == "" {
			return File{}, linkError(p, f.Link)
		}
	default:
		return File{}, fmt.Errorf("%q is neither a file nor a directory (%s)", p, mode.Type())
	}
	if p == "." {
		return f, nil
	}
	return f, record.At(fmt.Sprintf("%q", p), checkPath(p))
}

func linkError(p, to string) error {
	return fmt.Errorf("%q is a symbolic link to %q; name what it points to, or copy it into the place", p, to)
}

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

// collect finds what paths name, with everything below directories and everything that
// links lead to, and checks that it can be bundled. Digests are computed later.
func collect(root *os.Root, paths []string, limit int64) (Manifest, error) {
	dir, err := physical(root.Name())
	if err != nil {
		return Manifest{}, err
	}
	c := collector{root: root, dir: dir, found: make(map[string]File), added: make(map[string]bool)}
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
	m := Manifest{
		Files:  slices.SortedFunc(maps.Values(c.found), func(a, b File) int { return strings.Compare(a.Path, b.Path) }),
		Origin: dir,
	}
	for _, f := range m.Files {
		m.Total += f.Size
	}
	return m, withinLimit(m.Total, limit)
}

type collector struct {
	root  *os.Root
	dir   string // of root, absolute
	found map[string]File
	added map[string]bool // paths that were walked, or are being walked
}

// compiled are directories that Python fills by itself. It would not use what is in
// them: they note the times of their sources, which a bundle does not carry.
const compiled = "__pycache__"

// add walks p. Where the way to p leads over a link, that is added and followed.
func (c *collector) add(p string) error {
	if c.added[p] {
		return nil
	}
	c.added[p] = true
	if len(p) > maxPath { // a link below itself
		return fmt.Errorf("%q… is a path of more than %d bytes", p[:50], maxPath)
	}
	for dir := range ancestors(p) {
		f, err := c.look(dir)
		if err != nil {
			return err
		}
		if f.Link == "" {
			continue
		}
		if f.ofMachine() { // what is beyond stays there
			return c.note(f)
		}
		c.found[dir] = f
		if to := f.target(); to != "" && fs.ValidPath(path.Join(to, p[len(dir)+1:])) {
			return c.add(path.Join(to, p[len(dir)+1:]))
		}
		return fmt.Errorf("%q: the way to it leads over %w", p, linkError(dir, f.Link))
	}
	if f, err := c.look(p); err != nil {
		return err
	} else if f.Link != "" {
		return c.note(f)
	}
	return fs.WalkDir(c.root.FS(), p, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || at == ".":
			return err
		case d.IsDir() && d.Name() == compiled && at != p:
			return fs.SkipDir
		}
		f, err := c.look(at)
		if err != nil {
			return err
		}
		return c.note(f)
	})
}

// note adds a file and, of a link, what it leads to. One that leads nowhere here does
// so elsewhere.
func (c *collector) note(f File) error {
	if _, known := c.found[f.Path]; !known && len(c.found) == maxFiles {
		return fmt.Errorf("more than %d files", maxFiles)
	}
	switch to := f.target(); {
	case f.Link != "" && to == "." && !c.added["."]:
		return fmt.Errorf("%q is a symbolic link to the whole directory; name what the gateway needs of it", f.Path)
	case f.Link != "" && to == "" && f.leads() != nil:
		return nil
	case f.Link != "" && to != "":
		c.found[f.Path] = f
		if _, err := c.root.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return c.add(to)
	}
	c.found[f.Path] = f
	return nil
}

// look says what a path is: a file, a directory, or a link that can be carried.
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
		if f.Link, err = readlink(c.root, c.dir, p); err != nil {
			return File{}, err
		}
		if f.target() == "" && !f.ofMachine() {
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
	return fmt.Errorf("%q is a symbolic link to %q, which is neither in the repository nor installed in /usr or /opt; copy it into the place", p, to)
}

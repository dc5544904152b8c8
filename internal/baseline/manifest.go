package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/org/proxy-bench-action/internal/record"
)

// maxFiles is enough for a gateway that travels with its interpreter.
const maxFiles = 1 << 16

const (
	maxPath  = 4096    // the kernel's PATH_MAX
	maxNames = 8 << 20 // bytes of all paths, so that the archive's directory is bounded
)

// Manifest lists the files of a bundled gateway.
type Manifest struct {
	Files []File `json:"files"`       // by path, ascending
	Total int64  `json:"total_bytes"` // of all files, unpacked
	// Origin is the absolute directory in which the gateway was built. Its files may
	// name it: where they are unpacked, they name that place instead.
	Origin string `json:"origin,omitempty"`
}

// File is one regular file, directory or symbolic link. Directories above a listed
// path that are not listed themselves are made as needed.
type File struct {
	Path   string `json:"path"` // slashes, relative
	Dir    bool   `json:"directory,omitempty"`
	Link   string `json:"link,omitempty"` // what a symbolic link points to
	Mode   Perm   `json:"mode"`
	Size   int64  `json:"size_bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hex; of a file
}

// Perm is the permission bits of a mode. Others, such as setuid, are dropped:
// another user unpacks the bundle.
type Perm fs.FileMode

// MarshalText writes the octal digits, "0755".
func (p Perm) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%04o", uint32(p)), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Perm) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 8, 32)
	if err != nil || len(text) != 4 || fs.FileMode(n)&^fs.ModePerm != 0 {
		return fmt.Errorf("mode %q is not permissions such as \"0755\"", text)
	}
	*p = Perm(n)
	return nil
}

// check refuses a manifest that could lead out of a directory, name a path
// twice, or need more than limit bytes.
func (m Manifest) check(limit int64) error {
	if len(m.Files) == 0 || len(m.Files) > maxFiles {
		return fmt.Errorf("%d files, not 1 to %d", len(m.Files), maxFiles)
	}
	if m.Origin != "" && (!path.IsAbs(m.Origin) || path.Clean(m.Origin) != m.Origin || m.Origin == "/" || len(m.Origin) > maxPath || strings.ContainsFunc(m.Origin, unicode.IsControl)) {
		return fmt.Errorf("origin: %q is not an absolute directory", m.Origin)
	}
	var total int64
	var names int
	links := map[string]bool{}
	for i, f := range m.Files {
		err := f.check()
		if err == nil && i > 0 && f.Path <= m.Files[i-1].Path {
			err = fmt.Errorf("does not come after %q", m.Files[i-1].Path)
		}
		for dir := range ancestors(f.Path) {
			if err == nil && links[dir] {
				err = fmt.Errorf("lies beyond the link %q", dir)
			}
		}
		if err != nil {
			return fmt.Errorf("files[%d] %q: %w", i, f.Path, err)
		}
		if f.Size > math.MaxInt64-total {
			return errors.New("the sizes add up to more than any file system holds")
		}
		total += f.Size
		names += len(f.Path)
		links[f.Path] = f.Link != ""
	}
	switch {
	case total != m.Total:
		return fmt.Errorf("the files have %d bytes, total_bytes says %d", total, m.Total)
	case names > maxNames:
		return fmt.Errorf("the paths have %s, the limit is %s", record.SizeText(int64(names)), record.SizeText(maxNames))
	}
	return withinLimit(total, limit)
}

// ancestors are the directories above p, from the top.
func ancestors(p string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, r := range p {
			if r == '/' && !yield(p[:i]) {
				return
			}
		}
	}
}

func withinLimit(total, limit int64) error {
	if total > limit {
		return fmt.Errorf("%s unpacked, the limit is %s", record.SizeText(total), record.SizeText(limit))
	}
	return nil
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (f File) check() error {
	if err := checkPath(f.Path); err != nil {
		return err
	}
	regular := !f.Dir && f.Link == ""
	switch {
	case fs.FileMode(f.Mode)&^fs.ModePerm != 0:
		return fmt.Errorf("mode %o has more than permissions", uint32(f.Mode))
	case f.Dir && f.Link != "":
		return errors.New("a directory and a link")
	case !regular && (f.Size != 0 || f.SHA256 != ""):
		return errors.New("a directory or link has no size and no digest")
	case f.Size < 0:
		return fmt.Errorf("size %d is negative", f.Size)
	case regular && !digest.MatchString(f.SHA256):
		return fmt.Errorf("%q is not a sha256", f.SHA256)
	case f.Link != "" && f.target() == "" && !f.ofMachine():
		return fmt.Errorf("the link to %q leads out of the directory", f.Link)
	}
	return nil
}

// fileMode is the mode of its entry in the archive.
func (f File) fileMode() fs.FileMode {
	switch {
	case f.Dir:
		return fs.ModeDir | fs.FileMode(f.Mode)
	case f.Link != "":
		return fs.ModeSymlink | fs.FileMode(f.Mode)
	}
	return fs.FileMode(f.Mode)
}

// checkPath accepts a path inside the directory in its canonical form only.
func checkPath(p string) error {
	switch {
	case !fs.ValidPath(p) || p == ".":
		return errors.New("not a relative path inside the directory")
	case len(p) > maxPath:
		return fmt.Errorf("a path of more than %d bytes", maxPath)
	case strings.ContainsFunc(p, unicode.IsControl):
		return errors.New("control characters in a path")
	}
	return nil
}

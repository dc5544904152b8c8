package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/org/proxy-bench-action/internal/record"
)

// maxFiles is enough for a gateway that travels with its interpreter.
const maxFiles = 1 << 16

// maxPath is the kernel's PATH_MAX.
const maxPath = 4096

// Manifest lists what gateway.tar.gz holds, in the order of the archive.
type Manifest struct {
	Files []File `json:"files"`       // by path, ascending
	Total int64  `json:"total_bytes"` // of all files, unpacked
}

// File is one regular file or directory. Directories above a listed path that
// are not listed themselves are made as needed.
type File struct {
	Path   string `json:"path"` // slashes, relative
	Dir    bool   `json:"directory,omitempty"`
	Mode   Perm   `json:"mode"`
	Size   int64  `json:"size_bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hex; of a file
}

// Perm is the permission bits of a mode. Bits beyond them, such as setuid, do
// not travel: who unpacks is another user.
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
	var total int64
	for i, f := range m.Files {
		if err := f.check(); err != nil {
			return fmt.Errorf("files[%d] %q: %w", i, f.Path, err)
		}
		if i > 0 && f.Path <= m.Files[i-1].Path {
			return fmt.Errorf("files[%d] %q: does not come after %q", i, f.Path, m.Files[i-1].Path)
		}
		if f.Size > math.MaxInt64-total {
			return errors.New("the sizes add up to more than any file system holds")
		}
		total += f.Size
	}
	if total != m.Total {
		return fmt.Errorf("the files have %d bytes, total_bytes says %d", total, m.Total)
	}
	return withinLimit(total, limit)
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
	switch {
	case fs.FileMode(f.Mode)&^fs.ModePerm != 0:
		return fmt.Errorf("mode %o has more than permissions", uint32(f.Mode))
	case f.Dir && (f.Size != 0 || f.SHA256 != ""):
		return errors.New("a directory has no size and no digest")
	case !f.Dir && f.Size < 0:
		return fmt.Errorf("size %d is negative", f.Size)
	case !f.Dir && !digest.MatchString(f.SHA256):
		return fmt.Errorf("%q is not a sha256", f.SHA256)
	}
	return nil
}

// checkPath wants a path inside the directory that has one way to be written.
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

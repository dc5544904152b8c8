package baseline

import (
	"fmt"
	"io"
	"os"
)

// Inspect is the manifest of a bundle that [Write] would make of these paths, with the
// digest of every file. With as, those are of the files as they would be if they had been
// built in that directory, so that equal builds in two places are equal.
func Inspect(dir string, paths []string, limit int64, as string) (Manifest, error) {
	from, err := physical(dir)
	if err != nil {
		return Manifest{}, err
	}
	return collected(dir, paths, limit, func(f *File, root *os.Root) (err error) {
		if f.Dir || f.Link != "" {
			return nil
		}
		if f.SHA256, err = copyFile(io.Discard, root, f); err != nil || as == "" {
			return err
		}
		return f.inspectAs(root, from, as)
	})
}

// Difference says how the files of a later manifest differ from these, by the first one
// that does; empty when each has the same path, kind, mode, size and content.
func (m Manifest) Difference(later Manifest) string {
	a, b := m.Files, later.Files
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Path < b[0].Path:
			return a[0].Path + " is no longer there"
		case len(a) == 0 || b[0].Path < a[0].Path:
			return b[0].Path + " is new"
		}
		if how := a[0].difference(b[0]); how != "" {
			return b[0].Path + " " + how
		}
		a, b = a[1:], b[1:]
	}
	return ""
}

// difference of two files with one path.
func (f File) difference(later File) string {
	switch {
	case f.Dir != later.Dir || (f.Link == "") != (later.Link == ""):
		return fmt.Sprintf("was %s and is %s", f.kind(), later.kind())
	case f.Link != later.Link:
		return fmt.Sprintf("is a link to %s and was one to %s", later.Link, f.Link)
	case f.Mode != later.Mode:
		return fmt.Sprintf("has the mode %04o and had %04o", later.Mode, f.Mode)
	case f.Size != later.Size:
		return fmt.Sprintf("has %d bytes and had %d", later.Size, f.Size)
	case f.SHA256 != later.SHA256:
		return "has another content"
	}
	return ""
}

func (f File) kind() string {
	switch {
	case f.Dir:
		return "a directory"
	case f.Link != "":
		return "a link"
	}
	return "a file"
}

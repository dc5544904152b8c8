package record

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
)

// What an entry may be instead of a file of so many bytes.
const (
	Ignored   = -1 // not read
	Unchecked = -2 // checked by the caller, name and all
)

// OpenZip returns the entries of a zip of size bytes that are to be read, by name;
// limitOf says how large one may be, or that it is [Ignored] or [Unchecked].
// Opening the zip reads at most directory bytes, whatever it claims to hold.
func OpenZip(r io.ReaderAt, size, directory int64, limitOf func(name string) int64) (map[string]*zip.File, error) {
	metered := &meteredReaderAt{r, directory}
	z, err := zip.NewReader(metered, size)
	if err != nil {
		return nil, err
	}
	metered.left = math.MaxInt64
	entries := map[string]*zip.File{}
	for _, f := range z.File {
		limit := limitOf(f.Name)
		if limit != Unchecked {
			err = checkName(f)
		}
		if err == nil && entries[f.Name] != nil {
			err = errors.New("is there twice")
		}
		if err == nil && limit >= 0 {
			err = checkEntry(f, limit)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", f.Name, err)
		}
		if limit != Ignored {
			entries[f.Name] = f
		}
	}
	return entries, nil
}

// checkName refuses an entry that could lead elsewhere when it is unpacked.
func checkName(f *zip.File) error {
	if f.Mode().Type() == fs.ModeSymlink {
		return errors.New("is a link")
	}
	if !fs.ValidPath(strings.TrimSuffix(f.Name, "/")) || strings.ContainsRune(f.Name, '\\') {
		return errors.New("does not name a path inside")
	}
	return nil
}

// checkEntry refuses what is not a file of at most limit bytes. The size is what
// the directory claims; archive/zip fails when the content then has another one.
func checkEntry(f *zip.File, limit int64) error {
	switch {
	case !f.Mode().IsRegular():
		return fmt.Errorf("is not a regular file (%s)", f.Mode().Type())
	case f.UncompressedSize64 > uint64(limit):
		return fmt.Errorf("claims %d bytes, the limit is %s", f.UncompressedSize64, SizeText(limit))
	}
	return nil
}

// ReadEntry hands the content of f to use, which has to read it to its end: only
// there archive/zip compares size and checksum.
func ReadEntry(f *zip.File, use func(io.Reader) error) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("entry %q: %w", f.Name, err)
	}
	return errors.Join(use(r), r.Close())
}

// meteredReaderAt fails when more is read than it has left.
type meteredReaderAt struct {
	r    io.ReaderAt
	left int64
}

func (m *meteredReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if m.left -= int64(len(p)); m.left < 0 {
		return 0, errors.New("its directory is too large")
	}
	return m.r.ReadAt(p, at)
}

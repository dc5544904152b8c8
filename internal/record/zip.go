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

// OpenZip lists the entries of a zip of size bytes. Opening it reads at most
// directory bytes, whatever the zip claims to hold.
func OpenZip(r io.ReaderAt, size, directory int64) ([]*zip.File, error) {
	metered := &meteredReaderAt{r, directory}
	z, err := zip.NewReader(metered, size)
	if err != nil {
		return nil, err
	}
	metered.left = math.MaxInt64
	return z.File, nil
}

// CheckName refuses an entry that could lead elsewhere when it is unpacked.
func CheckName(f *zip.File) error {
	if f.Mode().Type() == fs.ModeSymlink {
		return errors.New("is a link")
	}
	if !fs.ValidPath(strings.TrimSuffix(f.Name, "/")) || strings.ContainsRune(f.Name, '\\') {
		return errors.New("does not name a path inside")
	}
	return nil
}

// CheckEntry refuses what is not a file of at most limit bytes. The size is what
// the directory claims; archive/zip fails when the content then has another one.
func CheckEntry(f *zip.File, limit int64) error {
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

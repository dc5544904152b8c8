package baseline

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/org/proxy-bench-action/internal/record"
)

// Unpack unpacks gateway.tar.gz into dir, which is made if need be and has to be
// empty. The archive must be what the manifest says: the same entries in the
// same order, with these modes, sizes and digests, and nothing else; and it must
// not have more than limit bytes.
//
// Nothing is executable before everything is verified, and with an error dir is
// empty again.
func Unpack(r io.Reader, m Manifest, dir string, limit int64) error {
	if err := unpack(r, m, dir, limit); err != nil {
		return fmt.Errorf("unpacking the bundled gateway into %s: %w", dir, err)
	}
	return nil
}

func unpack(r io.Reader, m Manifest, dir string, limit int64) (err error) {
	if err := record.At("manifest", m.check(limit)); err != nil {
		return err
	}
	root, err := emptyRoot(dir)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, clearRoot(root))
		}
		err = errors.Join(err, root.Close())
	}()
	if err := m.extract(r, root); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := root.Chmod(f.Path, f.unpackedMode()); err != nil {
			return err
		}
	}
	return nil
}

// unpackedMode lets its owner into every directory, or it could not be filled
// or removed.
func (f File) unpackedMode() fs.FileMode {
	if f.Dir {
		return fs.FileMode(f.Mode) | 0o700
	}
	return fs.FileMode(f.Mode)
}

func emptyRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err == nil && len(entries) > 0 {
		err = fmt.Errorf("it is not empty, %q is there", entries[0].Name())
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

func clearRoot(root *os.Root) error {
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		err = errors.Join(err, root.RemoveAll(e.Name()))
	}
	return err
}

// entryOverhead is more than an entry takes beside its content: its header, the
// two blocks that carry a path of up to maxPath, and padding.
const entryOverhead = maxPath + 4096

// extract writes and verifies all files, none of them executable yet.
func (m Manifest) extract(r io.Reader, root *os.Root) error {
	packed := bufio.NewReader(r) // gzip reads not a byte too much from it
	zipped, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("not a gzip file: %w", err)
	}
	zipped.Multistream(false)
	plain := &bounded{zipped, m.Total + int64(len(m.Files)+1)*entryOverhead}
	archive := tar.NewReader(plain)
	for _, f := range m.Files {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the archive ends before %q", f.Path)
		}
		if err != nil {
			return fmt.Errorf("the archive cannot be read at %q: %w", f.Path, err)
		}
		if err := f.matches(h); err != nil {
			return err
		}
		if err := f.write(root, archive); err != nil {
			return fmt.Errorf("%q: %w", f.Path, err)
		}
	}
	return atEnd(archive, plain, packed)
}

// atEnd makes sure that nothing follows, at any of the three levels, and that
// gzip's own checksum has been read.
func atEnd(archive *tar.Reader, plain, packed io.Reader) error {
	h, err := archive.Next()
	if err == nil {
		return fmt.Errorf("%q is in the archive, but not in the manifest", h.Name)
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("the archive cannot be read at its end: %w", err)
	}
	for _, r := range []io.Reader{plain, packed} {
		n, err := io.Copy(io.Discard, io.LimitReader(r, 1))
		if err != nil {
			return fmt.Errorf("the archive cannot be read at its end: %w", err)
		}
		if n > 0 {
			return errors.New("more data follows the archive")
		}
	}
	return nil
}

// matches checks an entry's header against the manifest.
func (f File) matches(h *tar.Header) error {
	want := f.header()
	switch {
	case h.Name != want.Name:
		return fmt.Errorf("%q is in the archive where the manifest has %q", h.Name, want.Name)
	case h.Typeflag != want.Typeflag:
		return fmt.Errorf("%q is of type %q in the archive, %q in the manifest", f.Path, h.Typeflag, want.Typeflag)
	case h.Mode != want.Mode:
		return fmt.Errorf("%q has mode %04o in the archive, %04o in the manifest", f.Path, h.Mode, want.Mode)
	case h.Size != want.Size:
		return fmt.Errorf("%q has %d bytes in the archive, %d in the manifest", f.Path, h.Size, want.Size)
	}
	return nil
}

// write makes the file or directory and what is above it.
func (f File) write(root *os.Root, content io.Reader) error {
	if f.Dir {
		return root.MkdirAll(f.Path, 0o755)
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	hash := sha256.New()
	_, err = io.CopyN(io.MultiWriter(file, hash), content, f.Size)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != f.SHA256 {
		return fmt.Errorf("sha256 is %s, the manifest says %s", got, f.SHA256)
	}
	return nil
}

// bounded is a reader that fails when there is more than it may give, where
// io.LimitReader would pretend that the data ends.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errors.New("it unpacks to more than the manifest says")
	}
	return n, err
}

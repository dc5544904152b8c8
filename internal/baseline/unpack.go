package baseline

import (
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

// writeFile writes the content of a file, and reads it to its end.
type writeFile func(f File, content io.Reader) error

// unpack fills dir with the files of a manifest, which extract has to hand over in
// its order.
func unpack(m Manifest, dir string, limit int64, extract func(writeFile) error) error {
	if err := fill(m, dir, limit, extract); err != nil {
		return fmt.Errorf("unpacking the bundled gateway into %s: %w", dir, err)
	}
	return nil
}

// overlay puts the files of a manifest into dir in the place of what is there.
func overlay(m Manifest, dir string, limit int64, extract func(writeFile) error) error {
	if err := record.At("manifest", m.check(limit)); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	err = extract(func(f File, content io.Reader) error {
		err := f.makeRoom(root)
		if err == nil {
			err = f.write(root, content)
		}
		if err != nil {
			err = fmt.Errorf("%q: %w", f.Path, err)
		}
		return err
	})
	if err != nil {
		return err
	}
	return m.finish(root)
}

// makeRoom removes what is in the place of a file or link, or what is no directory in that
// of one.
func (f File) makeRoom(root *os.Root) error {
	if info, err := root.Lstat(f.Path); f.Dir && err == nil && info.IsDir() {
		return nil
	}
	return root.RemoveAll(f.Path)
}

func fill(m Manifest, dir string, limit int64, extract func(writeFile) error) (err error) {
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
	err = extract(func(f File, content io.Reader) error {
		if err := f.write(root, content); err != nil {
			return fmt.Errorf("%q: %w", f.Path, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return m.finish(root)
}

// finish moves texts to where they are now, makes executable what is to be, and links
// last, so that nothing was written over one.
func (m Manifest) finish(root *os.Root) error {
	here, err := physical(root.Name())
	if err == nil {
		err = m.relocate(root, here)
	}
	if err != nil {
		return err
	}
	for _, f := range m.Files {
		mode := fs.FileMode(f.Mode)
		if f.Dir {
			mode |= 0o700 // or it could not be filled or removed
		}
		if f.Link == "" {
			if err := root.Chmod(f.Path, mode); err != nil {
				return err
			}
		}
	}
	for _, f := range m.Files {
		if f.Link != "" {
			if err := errors.Join(f.leads(), root.Symlink(f.Link, f.Path)); err != nil {
				return err
			}
		}
	}
	return nil
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

// entrySize is that of its entry in the archive.
func (f File) entrySize() int64 {
	if f.Link != "" {
		return int64(len(f.Link))
	}
	return f.Size
}

// write makes the file or directory and what is above it. Of a link it only
// verifies that the archive has the manifest's.
func (f File) write(root *os.Root, content io.Reader) error {
	if f.Dir {
		return errors.Join(root.MkdirAll(f.Path, 0o755), drained(content))
	}
	if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
		return err
	}
	if f.Link != "" {
		to, err := io.ReadAll(io.LimitReader(content, maxPath))
		if err == nil && string(to) != f.Link {
			err = fmt.Errorf("links to %q in the archive, to %q in the manifest", to, f.Link)
		}
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
	return drained(content)
}

// drained reads a reader to its end, where archive/zip compares the checksum.
func drained(r io.Reader) error {
	n, err := io.Copy(io.Discard, io.LimitReader(r, 1))
	if err == nil && n > 0 {
		err = errors.New("more data follows")
	}
	return err
}

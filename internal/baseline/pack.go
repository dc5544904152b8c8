package baseline

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Pack writes paths of dir, directories with all that is below them, as
// gateway.tar.gz and returns its manifest. Paths are relative and stay inside
// dir. Links, devices and the like are refused, and so are more than limit bytes
// in all, before anything is written. The bytes depend on the files' names,
// permissions and contents alone.
func Pack(w io.Writer, dir string, paths []string, limit int64) (Manifest, error) {
	m, err := pack(w, dir, paths, limit)
	if err != nil {
		return Manifest{}, fmt.Errorf("bundling the gateway from %s: %w", dir, err)
	}
	return m, nil
}

func pack(w io.Writer, dir string, paths []string, limit int64) (Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Manifest{}, err
	}
	defer root.Close()
	m, err := collect(root, paths, limit)
	if err != nil {
		return Manifest{}, err
	}
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	for i := range m.Files {
		f := &m.Files[i]
		if err := archive.WriteHeader(f.header()); err != nil {
			return Manifest{}, fmt.Errorf("%q: %w", f.Path, err)
		}
		if f.Dir {
			continue
		}
		if f.SHA256, err = copyFile(archive, root, f); err != nil {
			return Manifest{}, fmt.Errorf("%q: %w", f.Path, err)
		}
	}
	return m, errors.Join(archive.Close(), zipped.Close())
}

// header is the entry of f in the archive.
func (f File) header() *tar.Header {
	h := &tar.Header{
		Typeflag: tar.TypeReg,
		Name:     f.Path,
		Mode:     int64(f.Mode),
		Size:     f.Size,
		ModTime:  time.Unix(0, 0),
	}
	if f.Dir {
		h.Typeflag, h.Name = tar.TypeDir, f.Path+"/"
	}
	return h
}

// copyFile copies a file as it was when it was found.
func copyFile(w io.Writer, root *os.Root, f *File) (sha string, err error) {
	file, err := root.Open(f.Path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() != f.Size {
		return "", errors.New("changed while it was bundled")
	}
	hash := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(w, hash), file, f.Size); err != nil {
		return "", fmt.Errorf("changed while it was bundled: %w", err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

package baseline

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/record"
)

// bundlePrefix is before the path of a bundled file in the archive.
const bundlePrefix = "bundle/"

// Write writes b as an artifact with the files of paths in dir, directories with
// all that is below them, and returns their manifest. Without paths it carries no
// gateway, and the manifest is nil.
//
// Paths are relative and stay inside dir. Where links in it lead is carried along; those
// to what a machine has installed are carried as links. Devices, other links that lead
// out of dir, and more than limit bytes in all are refused before anything is written; so
// is whatever [Read] would refuse, so that no main leaves a baseline that no pull request
// can use. The bytes depend on b, on dir and on the files' names, permissions and contents
// alone.
func Write(w io.Writer, b Baseline, dir string, paths []string, limit int64) (*Manifest, error) {
	b.Bundle = nil
	z := zip.NewWriter(w)
	if len(paths) > 0 {
		m, err := pack(z, dir, paths, limit)
		if err != nil {
			return nil, fmt.Errorf("bundling the gateway from %s: %w", dir, err)
		}
		b.Bundle, b.NoBundle = &m, ""
	}
	data, err := encode(b)
	if err == nil {
		var entry io.Writer
		if entry, err = z.CreateHeader(&zip.FileHeader{Name: record.BaselineFile, Method: zip.Deflate}); err == nil {
			_, err = entry.Write(data)
		}
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return nil, fmt.Errorf("writing the baseline: %w", err)
	}
	return b.Bundle, nil
}

// encode is baseline.json, whatever b.Schema says as version [Schema].
func encode(b Baseline) ([]byte, error) {
	b.Schema = Schema
	b.History = append([]history.Entry{}, b.History...) // empty is [], not null
	b.Run.Scenarios = append([]bench.Cell{}, b.Run.Scenarios...)
	b.Run.Rounds = append([]bench.Round{}, b.Run.Rounds...)
	if err := b.check(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	if n, limit := int64(len(data)), DefaultLimits().File; n > limit {
		return nil, fmt.Errorf("it would have %s, and no more than %s can be read: measure fewer scenarios or rounds", record.SizeText(n), record.SizeText(limit))
	}
	_, err = record.Outline(data)
	return data, err
}

// pack writes the files as entries, and returns their manifest.
func pack(z *zip.Writer, dir string, paths []string, limit int64) (Manifest, error) {
	return collected(dir, paths, limit, func(f *File, root *os.Root) error { return f.pack(z, root) })
}

// collected is the manifest of what a bundle has, after something was done with every
// file of it.
func collected(dir string, paths []string, limit int64, do func(*File, *os.Root) error) (Manifest, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Manifest{}, err
	}
	defer root.Close()
	m, err := collect(root, paths, limit)
	for i := 0; err == nil && i < len(m.Files); i++ {
		f := &m.Files[i]
		if err = do(f, root); err != nil {
			err = fmt.Errorf("%q: %w", f.Path, err)
		}
	}
	return m, err
}

// pack writes one entry and notes its digest.
func (f *File) pack(z *zip.Writer, root *os.Root) error {
	h := &zip.FileHeader{Name: f.entryName(), Method: zip.Deflate}
	h.SetMode(f.fileMode())
	if f.Dir {
		h.Method = zip.Store
	}
	w, err := z.CreateHeader(h)
	switch {
	case err != nil || f.Dir:
		return err
	case f.Link != "":
		_, err = io.WriteString(w, f.Link)
		return err
	}
	f.SHA256, err = copyFile(w, root, f)
	return err
}

// entryName is the name of its entry in the archive.
func (f File) entryName() string {
	if f.Dir {
		return bundlePrefix + f.Path + "/"
	}
	return bundlePrefix + f.Path
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
	switch _, err := io.CopyN(io.MultiWriter(w, hash), file, f.Size); {
	case errors.Is(err, io.EOF):
		return "", errors.New("changed while it was bundled")
	case err != nil:
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

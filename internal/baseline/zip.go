package baseline

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/record"
)

// ErrNoBundle says that an artifact carries no gateway.
var ErrNoBundle = errors.New("the baseline carries no bundled gateway")

// WriteZip writes a baseline with its bundle, which is nil when b.Bundle is, as
// one file: the artifact's content. The bytes depend on the arguments alone.
func WriteZip(w io.Writer, b Baseline, bundle io.Reader) error {
	if (b.Bundle == nil) != (bundle == nil) {
		return errors.New("writing the baseline: a bundle and its manifest go together")
	}
	z := zip.NewWriter(w)
	file, err := z.CreateHeader(&zip.FileHeader{Name: record.BaselineFile, Method: zip.Deflate})
	if err == nil {
		err = Write(file, b)
	}
	if err == nil && bundle != nil {
		// Stored: it is compressed already.
		if file, err = z.CreateHeader(&zip.FileHeader{Name: record.BundleV1, Method: zip.Store}); err == nil {
			_, err = io.Copy(file, bundle)
		}
	}
	return errors.Join(err, z.Close())
}

// Archive is an artifact that was opened with [OpenZip].
type Archive struct {
	file, bundle *zip.File // bundle is nil without one
	limits       Limits
}

// OpenZip opens an artifact of size bytes. It has to hold baseline.json, may
// hold gateway.tar.gz, and nothing else.
func OpenZip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	a, err := openZip(r, size, limits)
	if err != nil {
		return nil, fmt.Errorf("opening the baseline artifact: %w", err)
	}
	return a, nil
}

func openZip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	files, err := record.OpenZip(r, size)
	if err != nil {
		return nil, err
	}
	a := &Archive{limits: limits}
	for _, f := range files {
		err := a.take(f)
		if err != nil {
			return nil, fmt.Errorf("entry %q: %w", f.Name, err)
		}
	}
	if a.file == nil {
		return nil, fmt.Errorf("it holds no %s", record.BaselineFile)
	}
	return a, nil
}

// take accepts one entry. The sizes are what the directory claims; archive/zip
// fails when the content then has another one.
func (a *Archive) take(f *zip.File) error {
	var place **zip.File
	var limit int64
	switch f.Name {
	case record.BaselineFile:
		place, limit = &a.file, a.limits.File
	case record.BundleV1:
		// Packing what cannot be packed makes it a little larger.
		place, limit = &a.bundle, a.limits.Bundle+a.limits.Bundle/16+1<<20
	default:
		return fmt.Errorf("does not belong here, only %s and %s do", record.BaselineFile, record.BundleV1)
	}
	if *place != nil {
		return errors.New("is there twice")
	}
	*place = f
	return record.CheckEntry(f, limit)
}

// Baseline reads baseline.json.
func (a *Archive) Baseline() (b Baseline, err error) {
	err = record.ReadEntry(a.file, func(r io.Reader) (err error) {
		b, err = Read(r, a.limits)
		return err
	})
	return b, err
}

// HasBundle tells whether there is a gateway.tar.gz.
func (a *Archive) HasBundle() bool { return a.bundle != nil }

// Unpack unpacks the bundle as [Unpack] does; b is what Baseline returned. It
// is [ErrNoBundle] when the archive or the manifest is missing.
func (a *Archive) Unpack(b Baseline, dir string) error {
	if a.bundle == nil || b.Bundle == nil {
		return ErrNoBundle
	}
	return record.ReadEntry(a.bundle, func(r io.Reader) error { return Unpack(r, *b.Bundle, dir, a.limits.Bundle) })
}

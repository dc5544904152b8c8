package baseline

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/org/proxy-bench-action/internal/record"
)

// maxDirectory is enough for the names of maxFiles files with maxNames bytes.
const maxDirectory = 16 << 20

// ErrNoBundle says that an artifact carries no gateway.
var ErrNoBundle = errors.New("the baseline carries no bundled gateway")

// Archive is an artifact that was opened with [OpenZip].
type Archive struct {
	entries map[string]*zip.File // that this version knows, by name
	limits  Limits
}

// OpenZip opens an artifact of size bytes. It has to hold baseline.json. Of the
// rest only the bundle is read; entries with other names are ignored.
func OpenZip(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	entries, err := record.OpenZip(r, size, maxDirectory, func(name string) int64 {
		switch {
		case name == record.BaselineFile:
			return limits.File
		case name == bundleV1:
			return limits.packed()
		case strings.HasPrefix(name, bundlePrefix):
			return record.Unchecked // but against the manifest
		}
		return record.Ignored
	})
	if err == nil && entries[record.BaselineFile] == nil {
		err = fmt.Errorf("it holds no %s", record.BaselineFile)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the baseline artifact: %w", err)
	}
	return &Archive{entries, limits}, nil
}

// Baseline reads baseline.json.
func (a *Archive) Baseline() (b Baseline, err error) {
	err = record.ReadEntry(a.entries[record.BaselineFile], func(r io.Reader) (err error) {
		b, err = Read(r, a.limits)
		return err
	})
	return b, err
}

// Unpack unpacks the bundle into dir, which is made if need be and has to be
// empty; b is what Baseline returned. The files must be what the manifest says,
// with these modes, sizes and digests, and no others. It is [ErrNoBundle] when
// there is none.
//
// Nothing is executable before everything is verified, and with an error dir is
// empty again.
func (a *Archive) Unpack(b Baseline, dir string) error {
	v1 := a.entries[bundleV1]
	switch {
	case b.Bundle == nil && b.NoBundle != "":
		return fmt.Errorf("%w: %s", ErrNoBundle, b.NoBundle)
	case b.Bundle == nil || b.Schema == schemaV1 && v1 == nil:
		return ErrNoBundle
	case b.Schema == schemaV1:
		return record.ReadEntry(v1, func(r io.Reader) error { return unpackV1(r, *b.Bundle, dir, a.limits.Bundle) })
	}
	return unpack(*b.Bundle, dir, a.limits.Bundle, func(write writeFile) error { return a.extract(*b.Bundle, write) })
}

// Restore puts the bundle into dir, where it was built or another checkout of the same
// commit is, in the place of what is there. The files are verified as [Archive.Unpack]
// does it. No file is executable before all are, and none leads out of dir.
func (a *Archive) Restore(b Baseline, dir string) error {
	if b.Bundle == nil || b.Schema == schemaV1 {
		return ErrNoBundle
	}
	err := overlay(*b.Bundle, dir, a.limits.Bundle, func(write writeFile) error { return a.extract(*b.Bundle, write) })
	if err != nil {
		err = fmt.Errorf("restoring a gateway that was built elsewhere: %w", err)
	}
	return err
}

// extract hands every file of the bundle to write.
func (a *Archive) extract(m Manifest, write writeFile) error {
	listed := map[string]bool{}
	for _, f := range m.Files {
		entry := a.entries[f.entryName()]
		if entry == nil {
			return fmt.Errorf("%q is in the manifest, but not in the archive", f.Path)
		}
		if got, want := entry.Mode(), f.fileMode(); got != want {
			return fmt.Errorf("%q is %v in the archive, %v in the manifest", f.Path, got, want)
		}
		if got, want := entry.UncompressedSize64, uint64(f.entrySize()); got != want {
			return fmt.Errorf("%q has %d bytes in the archive, %d in the manifest", f.Path, got, want)
		}
		if err := record.ReadEntry(entry, func(r io.Reader) error { return write(f, r) }); err != nil {
			return err
		}
		listed[f.entryName()] = true
	}
	for name := range a.entries {
		if path, bundled := strings.CutPrefix(name, bundlePrefix); bundled && !listed[name] {
			return fmt.Errorf("%q is in the archive, but not in the manifest", path)
		}
	}
	return nil
}

package baseline

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/org/proxy-bench-action/internal/record"
)

// Version 1 carried the gateway as an archive inside the archive, had no links,
// and refused members that it did not know. It is read for ever.
const (
	schemaV1 = "proxy-bench/baseline/v1"
	bundleV1 = "gateway.tar.gz"
)

func decodeV1(data []byte) (Baseline, error) {
	b, err := record.Decode[Baseline](data)
	if err == nil {
		err = b.check()
	}
	if err == nil && b.Bundle != nil {
		for _, f := range b.Bundle.Files {
			if f.Link != "" {
				return b, fmt.Errorf("bundle: %q: version 1 has no links", f.Path)
			}
		}
	}
	return b, err
}

// headerV1 is the entry of f in gateway.tar.gz.
func (f File) headerV1() *tar.Header {
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

// unpackV1 unpacks gateway.tar.gz, as [Archive.Unpack] does. Its entries must be
// in the order of the manifest.
func unpackV1(r io.Reader, m Manifest, dir string, limit int64) error {
	return unpack(m, dir, limit, func(write writeFile) error { return m.extractV1(r, write) })
}

// overheadV1 is more than an entry takes beside its content: its header, the two
// blocks that carry a path of up to maxPath, and padding.
const overheadV1 = maxPath + 4096

func (m Manifest) extractV1(r io.Reader, write writeFile) error {
	packed := bufio.NewReader(r) // gzip reads not a byte too much from it
	zipped, err := gzip.NewReader(packed)
	if err != nil {
		return fmt.Errorf("not a gzip file: %w", err)
	}
	zipped.Multistream(false)
	plain := &bounded{zipped, m.Total + int64(len(m.Files)+1)*overheadV1}
	archive := tar.NewReader(plain)
	for _, f := range m.Files {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the archive ends before %q", f.Path)
		}
		if err != nil {
			return fmt.Errorf("the archive cannot be read at %q: %w", f.Path, err)
		}
		if err := f.matchesV1(h); err != nil {
			return err
		}
		if err := write(f, archive); err != nil {
			return err
		}
	}
	h, err := archive.Next()
	if err == nil {
		return fmt.Errorf("%q is in the archive, but not in the manifest", h.Name)
	}
	if errors.Is(err, io.EOF) {
		// Where gzip's own checksum is read, and then behind it.
		err = errors.Join(drained(plain), drained(packed))
	}
	return record.At("the archive cannot be read at its end", err)
}

// matchesV1 checks an entry's header against the manifest.
func (f File) matchesV1(h *tar.Header) error {
	want := f.headerV1()
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

package baseline

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/record/recordtest"
	"github.com/org/proxy-bench-action/internal/testenv"
)

// artifact is a baseline of one scenario with its bundle, as bytes.
func artifact(t testing.TB) ([]byte, Baseline) {
	t.Helper()
	b := sampleBaseline(1, recordtest.SSE10)
	m, good := smallBundle()
	b.Bundle = &m
	var out bytes.Buffer
	if err := WriteZip(&out, b, bytes.NewReader(archiveOf(t, good...))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), b
}

func open(data []byte, limits Limits) (*Archive, error) {
	return OpenZip(bytes.NewReader(data), int64(len(data)), limits)
}

func TestZipRoundTrip(t *testing.T) {
	data, b := artifact(t)
	if again, _ := artifact(t); !bytes.Equal(again, data) {
		t.Error("the second time other bytes")
	}
	a, err := open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Baseline()
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Fatalf("%v, %+v", err, got)
	}
	dir := t.TempDir()
	if err := a.Unpack(got, dir); err != nil || !a.HasBundle() {
		t.Fatal(err)
	}
	if n := len(listing(t, dir)); n != 3 {
		t.Errorf("%d files", n)
	}
}

// TestZipOfALargeBundle: what bounds the directory does not bound the content.
func TestZipOfALargeBundle(t *testing.T) {
	dir := t.TempDir()
	content := make([]byte, 2*(1<<20))
	rand.NewChaCha8([32]byte{}).Read(content)
	if err := os.WriteFile(filepath.Join(dir, "gw"), content, 0o755); err != nil {
		t.Fatal(err)
	}
	b := sampleBaseline(1, recordtest.SSE10)
	var bundle, out bytes.Buffer
	m, err := Pack(&bundle, dir, []string{"gw"}, DefaultLimits().Bundle)
	if err != nil {
		t.Fatal(err)
	}
	b.Bundle = &m
	if err := WriteZip(&out, b, &bundle); err != nil {
		t.Fatal(err)
	}
	a, err := open(out.Bytes(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	place := t.TempDir()
	if err := a.Unpack(b, place); err != nil || !reflect.DeepEqual(listing(t, place), listing(t, dir)) {
		t.Errorf("not what was packed: %v", err)
	}
}

func TestZipWithoutBundle(t *testing.T) {
	b := sampleBaseline(1, recordtest.SSE10)
	testenv.WantError(t, WriteZip(io.Discard, b, nil), "a bundle and its manifest go together")
	b.Bundle = nil
	testenv.WantError(t, WriteZip(io.Discard, b, strings.NewReader("")), "a bundle and its manifest go together")
	var out bytes.Buffer
	if err := WriteZip(&out, b, nil); err != nil {
		t.Fatal(err)
	}
	a, err := open(out.Bytes(), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Baseline()
	if err != nil || a.HasBundle() || !errors.Is(a.Unpack(got, t.TempDir()), ErrNoBundle) {
		t.Errorf("%v, %v, %v", err, a.HasBundle(), a.Unpack(got, t.TempDir()))
	}
}

// zipOf makes a zip by hand; spoil changes the headers before they are written.
func zipOf(t testing.TB, spoil func(h *zip.FileHeader), pairs ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(pairs); i += 2 {
		h := &zip.FileHeader{Name: pairs[i], Method: zip.Deflate}
		if spoil != nil {
			spoil(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestOpenZipRefuses(t *testing.T) {
	data, _ := artifact(t)
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("%020000d", i), "")
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"fine":           {zipOf(t, nil, record.BaselineFile, "{}"), ""},
		"empty":          {nil, "zip: not a valid zip file"},
		"cut short":      {data[:len(data)-10], "zip: not a valid zip file"},
		"no baseline":    {zipOf(t, nil, record.BundleV1, ""), "it holds no baseline.json"},
		"something else": {zipOf(t, nil, record.BaselineFile, "", "run.sh", ""), `entry "run.sh": does not belong here`},
		"in a folder":    {zipOf(t, nil, "a/"+record.BaselineFile, ""), `entry "a/baseline.json": does not belong here`},
		"traversal":      {zipOf(t, nil, "../"+record.BaselineFile, ""), `entry "../baseline.json": does not belong here`},
		"twice":          {zipOf(t, nil, record.BaselineFile, "{}", record.BaselineFile, "{}"), `entry "baseline.json": is there twice`},
		"link":           {zipOf(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }, record.BaselineFile, "/etc/passwd"), "is not a regular file"},
		"large":          {zipOf(t, nil, record.BaselineFile, strings.Repeat(" ", 1<<16+1)), "claims 65537 bytes, the limit is 65536 bytes"},
		"large bundle":   {zipOf(t, nil, record.BaselineFile, "{}", record.BundleV1, strings.Repeat(" ", 2<<20)), "claims 2097152 bytes, the limit is 1.1 MiB"},
		"directory":      {zipOf(t, nil, many...), "its directory is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(c.data, Limits{File: 1 << 16, Bundle: 1 << 16})
			testenv.WantError(t, err, c.want)
		})
	}
}

// TestZipThatLies changes in the directory what it says of baseline.json, which
// is the first entry, and of gateway.tar.gz, the second.
func TestZipThatLies(t *testing.T) {
	const crc, size = 16, 24 // offsets in a directory entry
	data, b := artifact(t)
	lie := func(entry, offset int, delta byte) *Archive {
		t.Helper()
		spoilt := bytes.Clone(data)
		at := 0
		for range entry + 1 {
			at += bytes.Index(spoilt[at:], []byte("PK\x01\x02")) + 1
		}
		spoilt[at-1+offset] += delta
		a, err := open(spoilt, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct {
		offset int
		delta  byte
		want   string
	}{
		{size, 1, "unexpected EOF"},
		{size, 0xff, "zip: not a valid zip file"},
		{crc, 1, "zip: checksum error"},
	} {
		_, err := lie(0, c.offset, c.delta).Baseline()
		testenv.WantError(t, err, c.want)
		if c.offset == size {
			continue // the size of what is stored also says where it ends
		}
		dir := t.TempDir()
		testenv.WantError(t, lie(1, c.offset, c.delta).Unpack(b, dir), c.want)
		if got := listing(t, dir); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	}
}

func FuzzOpenZip(f *testing.F) {
	data, _ := artifact(f)
	f.Add(data)
	f.Add(zipOf(f, nil, record.BaselineFile, "{}", record.BaselineFile, "{}"))
	f.Add(zipOf(f, nil, record.BaselineFile, "{}", "x/../y", ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := open(data, Limits{File: 1 << 16, Bundle: 1 << 16})
		if err != nil {
			return
		}
		b, err := a.Baseline()
		if err != nil {
			return
		}
		dir := t.TempDir()
		if err := a.Unpack(b, dir); err != nil && len(listing(t, dir)) != 0 {
			t.Errorf("%v, but left behind: %v", err, listing(t, dir))
		}
	})
}

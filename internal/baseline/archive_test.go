package baseline

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// inZip is one entry of an artifact made by hand.
type inZip struct {
	name    string
	mode    fs.FileMode
	content string
}

func zipOf(t testing.TB, entries ...inZip) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode)
		w, err := z.CreateHeader(h)
		if err == nil && !strings.HasSuffix(e.name, "/") {
			_, err = io.WriteString(w, e.content)
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

// bundleOf is an artifact with a manifest, and entries that may be others.
func bundleOf(t testing.TB, m Manifest, entries ...inZip) []byte {
	t.Helper()
	b := sampleBaseline(1, recordtest.SSE10)
	b.Bundle = &m
	return zipOf(t, append([]inZip{{record.BaselineFile, 0o644, string(written(t, b))}}, entries...)...)
}

// smallEntries are the files of smallBundle.
func smallEntries() []inZip {
	return []inZip{{"bundle/bin/", fs.ModeDir | 0o755, ""}, {"bundle/bin/gw", 0o755, "#!/bin/sh\n"}, {"bundle/notes", 0o755, "hello"}}
}

// artifact is a baseline of one scenario with its bundle, as bytes.
func artifact(t testing.TB) ([]byte, Baseline) {
	t.Helper()
	b := sampleBaseline(1, recordtest.SSE10)
	m, _ := smallBundle()
	b.Bundle = &m
	return bundleOf(t, m, smallEntries()...), b
}

func open(data []byte, limits Limits) (*Archive, error) {
	return OpenZip(bytes.NewReader(data), int64(len(data)), limits)
}

func TestZipRoundTrip(t *testing.T) {
	b := sampleBaseline(1, recordtest.SSE10)
	dir := tree(t, "bin/gw 755", "notes")
	var out, again bytes.Buffer
	m, err := Write(&out, b, dir, []string{"."}, someLimit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Write(&again, b, dir, []string{"."}, someLimit); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
		t.Errorf("the second time other bytes, error %v", err)
	}
	b.Bundle = m
	got, a, err := Open(out.Bytes(), DefaultLimits())
	if err != nil || !reflect.DeepEqual(got, b) {
		t.Fatalf("%v, %+v", err, got)
	}
	place := t.TempDir()
	if err := a.Unpack(got, place); err != nil || !reflect.DeepEqual(listing(t, place), listing(t, dir)) {
		t.Errorf("not what was packed: %v", err)
	}
}

// TestZipOfManyFiles: what bounds the directory leaves room for a gateway that
// travels with its interpreter.
func TestZipOfManyFiles(t *testing.T) {
	many := []inZip{{record.BaselineFile, 0o644, "{}"}}
	for i := range 5000 {
		many = append(many, inZip{fmt.Sprintf("bundle/%0300d", i), 0o644, ""})
	}
	_, err := open(zipOf(t, many...), DefaultLimits())
	testenv.WantError(t, err, "")
}

func TestZipWithoutBundle(t *testing.T) {
	var out bytes.Buffer
	if m, err := Write(&out, sampleBaseline(1, recordtest.SSE10), ".", nil, someLimit); err != nil || m != nil {
		t.Fatal(m, err)
	}
	got, a, err := Open(out.Bytes(), DefaultLimits())
	if err != nil || !errors.Is(a.Unpack(got, t.TempDir()), ErrNoBundle) {
		t.Errorf("%v, %v", err, a.Unpack(got, t.TempDir()))
	}
}

func TestOpenZipRefuses(t *testing.T) {
	data, _ := artifact(t)
	file := func(name, content string) inZip { return inZip{name, 0o644, content} }
	ours := file(record.BaselineFile, "{}")
	var many []inZip
	for i := range 1000 {
		many = append(many, file(fmt.Sprintf("%020000d", i), ""))
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"fine":          {zipOf(t, ours), ""},
		"more":          {zipOf(t, ours, file("counts.json", ""), file("counts.json", ""), file("a/"+record.BaselineFile, "")), ""},
		"empty":         {nil, "zip: not a valid zip file"},
		"cut short":     {data[:len(data)-10], "zip: not a valid zip file"},
		"no baseline":   {zipOf(t, file("bundle/x", "")), "it holds no baseline.json"},
		"in a folder":   {zipOf(t, file("a/"+record.BaselineFile, "")), "it holds no baseline.json"},
		"traversal":     {zipOf(t, ours, file("../"+record.BaselineFile, "")), `entry "../baseline.json": does not name a path inside`},
		"twice":         {zipOf(t, ours, ours), `entry "baseline.json": is there twice`},
		"bundled twice": {zipOf(t, ours, file("bundle/x", ""), file("bundle/x", "")), `entry "bundle/x": is there twice`},
		"link":          {zipOf(t, inZip{record.BaselineFile, fs.ModeSymlink | 0o777, "/etc/passwd"}), "is a link"},
		"another link":  {zipOf(t, ours, inZip{"x", fs.ModeSymlink | 0o777, "/etc/passwd"}), "is a link"},
		"large":         {zipOf(t, file(record.BaselineFile, strings.Repeat(" ", 1<<16+1))), "claims 65537 bytes, the limit is 65536 bytes"},
		"large v1":      {zipOf(t, ours, file(bundleV1, strings.Repeat(" ", 2<<20))), "claims 2097152 bytes, the limit is 1.1 MiB"},
		"directory":     {zipOf(t, many...), "its directory is too large"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(c.data, Limits{File: 1 << 16, Bundle: 1 << 16})
			testenv.WantError(t, err, c.want)
		})
	}
}

func TestUnpackRefuses(t *testing.T) {
	m, _ := smallBundle()
	with := func(change func(e []inZip)) []byte {
		e := smallEntries()
		change(e)
		return bundleOf(t, m, e...)
	}
	linked := Manifest{Files: append(slices.Clone(m.Files), File{Path: "self", Link: "notes", Mode: 0o777}), Total: m.Total}
	self := func(to string) inZip { return inZip{"bundle/self", fs.ModeSymlink | 0o777, to} }
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing wrong":  {bundleOf(t, m, smallEntries()...), ""},
		"another order":  {with(func(e []inZip) { slices.Reverse(e) }), ""},
		"beside it":      {bundleOf(t, m, append(smallEntries(), inZip{"counts/bin/gw", 0o644, "x"})...), ""},
		"entry missing":  {bundleOf(t, m, smallEntries()[:2]...), `"notes" is in the manifest, but not in the archive`},
		"entry more":     {bundleOf(t, m, append(smallEntries(), inZip{"bundle/x", 0o644, ""})...), `"x" is in the archive, but not in the manifest`},
		"traversal":      {with(func(e []inZip) { e[2].name = "bundle/../notes" }), `"notes" is in the manifest, but not`},
		"traversal more": {bundleOf(t, m, append(smallEntries(), inZip{"bundle/../x", 0o644, ""})...), `"../x" is in the archive, but not`},
		"other spelling": {with(func(e []inZip) { e[2].name = "bundle/./notes" }), `"notes" is in the manifest, but not`},
		"no directory":   {with(func(e []inZip) { e[0].name = "bundle/bin" }), `"bin" is in the manifest, but not`},
		"symbolic link":  {with(func(e []inZip) { e[2].mode = fs.ModeSymlink | 0o755 }), `"notes" is Lrwxr-xr-x in the archive, -rwxr-xr-x in the manifest`},
		"device":         {with(func(e []inZip) { e[2].mode = fs.ModeDevice | fs.ModeCharDevice | 0o755 }), `"notes" is Dcrwxr-xr-x in`},
		"setuid":         {with(func(e []inZip) { e[2].mode = fs.ModeSetuid | 0o755 }), `"notes" is urwxr-xr-x in`},
		"other mode":     {with(func(e []inZip) { e[2].mode = 0o700 }), `"notes" is -rwx------ in the archive, -rwxr-xr-x in the manifest`},
		"larger":         {with(func(e []inZip) { e[2].content = "hello!" }), `"notes" has 6 bytes in the archive, 5 in the manifest`},
		"other content":  {with(func(e []inZip) { e[2].content = "hallo" }), `"notes": sha256 is `},
		"a link":         {bundleOf(t, linked, append(smallEntries(), self("notes"))...), ""},
		"other link":     {bundleOf(t, linked, append(smallEntries(), self("/dev/"))...), `"self": links to "/dev/" in the archive, to "notes" in the manifest`},
		"longer link":    {bundleOf(t, linked, append(smallEntries(), self("/etc/passwd"))...), `"self" has 11 bytes in the archive, 5 in the manifest`},
		"link as file":   {bundleOf(t, linked, append(smallEntries(), inZip{"bundle/self", 0o777, "notes"})...), `"self" is -rwxrwxrwx in the archive, Lrwxrwxrwx in the manifest`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			err := unpacked(c.data, dir)
			testenv.WantError(t, err, c.want)
			if got := listing(t, dir); err != nil && len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

func TestUnpackRefusesAbove(t *testing.T) {
	data, b := artifact(t)
	a, err := open(data, Limits{File: 1 << 16, Bundle: b.Bundle.Total - 1})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "new")
	testenv.WantError(t, a.Unpack(b, dir), "manifest: 15 bytes unpacked, the limit is 14 bytes")
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("made for nothing: %v", err)
	}
}

// watcherAt looks at a directory each time it is read from.
type watcherAt struct {
	io.ReaderAt
	look func()
}

func (w watcherAt) ReadAt(p []byte, at int64) (int, error) {
	w.look()
	return w.ReaderAt.ReadAt(p, at)
}

func TestNothingIsExecutableBeforeAllIsVerified(t *testing.T) {
	data, b := artifact(t)
	dir := t.TempDir()
	seen := 0
	a, err := OpenZip(watcherAt{bytes.NewReader(data), func() {
		for name, what := range listing(t, dir) {
			if seen++; strings.HasPrefix(what, "-") && strings.Contains(what[:10], "x") {
				t.Errorf("%s is %s", name, what)
			}
		}
	}}, int64(len(data)), DefaultLimits())
	if err == nil {
		err = a.Unpack(b, dir)
	}
	if err != nil || seen == 0 {
		t.Fatalf("error %v, and %d things were there to be seen", err, seen)
	}
	if what := listing(t, dir)["bin/gw"]; !strings.HasPrefix(what, "-rwxr-xr-x") {
		t.Errorf("in the end: %s", what)
	}
}

// TestZipThatLies changes in the directory what it says of baseline.json, which
// is the first entry, and of bundle/bin/gw, the third.
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
			continue // the manifest has the size
		}
		dir := t.TempDir()
		testenv.WantError(t, lie(2, c.offset, c.delta).Unpack(b, dir), c.want)
		if got := listing(t, dir); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	}
}

func FuzzOpenZip(f *testing.F) {
	data, _ := artifact(f)
	f.Add(data)
	v1, err := os.ReadFile("testdata/v1.zip")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(v1)
	f.Add(zipOf(f, inZip{record.BaselineFile, 0o644, "{}"}, inZip{record.BaselineFile, 0o644, "{}"}))
	f.Add(zipOf(f, inZip{record.BaselineFile, 0o644, "{}"}, inZip{"x/../y", 0o644, ""}))
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

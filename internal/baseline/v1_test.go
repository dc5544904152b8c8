package baseline

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// archived is one thing in an archive made by hand.
type archived struct {
	header  tar.Header
	content string
}

func entryOf(f File, content string) archived { return archived{*f.headerV1(), content} }

func archiveOf(t testing.TB, entries ...archived) []byte {
	t.Helper()
	return gzipped(t, tarOf(t, entries...))
}

func tarOf(t testing.TB, entries ...archived) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		if err := w.WriteHeader(&e.header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func fileOf(path, content string) File {
	sum := sha256.Sum256([]byte(content))
	return File{Path: path, Mode: 0o755, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
}

// smallBundle is a directory with an executable, and a file beside it.
func smallBundle() (Manifest, []archived) {
	gw, notes := fileOf("bin/gw", "#!/bin/sh\n"), fileOf("notes", "hello")
	bin := File{Path: "bin", Dir: true, Mode: 0o755}
	return Manifest{Files: []File{bin, gw, notes}, Total: gw.Size + notes.Size},
		[]archived{entryOf(bin, ""), entryOf(gw, "#!/bin/sh\n"), entryOf(notes, "hello")}
}

func TestV1Refuses(t *testing.T) {
	m, good := smallBundle()
	valid := archiveOf(t, good...)
	with := func(change func(e []archived) []archived) []byte {
		return archiveOf(t, change(append([]archived{}, good...))...)
	}
	last := func(change func(h *tar.Header)) []byte {
		return with(func(e []archived) []archived { change(&e[2].header); return e })
	}
	link := func(kind byte, to string) []byte {
		return with(func(e []archived) []archived {
			e[2] = archived{header: tar.Header{Typeflag: kind, Name: "notes", Linkname: to, Mode: 0o755}}
			return e
		})
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing wrong":   {valid, ""},
		"empty":           {nil, "not a gzip file: EOF"},
		"no gzip":         {[]byte("#!/bin/sh\nrm everything\n"), "not a gzip file"},
		"no tar":          {gzipped(t, []byte(strings.Repeat("x", 1024))), "cannot be read at \"bin\""},
		"cut short":       {valid[:len(valid)-30], "unexpected EOF"},
		"no checksum":     {valid[:len(valid)-8], "cannot be read at its end: unexpected EOF"},
		"wrong checksum":  {append(bytes.Clone(valid[:len(valid)-8]), make([]byte, 8)...), "cannot be read at its end: gzip: invalid checksum"},
		"data behind":     {append(bytes.Clone(valid), 0), "cannot be read at its end: more data follows"},
		"second archive":  {append(bytes.Clone(valid), valid...), "cannot be read at its end: more data follows"},
		"data in gzip":    {gzipped(t, append(tarOf(t, good...), "more"...)), "cannot be read at its end: more data follows"},
		"entry missing":   {archiveOf(t, good[:2]...), `the archive ends before "notes"`},
		"entry more":      {archiveOf(t, append(good, archived{header: tar.Header{Typeflag: tar.TypeReg, Name: "x"}})...), `"x" is in the archive, but not in the manifest`},
		"entry twice":     {archiveOf(t, append(good, good[2])...), `"notes" is in the archive, but not in the manifest`},
		"order":           {archiveOf(t, good[0], good[2], good[1]), `"notes" is in the archive where the manifest has "bin/gw"`},
		"traversal":       {last(func(h *tar.Header) { h.Name = "../notes" }), `"../notes" is in the archive where`},
		"other spelling":  {last(func(h *tar.Header) { h.Name = "./notes" }), `"./notes" is in the archive where`},
		"symbolic link":   {link(tar.TypeSymlink, "/etc/passwd"), `"notes" is of type '2' in the archive, '0' in the manifest`},
		"hard link":       {link(tar.TypeLink, "bin/gw"), `"notes" is of type '1'`},
		"device":          {link(tar.TypeChar, ""), `"notes" is of type '3'`},
		"global header":   {archiveOf(t, append([]archived{{header: tar.Header{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"a": "b"}}}}, good...)...), "where the manifest has \"bin/\""},
		"setuid":          {last(func(h *tar.Header) { h.Mode = 0o4755 }), `"notes" has mode 4755 in the archive, 0755 in the manifest`},
		"larger":          {with(func(e []archived) []archived { e[2].header.Size = 6; e[2].content = "hello!"; return e }), `"notes" has 6 bytes in the archive, 5 in the manifest`},
		"other content":   {with(func(e []archived) []archived { e[2].content = "hallo"; return e }), `"notes": sha256 is `},
		"bomb of headers": {bombOfHeaders(t), "it unpacks to more than the manifest says"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			err := unpackV1(bytes.NewReader(c.data), m, dir, someLimit)
			testenv.WantError(t, err, c.want)
			if got := listing(t, dir); err != nil && len(got) != 0 {
				t.Errorf("left behind: %v", got)
			}
		})
	}
}

// bombOfHeaders has no entry at all, only 640 KB of headers that announce one.
func bombOfHeaders(t testing.TB) []byte {
	t.Helper()
	one := tarOf(t, archived{header: tar.Header{
		Typeflag: tar.TypeReg, Name: "x", Format: tar.FormatPAX,
		PAXRecords: map[string]string{"X.y": strings.Repeat("z", 64<<10)},
	}})
	extension := one[:len(one)-3*512] // without the entry and the end
	return gzipped(t, bytes.Repeat(extension, 10))
}

func TestV1RefusesBeforeItWrites(t *testing.T) {
	m, good := smallBundle()
	data := archiveOf(t, good...)

	dir := filepath.Join(t.TempDir(), "new")
	testenv.WantError(t, unpackV1(bytes.NewReader(data), m, dir, m.Total-1), "manifest: 15 bytes unpacked, the limit is 14 bytes")
	if _, err := os.Lstat(dir); !os.IsNotExist(err) {
		t.Errorf("made for nothing: %v", err)
	}

	dir = tree(t, "precious")
	before := listing(t, dir)
	testenv.WantError(t, unpackV1(bytes.NewReader(data), m, dir, someLimit), `it is not empty, "precious" is there`)
	if !reflect.DeepEqual(listing(t, dir), before) {
		t.Error("what was there is not any more")
	}

	file := filepath.Join(dir, "precious")
	testenv.WantError(t, unpackV1(bytes.NewReader(data), m, file, someLimit), "not a directory")
}

// TestV1OfAPathBelowAFile: the manifest's names are all fine one by one.
func TestV1OfAPathBelowAFile(t *testing.T) {
	a, below := fileOf("a", "1"), fileOf("a/b", "2")
	m := Manifest{Files: []File{a, below}, Total: 2}
	dir := t.TempDir()
	err := unpackV1(bytes.NewReader(archiveOf(t, entryOf(a, "1"), entryOf(below, "2"))), m, dir, someLimit)
	testenv.WantError(t, err, `"a/b": `)
	if got := listing(t, dir); len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}

// watcher looks at a directory each time it is read from.
type watcher struct {
	r    io.Reader
	look func()
}

func (w watcher) Read(p []byte) (int, error) {
	w.look()
	return w.r.Read(p[:1])
}

func TestV1NothingIsExecutableBeforeAllIsVerified(t *testing.T) {
	m, good := smallBundle()
	dir := t.TempDir()
	seen := 0
	look := func() {
		for name, what := range listing(t, dir) {
			if seen++; strings.HasPrefix(what, "-") && strings.Contains(what[:10], "x") {
				t.Errorf("%s is %s", name, what)
			}
		}
	}
	if err := unpackV1(watcher{bytes.NewReader(archiveOf(t, good...)), look}, m, dir, someLimit); err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("nothing was there to be seen")
	}
	if what := listing(t, dir)["bin/gw"]; !strings.HasPrefix(what, "-rwxr-xr-x") {
		t.Errorf("in the end: %s", what)
	}
}

// TestV1IsReadForEver reads an artifact that a program wrote which knew no other
// version.
func TestV1IsReadForEver(t *testing.T) {
	b, a, err := OpenFile("testdata/v1.zip")
	if err != nil {
		t.Fatal(err)
	}
	want := sampleBaseline(1, recordtest.SSE10)
	for i := range want.History {
		want.History[i].Tool = "" // that version did not say it
	}
	if b.Schema != schemaV1 || !reflect.DeepEqual(b.Run, want.Run) || !reflect.DeepEqual(b.History, want.History) || !reflect.DeepEqual(b.Gateway, want.Gateway) {
		t.Errorf("read %+v", b)
	}
	dir := t.TempDir()
	if err := a.Unpack(b, dir); err != nil {
		t.Fatal(err)
	}
	got := listing(t, dir)
	if len(got) != 3 || got["bin/gw"] != fmt.Sprintf("-rwxr-xr-x %x", "#!/bin/sh\necho hello\n") || got["notes"] != fmt.Sprintf("-rw-r--r-- %x", "hello") {
		t.Errorf("unpacked %v", got)
	}
}

func TestV1StaysStrict(t *testing.T) {
	valid := strings.Replace(string(written(t, sampleBaseline(1, recordtest.SSE10))), Schema, schemaV1, 1)
	for name, c := range map[string]struct{ text, want string }{
		"fine":          {valid, ""},
		"unknown field": {damage(t, valid, `"seed":`, `"sneed":1,"seed":`), `unknown field "sneed"`},
		"a link":        {damage(t, valid, `"path":"bin","directory":true`, `"path":"a","link":"x"`), `"a": version 1 has no links`},
	} {
		_, err := Read(strings.NewReader(c.text), DefaultLimits())
		t.Run(name, func(t *testing.T) { testenv.WantError(t, err, c.want) })
	}
}

func FuzzUnpackV1(f *testing.F) {
	m, good := smallBundle()
	f.Add(tarOf(f, good...), false)
	f.Add(tarOf(f, good[0], good[2], good[1]), false)
	f.Add(tarOf(f, append(good, good[2])...), false)
	f.Add(tarOf(f, archived{header: tar.Header{Typeflag: tar.TypeSymlink, Name: "bin", Linkname: "/"}}), false)
	f.Add(archiveOf(f, good...), true)
	f.Fuzz(func(t *testing.T, data []byte, isGzip bool) {
		if !isGzip {
			data = gzipped(t, data) // the fuzzer cannot guess checksums
		}
		dir := t.TempDir()
		err := unpackV1(bytes.NewReader(data), m, dir, someLimit)
		got := listing(t, dir)
		if err != nil && len(got) != 0 {
			t.Errorf("%v, but left behind: %v", err, got)
		}
		if err == nil && (len(got) != 3 || !strings.HasSuffix(got["notes"], " 68656c6c6f")) {
			t.Errorf("accepted: %v", got)
		}
	})
}

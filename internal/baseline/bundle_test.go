package baseline

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

const someLimit = 1 << 20

// tree writes files of random content; a name that ends in a slash is a
// directory, and the mode is what is after a space.
func tree(t testing.TB, names ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(3, 3))
	for _, entry := range names {
		name, octal, _ := strings.Cut(entry, " ")
		mode := fs.FileMode(0o644)
		if octal != "" {
			fmt.Sscanf(octal, "%o", &mode)
		}
		p := filepath.Join(dir, name)
		content := make([]byte, rng.IntN(5000))
		for i := range content {
			content[i] = byte(rng.Uint32())
		}
		var err error
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(p, 0o755)
		} else if err = os.MkdirAll(filepath.Dir(p), 0o755); err == nil {
			err = os.WriteFile(p, content, 0o644)
		}
		if err == nil && octal != "" {
			err = os.Chmod(p, mode)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// listing is everything below dir, in one comparable value.
func listing(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var content []byte
		if info.Mode().IsRegular() {
			if content, err = os.ReadFile(p); err != nil {
				return err
			}
		}
		name, err := filepath.Rel(dir, p)
		all[name] = fmt.Sprintf("%v %x", info.Mode(), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func packed(t testing.TB, dir string, paths ...string) ([]byte, Manifest) {
	t.Helper()
	var out bytes.Buffer
	m, err := Write(&out, sampleBaseline(1, recordtest.SSE10), dir, paths, someLimit)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), *m
}

// unpacked unpacks an artifact into dir.
func unpacked(data []byte, dir string) error {
	b, a, err := Open(data, DefaultLimits())
	if err == nil {
		err = a.Unpack(b, dir)
	}
	return err
}

func TestUnpackIsTheInverseOfPack(t *testing.T) {
	dir := tree(t, "bin/gw 755", "bin/private 600", "bin/readable 444", "data/", "data/empty/ 700", "data/deep/er/est/x", "data-2", "ünï/cödé x")
	before := listing(t, dir)
	data, m := packed(t, dir, ".")
	again, _ := packed(t, dir, "data", "./bin/../data/deep", "bin/gw", "bin", "data-2", "ünï")
	if !bytes.Equal(data, again) {
		t.Error("the same files named in another way give other bytes")
	}
	out := filepath.Join(t.TempDir(), "new", "place")
	if err := unpacked(data, out); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, out); !reflect.DeepEqual(got, before) {
		t.Errorf("unpacked\n%v\npacked\n%v", got, before)
	}
	if err := m.check(m.Total); err != nil {
		t.Errorf("our own manifest: %v", err)
	}
}

func TestPackAndUnpackRandomTrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20 {
		names := map[string]bool{}
		for range 1 + rng.IntN(12) {
			var parts []string
			for range 1 + rng.IntN(4) {
				parts = append(parts, strings.Repeat(string("ab-."[rng.IntN(3)]), 1+rng.IntN(60)))
			}
			// A directory's name differs from a file's, so that no name is both.
			names[strings.Join(parts, "/")+fmt.Sprintf("/file %o", 0o400+rng.IntN(0o400))] = true
		}
		var list []string
		for n := range names {
			list = append(list, n)
		}
		dir := tree(t, list...)
		data, _ := packed(t, dir, ".")
		out := t.TempDir()
		if err := unpacked(data, out); err != nil {
			t.Fatal(err)
		}
		if got, want := listing(t, out), listing(t, dir); !reflect.DeepEqual(got, want) {
			t.Errorf("unpacked\n%v\npacked\n%v", got, want)
		}
	}
}

func TestPackTakesOnlyWhatIsNamed(t *testing.T) {
	dir := tree(t, "target/release/gw 4755", "target/release/other", "secret")
	data, m := packed(t, dir, "target/release/gw")
	if len(m.Files) != 1 || m.Files[0].Path != "target/release/gw" || m.Files[0].Mode != 0o755 {
		t.Errorf("%+v", m)
	}
	out := t.TempDir()
	if err := unpacked(data, out); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, out); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestDirectoriesStayUsable(t *testing.T) {
	m := Manifest{Files: []File{{Path: "d", Dir: true, Mode: 0o055}}}
	data := bundleOf(t, m, inZip{bundlePrefix + "d/", fs.ModeDir | 0o055, ""})
	target := t.TempDir()
	if err := unpacked(data, target); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(target, "d")); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestPackRefuses(t *testing.T) {
	dir := tree(t, "bin/gw 755", "big", "bad\nname")
	links := map[string]string{"out": "/etc/hostname", "up": "../gw", "outdir": "/home", "all": ".", "winding": "bin/../../x", "bin/inner": "../up"}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "big"), make([]byte, 100), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		paths []string
		want  string
	}{
		"missing":         {[]string{"bin/missing"}, "bin/missing: no such file or directory"},
		"outside":         {[]string{"../x"}, `"../x" leads out of the directory`},
		"outside, hidden": {[]string{"bin/../../x"}, "leads out of the directory"},
		"absolute":        {[]string{"/bin/sh"}, `"/bin/sh" leads out of the directory`},
		"empty":           {[]string{""}, `"" leads out of the directory`},
		"link outside":    {[]string{"out"}, `"out" is a symbolic link to "/etc/hostname", which is neither in the repository nor installed`},
		"link up":         {[]string{"up"}, `"up" is a symbolic link to "../gw", which`},
		"winding link":    {[]string{"winding"}, `"winding" is a symbolic link to "bin/../../x", which`},
		"over a link":     {[]string{"outdir/gw"}, `"outdir" is a symbolic link to "/home", which`},
		"link behind one": {[]string{"bin"}, `"up" is a symbolic link to "../gw", which`},
		"link to all":     {[]string{"all"}, `"all" is a symbolic link to the whole directory`},
		"fifo":            {[]string{"fifo"}, `"fifo" is neither a file nor a directory`},
		"too large":       {[]string{"big"}, "100 bytes unpacked, the limit is 50 bytes"},
		"control":         {[]string{"bad\nname"}, `"bad\nname": control characters`},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := Write(&out, sampleBaseline(1, recordtest.SSE10), dir, c.paths, 50)
			testenv.WantError(t, err, c.want)
			if out.Len() > 0 {
				t.Errorf("%d bytes were written", out.Len())
			}
		})
	}
	_, err := Write(&bytes.Buffer{}, sampleBaseline(1, recordtest.SSE10), filepath.Join(dir, "missing"), []string{"."}, 50)
	testenv.WantError(t, err, "bundling the gateway from "+dir)
}

func TestCopyNoticesChanges(t *testing.T) {
	dir := tree(t, "gw")
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := os.WriteFile(filepath.Join(dir, "gw"), make([]byte, 10), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{9, 11} {
		_, err := copyFile(&bytes.Buffer{}, root, &File{Path: "gw", Size: size})
		testenv.WantError(t, err, "changed while it was bundled")
	}
}

func TestManifestRefuses(t *testing.T) {
	sha := strings.Repeat("ab", 32)
	file := func(p string) File { return File{Path: p, Mode: 0o644, Size: 1, SHA256: sha} }
	for name, c := range map[string]struct {
		files []File
		total int64
		want  string
	}{
		"fine":            {[]File{{Path: "a", Dir: true}, file("a/b")}, 1, ""},
		"empty":           {nil, 0, "0 files, not 1 to 65536"},
		"too many":        {make([]File, maxFiles+1), 0, "65537 files"},
		"up":              {[]File{file("../a")}, 1, `files[0] "../a": not a relative path inside`},
		"up, inside":      {[]File{file("a/../../b")}, 1, "not a relative path inside"},
		"absolute":        {[]File{file("/a")}, 1, "not a relative path inside"},
		"the root":        {[]File{{Path: ".", Dir: true}}, 0, "not a relative path inside"},
		"unclean":         {[]File{file("a//b")}, 1, "not a relative path inside"},
		"slash":           {[]File{{Path: "a/", Dir: true}}, 0, "not a relative path inside"},
		"no UTF-8":        {[]File{file("a\xff")}, 1, "not a relative path inside"},
		"NUL":             {[]File{file("a\x00b")}, 1, "control characters"},
		"long":            {[]File{file(strings.Repeat("a", 5000))}, 1, "more than 4096 bytes"},
		"twice":           {[]File{file("a"), file("a")}, 2, `files[1] "a": does not come after "a"`},
		"order":           {[]File{file("b"), file("a")}, 2, `does not come after "b"`},
		"setuid":          {[]File{{Path: "a", Mode: 0o4755, SHA256: sha}}, 0, "mode 4755 has more than permissions"},
		"no digest":       {[]File{{Path: "a"}}, 0, `"" is not a sha256`},
		"upper case":      {[]File{{Path: "a", SHA256: strings.ToUpper(sha)}}, 0, "is not a sha256"},
		"links":           {[]File{file("a"), {Path: "b", Link: "a"}, {Path: "c", Dir: true}, {Path: "c/d", Link: "../b"}}, 1, ""},
		"link out":        {[]File{{Path: "a", Link: "../b"}}, 0, `the link to "../b" leads out of the directory`},
		"link up":         {[]File{{Path: "c/d", Link: "../.."}}, 0, "leads out of the directory"},
		"machine's link":  {[]File{{Path: "a", Link: "/bin/sh"}, {Path: "b", Link: "/x/bin/python3.12"}}, 0, ""},
		"absolute link":   {[]File{{Path: "a", Link: "/etc/shadow"}}, 0, "leads out of the directory"},
		"a way around":    {[]File{{Path: "a", Link: "/usr/../etc/shadow"}}, 0, "leads out of the directory"},
		"the system":      {[]File{{Path: "a", Link: "/usr"}}, 0, "leads out of the directory"},
		"winding link":    {[]File{{Path: "a/b", Link: "c/../../d"}}, 0, "leads out of the directory"},
		"link, directory": {[]File{{Path: "a", Link: "b", Dir: true}}, 0, "a directory and a link"},
		"link, size":      {[]File{{Path: "a", Link: "b", Size: 1}}, 1, "a directory or link has no size"},
		"beyond a link":   {[]File{file("a"), {Path: "b", Link: "a"}, file("b-c"), file("b/c")}, 3, `files[3] "b/c": lies beyond the link "b"`},
		"directory":       {[]File{{Path: "a", Dir: true, Size: 1}}, 1, "a directory or link has no size"},
		"negative":        {[]File{{Path: "a", Size: -1, SHA256: sha}}, -1, "size -1 is negative"},
		"total":           {[]File{file("a")}, 2, "the files have 1 bytes, total_bytes says 2"},
		"overflow":        {[]File{{Path: "a", Size: 1<<63 - 1, SHA256: sha}, file("b")}, -1 << 63, "add up to more than"},
		"above limit":     {[]File{{Path: "a", Size: someLimit + 1, SHA256: sha}}, someLimit + 1, "1.0 MiB unpacked, the limit is 1.0 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			testenv.WantError(t, Manifest{Files: c.files, Total: c.total}.check(someLimit), c.want)
		})
	}
}

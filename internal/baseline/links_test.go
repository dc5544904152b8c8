package baseline

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// linked adds links to a tree, by path.
func linked(t *testing.T, dir string, links map[string]string) string {
	t.Helper()
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLinksTravel(t *testing.T) {
	dir := tree(t, "bin/gw 755", "lib/v1/so")
	linked(t, dir, map[string]string{"gw": "bin/gw", "bin/self": "gw", "lib/current": "v1", "lib/so": "current/so", "bin/so": "../lib/so"})
	data, m := packed(t, dir, ".")
	out := t.TempDir()
	if err := unpacked(data, out); err != nil {
		t.Fatal(err)
	}
	if got, want := listing(t, out), listing(t, dir); !reflect.DeepEqual(got, want) || len(got) != 10 {
		t.Errorf("unpacked\n%v\npacked\n%v", got, want)
	}
	for _, f := range m.Files {
		if to, err := os.Readlink(filepath.Join(out, f.Path)); f.Link != "" && (err != nil || to != f.Link) {
			t.Errorf("%s links to %q, %v; want %q", f.Path, to, err, f.Link)
		}
	}
}

// TestLinksAreFollowed: where a link in the directory leads is carried, too, and links of
// other kinds as they can be.
func TestLinksAreFollowed(t *testing.T) {
	for name, c := range map[string]struct {
		links map[string]string
		path  string
		want  string // files and links that are carried
	}{
		"a link":                   {map[string]string{"gw": "bin/gw"}, "gw", "bin/gw gw>bin/gw"},
		"a link to a link":         {map[string]string{"gw": "to", "to": "bin/gw"}, "gw", "bin/gw gw>to to>bin/gw"},
		"beyond the machine's":     {map[string]string{"tools": "/usr/bin", "env": "tools/env"}, "env", "env>tools/env tools>/usr/bin"},
		"a path of the machine's":  {map[string]string{"tools": "/usr/bin"}, "tools/env", "tools>/usr/bin"},
		"a directory":              {map[string]string{"mod": "lib/v1"}, "mod", "lib/v1 lib/v1/so mod>lib/v1"},
		"the way to it":            {map[string]string{"now": "lib"}, "now/v1/so", "lib/v1/so now>lib"},
		"the way to a target":      {map[string]string{"lib/now": "v1", "so": "lib/now/so"}, "so", "lib/now>v1 lib/v1/so so>lib/now/so"},
		"in a directory":           {map[string]string{"bin/data": "../lib/v1"}, "bin", "bin bin/data>../lib/v1 bin/gw lib/v1 lib/v1/so"},
		"a loop":                   {map[string]string{"a": "b", "b": "a"}, "a", "a>b b>a"},
		"around itself":            {map[string]string{"bin/all": "../bin"}, "bin", "bin bin/all>../bin bin/gw"},
		"nowhere":                  {map[string]string{"gone": "bin/gone"}, "gone", "gone>bin/gone"},
		"an absolute path inside":  {map[string]string{"bin/so": "HERE/lib/v1/so"}, "bin", "bin bin/gw bin/so>../lib/v1/so lib/v1/so"},
		"written at length":        {map[string]string{"mod": "./lib/v1/"}, "mod", "lib/v1 lib/v1/so mod>lib/v1"},
		"the machine's":            {map[string]string{"sh": "/bin/sh"}, "sh", "sh>/bin/sh"},
		"the machine's, not there": {map[string]string{"bin/gone": "/usr/bin/no such program"}, "bin", "bin bin/gw"},
		"what Python compiles":     {nil, "py", "py py/a.py"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := physical(tree(t, "bin/gw", "lib/v1/so", "other", "py/a.py", "py/__pycache__/a.cpython-311.pyc"))
			if err != nil {
				t.Fatal(err)
			}
			for name, to := range c.links {
				c.links[name] = strings.ReplaceAll(to, "HERE", dir)
			}
			data, m := packed(t, linked(t, dir, c.links), c.path)
			var got []string
			for _, f := range m.Files {
				name := f.Path
				if f.Link != "" {
					name += ">" + f.Link
				}
				got = append(got, name)
			}
			if !slices.Equal(got, strings.Fields(c.want)) {
				t.Errorf("%q, want %s", got, c.want)
			}
			if err := unpacked(data, t.TempDir()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestGrowingLink: a link below itself ends.
func TestGrowingLink(t *testing.T) {
	_, err := Inspect(linked(t, t.TempDir(), map[string]string{"a": "a/b"}), []string{"a"}, someLimit, "")
	testenv.WantError(t, err, "is a path of more than 4096 bytes")
}

// TestLinkToWhatIsMissing: a machine that lacks what a link needs cannot run the bundle.
func TestLinkToWhatIsMissing(t *testing.T) {
	data := bundleOf(t, Manifest{Files: []File{{Path: "python", Link: "/usr/bin/python9", Mode: 0o777}}},
		inZip{bundlePrefix + "python", os.ModeSymlink | 0o777, "/usr/bin/python9"})
	dir := t.TempDir()
	testenv.WantError(t, unpacked(data, dir), `"python" is a link to /usr/bin/python9, which this machine lacks`)
	if left := listing(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

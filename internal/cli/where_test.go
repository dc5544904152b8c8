package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
)

// TestEnter: the configuration of the nearest directory above counts, in whose directory the
// command goes on; paths of flags stay where they were; a file of another name is no file.
func TestEnter(t *testing.T) {
	for name, c := range map[string]struct {
		files, call string // where it is called
		config      string
		in          string
		say, fail   string
	}{
		"here":                       {".git/x .proxy-bench.yml", ".", "", ".", "", ""},
		"from below":                 {".git/x .proxy-bench.yml cmd/gw/main.go", "cmd/gw", "", ".", "which has .proxy-bench.yml", ""},
		"the nearest":                {".git/x .proxy-bench.yml gw/.proxy-bench.yml gw/src/x", "gw/src", "", "gw", "which has", ""},
		"not beyond the repository":  {".proxy-bench.yml sub/.git/x", "sub", "", "sub", "", ""},
		"none":                       {".git/x", ".", "", ".", "", ""},
		"one that was named":         {".git/x .proxy-bench.yml gw/x", "gw", "other.yml", "gw", "", ""},
		"another extension":          {".git/x .proxy-bench.yaml", ".", "", ".", "", "mv .proxy-bench.yaml .proxy-bench.yml"},
		"another extension, too":     {".git/x .proxy-bench.yaml .proxy-bench.yml", ".", "", ".", ".proxy-bench.yaml is ignored", ""},
		"another extension, above":   {".git/x .proxy-bench.yaml .proxy-bench.yml gw/x", "gw", "", ".", ".proxy-bench.yaml is ignored", ""},
		"without the dot":            {".git/x proxy-bench.yml", ".", "", ".", "", "--config proxy-bench.yml"},
		"another name, one was said": {".git/x .proxy-bench.yaml", ".", ".proxy-bench.yaml", ".", "", ""},
	} {
		root := t.TempDir()
		for file := range strings.FieldsSeq(c.files) {
			path := filepath.Join(root, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(filepath.Join(root, c.call))
		var said bytes.Buffer
		out, none := "results", ""
		err := gatewayFlags{Config: c.config}.enter(host.World{Stderr: &said}, &out, &none)
		if c.fail != "" {
			if err == nil || !host.IsUsage(err) || !strings.Contains(err.Error(), c.fail) {
				t.Errorf("%s: error %v, want %q", name, err, c.fail)
			}
			continue
		}
		here, _ := os.Getwd()
		if err != nil || here != filepath.Join(root, c.in) || !strings.Contains(said.String(), c.say) || (c.say == "") != (said.Len() == 0) {
			t.Errorf("%s: in %s, says %q, error %v", name, here, said.String(), err)
		}
		if want := filepath.Join(root, c.call, "results"); out != "results" && out != want || c.in != c.call && out != want || none != "" {
			t.Errorf("%s: --out is %q, without one %q", name, out, none)
		}
	}
}

package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
)

// tree writes files, and returns their directory.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range files {
		file = filepath.Join(dir, file)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// repository answers for git: where the working directory lies in it, what HEAD has
// there, and what has changed.
type repository struct{ prefix, tracked, changed string }

func (r repository) git(_ context.Context, args ...string) (string, error) {
	if r.prefix == "none" {
		return "", errors.New("not a git repository")
	}
	switch args[0] {
	case "rev-parse":
		return r.prefix, nil
	case "ls-tree":
		return r.tracked, nil
	case "diff":
		if r.changed == "unknown" {
			return "", errors.New("git diff: unknown revision")
		}
		return r.changed, nil
	}
	return "", errors.New(args[0])
}

// TestOthers: what else in the repository makes two programs of equal files, by how the
// gateway runs and where its base comes from.
func TestOthers(t *testing.T) {
	const binary, script = "\x7fELF", "#!/bin/sh"
	nothing := repository{tracked: "main.go"}
	for name, c := range map[string]struct {
		gateway string
		rebuilt bool
		in      repository
		beside  string // a further file in the working directory
		want    string
	}{
		"nothing, compiled":                 {binary, false, nothing, "", ""},
		"nothing, a script":                 {script, false, nothing, "", ""},
		"nothing, compiled again":           {binary, true, nothing, "", ""},
		"a source, compiled":                {binary, false, repository{"", "x", "main.go"}, "", ""},
		"a source, compiled again":          {binary, true, repository{"", "x", "main.go"}, "", "main.go has changed"},
		"a source, a script":                {script, false, repository{"", "x", "main.go"}, "", "main.go has changed"},
		"a file that may be read":           {binary, false, repository{"", "x", "README.md\x00main.go\x00conf/a.toml"}, "", "conf/a.toml has changed"},
		"the gateway's own file":            {binary, false, repository{"", "x", "gw"}, "", ""},
		"the configuration, compiled":       {binary, false, repository{"", "x", "bench.yml"}, "", ""},
		"the configuration, a script":       {script, false, repository{"", "x", "bench.yml"}, "", "bench.yml has changed"},
		"the configuration, built again":    {script, true, repository{"", "x", "bench.yml"}, "", ""},
		"elsewhere, compiled":               {binary, false, repository{"a/", "x", "b/app.py\x00a/README.md"}, "", ""},
		"elsewhere, a script":               {script, false, repository{"a/", "x", "b/app.py"}, "", "/b/app.py has changed"},
		"documents elsewhere, a script":     {script, false, repository{"a/", "x", ".github/a.yml\x00docs/a.md\x00b/README.md"}, "", ""},
		"elsewhere under the same name":     {script, false, repository{"a/", "x", "gw"}, "", "/gw has changed"},
		"here":                              {script, false, repository{"a/", "x", "a/app.py"}, "", "app.py has changed"},
		"base's commit is not here":         {binary, false, repository{"", "x", "unknown"}, "", "unknown revision"},
		"a directory that git ignores":      {script, false, repository{"a/", "", ""}, "", "no commit has a file of this directory"},
		"no repository, compiled":           {binary, false, repository{prefix: "none"}, "", ""},
		"no repository, a script":           {script, false, repository{prefix: "none"}, "", "outside of a git repository"},
		"a file beside it":                  {binary, false, nothing, ".env", ".env is head's alone"},
		"a file beside it, of HEAD":         {binary, false, repository{"", "conf.json", ""}, "conf.json", ""},
		"a file beside it, no repository":   {binary, false, repository{prefix: "none"}, "conf.json", "conf.json is head's alone"},
		"a source beside it, no repository": {binary, false, repository{prefix: "none"}, "Cargo.toml", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"gw": c.gateway, "bench.yml": "x"}
			base := tree(t, files)
			if c.beside != "" {
				files[c.beside] = "x"
			}
			t.Chdir(tree(t, files))
			recipe := bench.Recipe{Start: "exec ./gw", Bundle: []string{"gw"}}
			s := Sides{
				Base: recipe, Head: recipe, BaseDir: base, BaseCommit: strings.Repeat("a", 40),
				Carried: []string{"gw"}, Config: "./bench.yml", Git: c.in.git,
			}
			if !c.rebuilt {
				bundle, err := baseline.Inspect(base, s.Carried, 1<<20, "")
				if err != nil {
					t.Fatal(err)
				}
				s.Unpacked = &bundle
			}
			if got := Difference(t.Context(), s); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestFiles: whatever is named is compared, and what cannot be is a difference.
func TestFiles(t *testing.T) {
	was := map[string]string{"gw": "\x7fELF", "conf/a.toml": "a", "conf/b.toml": "b"}
	for name, c := range map[string]struct {
		start   string
		env     map[string]string
		now     map[string]string // files of head; nil: as they were
		carried []string
		why     string
		bundle  []string // of the recipes
		want    string
	}{
		"nothing":                      {start: "exec ./gw"},
		"a file that is not named":     {start: "exec ./gw", now: map[string]string{"gw": "\x7fELF", "conf/a.toml": "z"}},
		"a file that is named":         {start: "exec ./gw -c conf/a.toml", now: map[string]string{"gw": "\x7fELF", "conf/a.toml": "z"}, want: "conf/a.toml has another content"},
		"named by a variable":          {start: "exec ./gw", env: map[string]string{"C": "conf/a.toml"}, now: map[string]string{"gw": "\x7fELF", "conf/a.toml": "z"}, want: "conf/a.toml has another content"},
		"a directory that is named":    {start: "exec ./gw -d conf", now: map[string]string{"gw": "\x7fELF", "conf/a.toml": "a"}, want: "conf/b.toml is no longer there"},
		"a file that is gone":          {start: "[ ! -f conf/a.toml ] || exec ./gw -c conf/a.toml; exec ./gw", now: map[string]string{"gw": "\x7fELF"}, want: "head's files: "},
		"a file that is bundled":       {start: "exec ./gw", bundle: []string{"conf"}, carried: []string{"conf"}, now: map[string]string{"gw": "\x7fELF", "conf/a.toml": "z", "conf/b.toml": "b"}, want: "conf/a.toml has another content"},
		"a guess":                      {start: "exec ./gw", carried: []string{"gw"}, why: "it is a script", want: "it is a script"},
		"no guess where it is listed":  {start: "exec ./gw", carried: []string{"gw"}, why: "it is a script", bundle: []string{"gw"}},
		"a line that cannot be read":   {start: "exec ./gw $(ls)", want: "of the start line, what a command in it prints"},
		"no file of the repository":    {start: "exec nginx", want: "no file of the repository is known to be run"},
		"a program that is not there":  {start: "exec ./gone", want: "no file of the repository is known to be run"},
		"a program of another machine": {start: "exec nginx -c conf/a.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			now := c.now
			if now == nil {
				now = was
			}
			base := tree(t, was)
			t.Chdir(tree(t, now))
			recipe := bench.Recipe{Start: c.start, Env: c.env, Bundle: c.bundle}
			got := Difference(t.Context(), Sides{
				Base: recipe, Head: recipe, BaseDir: base, BaseCommit: strings.Repeat("a", 40),
				Carried: c.carried, CarriedWhy: c.why, Config: "bench.yml", Git: repository{tracked: "x"}.git,
			})
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

package program

import (
	"fmt"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestRecipeDifference(t *testing.T) {
	base := bench.Recipe{Build: "make", Start: "exec ./gw", Env: map[string]string{"A": "b"}, Ready: bench.Ready{Path: "/health", Timeout: 10}, Bundle: []string{"gw"}}
	for name, c := range map[string]struct {
		change func(*bench.Recipe)
		want   string
	}{
		"nothing":               {func(*bench.Recipe) {}, ""},
		"start line":            {func(r *bench.Recipe) { r.Start += " " }, "the start lines differ"},
		"a variable":            {func(r *bench.Recipe) { r.Env = map[string]string{"A": "c"} }, "gateway.env differs"},
		"a further variable":    {func(r *bench.Recipe) { r.Env = map[string]string{"A": "b", "C": ""} }, "gateway.env differs"},
		"no variable":           {func(r *bench.Recipe) { r.Env = nil }, "gateway.env differs"},
		"path that is asked":    {func(r *bench.Recipe) { r.Ready.Path = "" }, "gateway.ready.path differs"},
		"patience":              {func(r *bench.Recipe) { r.Ready.Timeout = 20 }, ""},
		"how it is built":       {func(r *bench.Recipe) { r.Build = "make gw" }, ""},
		"what is to be bundled": {func(r *bench.Recipe) { r.Bundle = nil }, ""},
	} {
		head := base
		c.change(&head)
		if got := recipeDifference(base, head); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := recipeDifference(bench.Recipe{Env: map[string]string{}}, bench.Recipe{}); got != "" {
		t.Errorf("an empty environment: %s", got)
	}
}

// TestMayBeRead: only what surely is not read while a gateway runs does not count.
func TestMayBeRead(t *testing.T) {
	const never, sources, always = "", "not if it is compiled", "always"
	for file, want := range map[string]string{
		"README.md": never, "x/README": never, "LICENSE": never, "CHANGELOG.md": never, "docs/a/b.md": never,
		".github/workflows/ci.yml": never, ".gitignore": never, "equal.yml": never,
		"main.go": sources, "src/main.rs": sources, "go.sum": sources, "x/Cargo.lock": sources, "Dockerfile": sources,
		"prompts/system.md": always, "docs/openapi.json": always, "conf/gw.toml": always, "app.py": always, "index.mjs": always,
		"gw": always, ".env": always, "x/.github/y.yml": always, "main.go.tmpl": always, "READMEX": always,
	} {
		for _, compiled := range []bool{false, true} {
			got := mayBeRead([]string{"README.md", file}, compiled, func(f string) bool { return f == "equal.yml" })
			if counts := want == always || want == sources && !compiled; (got == file) != counts || !counts && got != "" {
				t.Errorf("%s, compiled %v: %q counts", file, compiled, got)
			}
		}
	}
}

func TestUnaskedFor(t *testing.T) {
	got := unaskedFor("x", []string{".env", ".env.local", "a.yml", "b.toml", "gw", "main.go", "c.json.bak", "environment"})
	if want := []string{"x/.env", "x/.env.local", "x/a.yml", "x/b.toml"}; !slices.Equal(got, want) {
		t.Error(fmt.Sprint(got))
	}
}

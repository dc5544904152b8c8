package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tiers are the heavier tiers of tests by their build tag: how the names of their
// tests begin, and the command that CONTRIBUTING.md gives for them, in front of the
// packages that have such tests. It names them because linking the tests of all the
// others, only to run none, takes most of a minute for each tier.
var tiers = map[string]struct{ prefix, command string }{
	"measured": {"TestMeasured", "go test -tags measured -run '^TestMeasured' -p 1 -timeout 45m"},
	"platform": {"TestPlatform", "go test -tags platform -run '^TestPlatform' -p 1 -timeout 30m"},
	"browser":  {"TestBrowser", "go test -tags browser -run '^TestBrowser'"},
}

// TestTiers: a test belongs to the inner loop, `go test ./...`, or to one heavier tier.
// The build tag of its file says which, and its name says the same, so that the command
// of a tier runs no other test.
func TestTiers(t *testing.T) {
	packages := map[string][]string{} // by tier, in alphabetical order
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (d.Name() == "testdata" || d.Name()[0] == '.'):
			return fs.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			tier := checkTier(t, path)
			name := "." + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "..")
			if !slices.Contains(packages[tier], name) {
				packages[tier] = append(packages[tier], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for tag, tier := range tiers {
		hasLine(t, "../CONTRIBUTING.md", tier.command+" "+strings.Join(packages[tag], " "))
	}
	hasLine(t, "../README.md", "go test ./...")
}

// hasLine is for the documents from which .ci/run takes its commands.
func hasLine(t *testing.T, path, line string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), "\n"+line+"\n") != 1 {
		t.Errorf("%s needs this line once:\n%s", path, line)
	}
}

// checkTier returns the tier of a file, empty for the inner loop.
func checkTier(t *testing.T, path string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	tag := ""
	for _, group := range file.Comments {
		for _, c := range group.List {
			if constraint, ok := strings.CutPrefix(c.Text, "//go:build "); ok {
				tag = constraint
			}
		}
	}
	if _, known := tiers[tag]; tag != "" && !known {
		t.Errorf("%s: //go:build %s names no tier", path, tag)
	}
	for _, declared := range file.Decls {
		f, ok := declared.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Test") || f.Name.Name == "TestMain" {
			continue
		}
		for name, tier := range tiers {
			if strings.HasPrefix(f.Name.Name, tier.prefix) != (name == tag) {
				t.Errorf("%s: %s: tests named %s... and only those are in files with //go:build %s", path, f.Name.Name, tier.prefix, name)
			}
		}
	}
	return tag
}

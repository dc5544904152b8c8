package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tiers are the heavier tiers of tests by their build tag: how the names of their
// tests begin, and the command that CONTRIBUTING.md gives for them.
var tiers = map[string]struct{ prefix, command string }{
	"measured": {"TestMeasured", "go test -tags measured -run '^TestMeasured' -p 1 -timeout 45m ./..."},
	"platform": {"TestPlatform", "go test -tags platform -run '^TestPlatform' -p 1 -timeout 30m ./..."},
	"browser":  {"TestBrowser", "go test -tags browser -run '^TestBrowser' ./..."},
}

// TestTiers: a test belongs to the inner loop, `go test ./...`, or to one heavier tier.
// The build tag of its file says which, and its name says the same, so that the command
// of a tier runs no other test.
func TestTiers(t *testing.T) {
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.Name() == "testdata":
				return fs.SkipDir
			case strings.HasSuffix(path, "_test.go"):
				checkTier(t, path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func checkTier(t *testing.T, path string) {
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
}

// TestTierCommands: CONTRIBUTING.md, from which .ci/run takes them, has the command of
// each tier, and the README that of the inner loop.
func TestTierCommands(t *testing.T) {
	commands := map[string]string{"go test ./...": "../README.md"}
	for _, tier := range tiers {
		commands[tier.command] = "../CONTRIBUTING.md"
	}
	for command, path := range commands {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), "\n"+command+"\n") != 1 {
			t.Errorf("%s has the line %q not once", path, command)
		}
	}
}

package diagnose

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is generated from the registry instead of comparing with it")

// TestGenerated: the schema's list of diagnoses and the table of docs/reading.md are what
// the registry says.
func TestGenerated(t *testing.T) {
	var enum, described, rows []string
	for _, d := range All() {
		enum = append(enum, fmt.Sprintf("            %q", d.Name))
		described = append(described, fmt.Sprintf("%s, %s", d.Name, d.Title))
		rows = append(rows, fmt.Sprintf("| `%s` | %s |\n", d.Name, d.Title))
	}
	for _, c := range []struct{ path, at, want string }{
		{
			"../../testdata/schema/verdict.schema.json",
			`("diagnosis": \{(?s:.*?)"name": \{\n)(?s:.*?)(        \},\n)`,
			fmt.Sprintf("          \"description\": %q,\n          \"enum\": [\n%s\n          ]\n", strings.Join(described, "; ")+".", strings.Join(enum, ",\n")),
		},
		{
			"../../docs/reading.md",
			`(<!-- diagnoses -->\n)(?:\|[^\n]*\n)*()`,
			"| diagnosis | likely cause |\n|---|---|\n" + strings.Join(rows, ""),
		},
	} {
		data, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		place := regexp.MustCompile(c.at)
		if !place.Match(data) {
			t.Errorf("%s has no place for the diagnoses", c.path)
			continue
		}
		want := place.ReplaceAllString(string(data), "${1}"+strings.ReplaceAll(c.want, "$", "$$")+"${2}")
		if *update {
			if err := os.WriteFile(c.path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if want != string(data) {
			t.Errorf("%s does not list the diagnoses as the registry does; write it with: go test ./internal/diagnose -run Generated -update", c.path)
		}
	}
}

// TestRegistry: each diagnosis has its texts and a way to be found, and stands
// after those that imply it, because they are looked for first.
func TestRegistry(t *testing.T) {
	known := make(map[string]bool)
	for _, d := range All() {
		if d.Name == "" || d.Title == "" || d.Look == "" || d.find == nil && d.change == nil {
			t.Errorf("%s is not complete: %+v", d.Name, d)
		}
		for _, by := range d.ImpliedBy {
			if !known[string(by.Name)] {
				t.Errorf("%s does not stand after %s, which implies it", d.Name, by.Name)
			}
		}
		if known[string(d.Name)] {
			t.Errorf("%s is listed twice", d.Name)
		}
		known[string(d.Name)] = true
	}
}

// TestEveryDiagnosisIsListed: a diagnosis that a file declares is in the registry.
func TestEveryDiagnosisIsListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared, listed := make(map[string]bool), make(map[string]bool)
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && len(v.Values) == 1 && isDiagnosis(v.Values[0]) {
						declared[v.Names[0].Name] = true
					}
				}
			case *ast.FuncDecl:
				if d.Name.Name == "All" {
					ast.Inspect(d.Body, func(n ast.Node) bool {
						if name, ok := n.(*ast.Ident); ok {
							listed[name.Name] = true
						}
						return true
					})
				}
			}
		}
	}
	if len(declared) != len(All()) {
		t.Errorf("%d diagnoses are declared, %d listed", len(declared), len(All()))
	}
	for name := range declared {
		if !listed[name] {
			t.Errorf("%s is not in the registry, so it is never looked for", name)
		}
	}
}

// isDiagnosis is true for Diagnosis{…}.
func isDiagnosis(e ast.Expr) bool {
	literal, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	name, ok := literal.Type.(*ast.Ident)
	return ok && name.Name == "Diagnosis"
}

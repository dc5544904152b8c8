package diagnose

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is generated from the registry instead of comparing with it")

// TestGenerated: the schema's list of diagnoses and the README's table are what
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
			"../../README.md",
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

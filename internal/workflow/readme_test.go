package workflow

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var update = flag.Bool("update", false, "write what is generated instead of comparing with it")

const (
	readme  = "../../README.md"
	recipes = "../../docs/recipes.md"
)

// TestREADME: what the README shows of other files is what they say. A marker
// names the source, and what follows it up to the next empty line or the end of
// its block is generated. `go test ./internal/workflow -run README -update` writes it.
func TestREADME(t *testing.T) {
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	made, _ := withWorkflows(t, text)
	tables := actionTables(t)
	for name, table := range tables {
		marker := regexp.MustCompile("(?s)(<!-- " + name + " -->\n)(\\|[^\n]*\n)*")
		if !marker.MatchString(made) {
			t.Errorf("the README has no marker for %s", name)
		}
		made = marker.ReplaceAllStringFunc(made, func(block string) string {
			return marker.FindStringSubmatch(block)[1] + table
		})
	}
	quote := regexp.MustCompile("(<!-- comment -->\n)(>[^\n]*\n)*")
	comment, err := os.ReadFile("../report/testdata/markdown/regression.comment.md")
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(comment), "\n")
	made = quote.ReplaceAllString(made, "${1}> "+strings.ReplaceAll(first, "$", "$$")+"\n")
	compare(t, readme, text, made)
}

// TestREADMERecipes: docs/recipes.md shows every workflow that the tests run.
func TestREADMERecipes(t *testing.T) {
	data, err := os.ReadFile(recipes)
	if err != nil {
		t.Fatal(err)
	}
	made, shown := withWorkflows(t, string(data))
	compare(t, recipes, string(data), made)
	all, err := filepath.Glob("../../testdata/workflows/*.yml")
	if err != nil || len(all) == 0 {
		t.Fatalf("%d workflows, error %v", len(all), err)
	}
	for _, path := range all {
		if name := strings.TrimPrefix(path, "../../"); !slices.Contains(shown, name) {
			t.Errorf("no recipe shows %s", name)
		}
	}
}

// withWorkflows has the files in place of what a text shows of them.
func withWorkflows(t *testing.T, text string) (made string, shown []string) {
	t.Helper()
	whole := regexp.MustCompile("(?s)(<!-- (testdata/workflows/[a-z-]+\\.yml) -->\n```yaml\n).*?```\n")
	made = whole.ReplaceAllStringFunc(text, func(block string) string {
		m := whole.FindStringSubmatch(block)
		file, err := os.ReadFile("../../" + m[2])
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, m[2])
		return m[1] + string(file) + "```\n"
	})
	return made, shown
}

func compare(t *testing.T, path, text, made string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if made != text {
		t.Errorf("%s does not show what action.yml and the workflows say; -update writes it", path)
	}
}

// actionTables are the tables of inputs and outputs, in the order of action.yml.
func actionTables(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct{ Inputs, Outputs yaml.Node }
	if err := yaml.Unmarshal(data, &action); err != nil {
		t.Fatal(err)
	}
	inputs, outputs := "| input | default | |\n|---|---|---|\n", "| output | |\n|---|---|\n"
	each(t, action.Inputs, func(name string, about description) {
		value := ""
		if about.Default != "" {
			value = "`" + about.Default + "`"
		}
		inputs += fmt.Sprintf("| `%s` | %s | %s |\n", name, value, cell(about.Description))
	})
	each(t, action.Outputs, func(name string, about description) {
		outputs += fmt.Sprintf("| `%s` | %s |\n", name, cell(about.Description))
	})
	return map[string]string{"inputs": inputs, "outputs": outputs}
}

type description struct{ Description, Default string }

func each(t *testing.T, mapping yaml.Node, use func(string, description)) {
	t.Helper()
	for i := 0; i < len(mapping.Content); i += 2 {
		var d description
		if err := mapping.Content[i+1].Decode(&d); err != nil {
			t.Fatal(err)
		}
		if d.Description == "" {
			t.Errorf("action.yml says nothing about %s", mapping.Content[i].Value)
		}
		use(mapping.Content[i].Value, d)
	}
}

func cell(s string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
}

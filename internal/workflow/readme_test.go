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
	readme     = "../../README.md"
	inputsPage = "../../docs/inputs.md"
	recipes    = "../../docs/recipes.md"
)

// TestPagesREADME: the README shows the workflow of one gateway and the comment of a
// regression as they are. A marker names the source, and what follows it up to the next
// empty line or the end of its block is generated.
// `go test ./internal/workflow -run Pages -update` writes this and the other pages.
func TestPagesREADME(t *testing.T) {
	text := contents(t, readme)
	made, _ := withWorkflows(t, text)
	whole := contents(t, "../report/testdata/markdown/regression.comment.md")
	visible, _, _ := strings.Cut(whole, "<details>") // what is seen before anything is opened
	var quoted strings.Builder
	for line := range strings.Lines(strings.TrimSpace(visible) + "\n") {
		quoted.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
	}
	quote := regexp.MustCompile("(<!-- comment -->\n)(>[^\n]*\n)*")
	if !quote.MatchString(made) {
		t.Error("the README has no marker for the comment")
	}
	made = quote.ReplaceAllString(made, "${1}"+strings.ReplaceAll(quoted.String(), "$", "$$"))
	compare(t, readme, text, made)
}

// TestPagesInputs: the tables of docs/inputs.md are what action.yml says.
func TestPagesInputs(t *testing.T) {
	text := contents(t, inputsPage)
	made := text
	for name, table := range actionTables(t) {
		marker := regexp.MustCompile("(?s)(<!-- " + name + " -->\n)(\\|[^\n]*\n)*")
		if !marker.MatchString(made) {
			t.Errorf("%s has no marker for %s", inputsPage, name)
		}
		made = marker.ReplaceAllStringFunc(made, func(block string) string {
			return marker.FindStringSubmatch(block)[1] + table
		})
	}
	compare(t, inputsPage, text, made)
}

// TestPagesRecipes: docs/recipes.md shows every workflow that the tests run.
func TestPagesRecipes(t *testing.T) {
	text := contents(t, recipes)
	made, shown := withWorkflows(t, text)
	compare(t, recipes, text, made)
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
		shown = append(shown, m[2])
		return m[1] + contents(t, "../../"+m[2]) + "```\n"
	})
	return made, shown
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func compare(t *testing.T, path, text, made string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(made), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if made != text {
		t.Errorf("%s is not what its sources say; write it with: go test ./internal/workflow -run Pages -update", path)
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

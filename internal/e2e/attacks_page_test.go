package e2e

import (
	"os"
	"testing"

	"github.com/org/proxy-bench-action/testdata/attacks"
)

// TestAttacksPage: the table of docs/security.md has every attack, and no other.
func TestAttacksPage(t *testing.T) {
	file := "../../" + attacks.PageFile
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := attacks.Page(string(page))
	switch {
	case err != nil:
		t.Fatal(err)
	case text == string(page):
	case *update:
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the rows say; -update writes it", attacks.PageFile)
	}
}

// TestAttacksAreWhole: names are of one attack each, and every row is whole.
func TestAttacksAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range attacks.All() {
		for _, a := range f.Attacks {
			if a.Name == "" || a.How == "" || a.Stops == "" || seen[a.Name] {
				t.Errorf("%s: %+v is not whole, or there twice", f.Title, a)
			}
			seen[a.Name] = true
		}
	}
}

package attacks

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the page")

// TestPage: the table of docs/security.md has every attack, and no other.
func TestPage(t *testing.T) {
	file := "../../" + PageFile
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Page(string(page))
	switch {
	case err != nil:
		t.Fatal(err)
	case text == string(page):
	case *update:
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the rows say; -update writes it", PageFile)
	}
}

// TestRows: names are of one attack each, and every row is whole.
func TestRows(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All() {
		for _, a := range f.Attacks {
			if a.Name == "" || a.How == "" || a.Stops == "" || seen[a.Name] {
				t.Errorf("%s: %+v is not whole, or there twice", f.Title, a)
			}
			seen[a.Name] = true
		}
	}
}

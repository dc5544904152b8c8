package internal

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchitecture: the table of packages in docs/architecture.md has every package
// once. One below another, such as a renderer of reports, may share its row.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n## The packages\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	rows := map[string]int{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)` \\|").FindAllStringSubmatch(section, -1) {
		rows[row[1]]++
	}
	for _, layer := range layers {
		if !strings.Contains(layer.pkg, "/") && rows[layer.pkg] != 1 {
			t.Errorf("docs/architecture.md has %d rows for the package %s, want one", rows[layer.pkg], layer.pkg)
		}
		delete(rows, layer.pkg)
	}
	if len(rows) > 0 {
		t.Errorf("docs/architecture.md has rows for packages that there are not: %v", slices.Sorted(maps.Keys(rows)))
	}
}

package internal

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a reader can take in: the most lines of a file, and of a package.
const maxFileLines, maxPackageLines = 300, 2500

// TestSizes: files and packages stay small. Tests are not counted.
func TestSizes(t *testing.T) {
	packages := map[string]int{}
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			lines := bytes.Count(source, []byte("\n"))
			packages[filepath.Dir(path)] += lines
			if lines > maxFileLines {
				t.Errorf("%s has %d lines, more than %d: one concept a file", path, lines, maxFileLines)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, lines := range packages {
		if lines > maxPackageLines {
			t.Errorf("%s has %d lines, more than %d: one noun a package", name, lines, maxPackageLines)
		}
	}
}

package internal

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOnlyLlmapiKnowsTheAPIs: no other package may depend on which API it is, so
// that a new one takes a dialect in llmapi, and what its clients read in judge.
func TestOnlyLlmapiKnowsTheAPIs(t *testing.T) {
	names := regexp.MustCompile(`llmapi\.(Responses|Chat|Messages)\b|"(responses|messages)"|/v1/(responses|chat|messages)"`)
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "llmapi" || entry.Name() == "judge" || strings.HasSuffix(entry.Name(), "test")) { // packages of fixtures
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if found := names.Find(source); found != nil {
			t.Errorf("%s names an API, %s; let it ask llmapi", path, found)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

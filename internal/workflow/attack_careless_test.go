package workflow

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/testdata/attacks"
)

// claimed is what a result says of itself, for who believes it.
type claimed struct {
	t       *testing.T
	content []byte
}

// file is the content of a file of the result, the last of that name; nil for none.
func (c claimed) file(name string) (content []byte) {
	c.t.Helper()
	z, err := zip.NewReader(bytes.NewReader(c.content), int64(len(c.content)))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		r, err := f.Open()
		if err == nil {
			content, err = io.ReadAll(r)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	return content
}

func (c claimed) run() (run bench.Run) {
	c.t.Helper()
	run, err := record.ReadResult(bytes.NewReader(c.content), int64(len(c.content)), record.MaxFile, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return run
}

func (c claimed) context() (context map[string]any) {
	c.t.Helper()
	if err := json.Unmarshal(c.file(record.ContextFile), &context); err != nil {
		c.t.Fatal(err)
	}
	return context
}

// unpacked writes a result into a directory by the names and modes that it has.
func (c claimed) unpacked() (dir string) {
	c.t.Helper()
	dir = filepath.Join(c.t.TempDir(), "unpacked")
	z, err := zip.NewReader(bytes.NewReader(c.content), int64(len(c.content)))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, f := range z.File {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if content := c.file(f.Name); f.Mode()&os.ModeSymlink != 0 {
			err = os.Symlink(string(content), path)
		} else {
			err = os.WriteFile(path, content, 0o644)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	return dir
}

// believing are publishers that believe a result. They report whether its lie has got what
// it wants.
var believing = map[string]func(c claimed) bool{
	"another commit":       func(c claimed) bool { return c.run().Commit.SHA == ofMain },
	"another pull request": func(c claimed) bool { return c.context()["Number"] == 8.0 },
	"verdict of its own":   func(c claimed) bool { return bytes.Contains(c.file("verdict.json"), []byte(`"pass"`)) },
	"policy of its own": func(c claimed) bool {
		honest := measured(c.t, "regression")
		return saved.Decide(honest, nil).Outcome == bench.Regression && saved.Decide(c.run(), nil).Outcome != bench.Regression
	},
	"outcomes that fail nothing": func(c claimed) bool {
		failOn, _ := c.context()["FailOn"].([]any)
		return len(failOn) == 1 && failOn[0] == "never"
	},
	"markup in names": func(c claimed) bool { return strings.Contains("| CPU | "+c.run().Environment.CPUModel+" |", "<img") },
	"markup in a reason": func(c claimed) bool {
		failure, _ := c.context()["Failure"].(map[string]any)
		return strings.Contains(failure["Message"].(string), "](https://evil")
	},
	"commands in a reason": func(c claimed) bool {
		failure, _ := c.context()["Failure"].(map[string]any)
		return regexp.MustCompile(`(?m)^::set-output`).MatchString(failure["Message"].(string))
	},
	"figures that are none": func(c claimed) bool {
		var any map[string]any
		return json.Unmarshal(c.file(record.RunFile), &any) == nil && smallest(any) == -1e300
	},
	"file larger than memory": func(c claimed) bool {
		return len(c.file(record.RunFile)) > record.MaxFile && len(c.content) < record.MaxFile/100
	},
	"more files than memory": func(c claimed) bool {
		z, err := zip.NewReader(bytes.NewReader(c.content), int64(len(c.content)))
		return err == nil && len(z.File) == 40000
	},
	"path that leads out": func(c claimed) bool {
		_, err := os.Stat(filepath.Join(c.unpacked(), "../output"))
		return err == nil
	},
	"link": func(c claimed) bool {
		text, err := os.ReadFile(filepath.Join(c.unpacked(), record.RunFile))
		return err == nil && bytes.Contains(text, []byte("root:"))
	},
	"two files of one name": func(c claimed) bool {
		z, err := zip.NewReader(bytes.NewReader(c.content), int64(len(c.content)))
		if err != nil {
			c.t.Fatal(err)
		}
		first, err := z.Open(record.RunFile) // which is checked
		if err != nil {
			c.t.Fatal(err)
		}
		checked, err := io.ReadAll(first)
		return err == nil && !bytes.Equal(checked, c.file(record.RunFile)) // which is read
	},
	"no archive": func(c claimed) (crashed bool) {
		defer func() { crashed = recover() != nil }()
		z, _ := zip.NewReader(bytes.NewReader(c.content), int64(len(c.content)))
		return len(z.File[0].Name) == 0
	},
}

// smallest is the least number in what was decoded from JSON.
func smallest(value any) float64 {
	least := math.Inf(1)
	switch v := value.(type) {
	case float64:
		return v
	case map[string]any:
		for _, member := range v {
			least = min(least, smallest(member))
		}
	case []any:
		for _, member := range v {
			least = min(least, smallest(member))
		}
	}
	return least
}

// TestLiesAreReal: who believes a result falls for each lie in it.
func TestLiesAreReal(t *testing.T) {
	attacks.Each(t, attacks.Result, believing, func(t *testing.T, name string, falls func(c claimed) bool) {
		if !falls(claimed{t, lies[name].content(t)}) {
			t.Error("nobody falls for it, so that TestResultThatLies shows nothing")
		}
	})
}

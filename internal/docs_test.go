package internal

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// readmeLines is three screens.
const readmeLines = 250

// TestREADMELength: who wants more reads a page of docs/.
func TestREADMELength(t *testing.T) {
	if n := strings.Count(contents(t, "../README.md"), "\n"); n > readmeLines {
		t.Errorf("README.md has %d lines, at most %d: move what answers another question to a page of docs/", n, readmeLines)
	}
}

// TestLinks: every link of a document to the repository leads to a file, and one with a
// fragment to a heading in it.
func TestLinks(t *testing.T) {
	pages := make(map[string]page)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "venv" || d.Name() == ".git"):
			return fs.SkipDir
		case filepath.Ext(path) == ".md" && !strings.Contains(path, "/testdata/"):
			pages[path] = parsePage([]byte(contents(t, path)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, p := range pages {
		for _, link := range p.links {
			to, err := url.Parse(link)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if err != nil || to.Scheme != "" {
				continue
			}
			target := path
			if to.Path != "" {
				target = filepath.Join(filepath.Dir(path), to.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", path, link, err)
			} else if other, ok := pages[target]; to.Fragment != "" && (!ok || !other.headings[to.Fragment]) {
				t.Errorf("%s links to %s: there is no such heading", path, link)
			}
		}
	}
	for _, path := range docs(t) {
		if linked := pages["../README.md"].linksTo("docs/" + filepath.Base(path)); !linked {
			t.Errorf("%s: the README does not lead there", path)
		}
	}
}

func docs(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../docs/*.md")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return all
}

// page is what links of a document need.
type page struct {
	links    []string
	headings map[string]bool // as GitHub names them in links
}

func (p page) linksTo(path string) bool {
	for _, link := range p.links {
		if before, _, _ := strings.Cut(link, "#"); before == path {
			return true
		}
	}
	return false
}

var notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}\- _]`)

func parsePage(source []byte) page {
	p := page{headings: make(map[string]bool)}
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			p.links = append(p.links, string(n.Destination))
		case *ast.Image:
			p.links = append(p.links, string(n.Destination))
		case *ast.Heading:
			anchor := strings.ToLower(plainText(n, source))
			p.headings[strings.ReplaceAll(notInAnchors.ReplaceAllString(anchor, ""), " ", "-")] = true
		}
		return ast.WalkContinue, nil
	})
	return p
}

func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// TestREADMEHasTheProof: the README's figures of how sure a gate is are those of
// docs/proof.md.
func TestREADMEHasTheProof(t *testing.T) {
	readme := strings.Join(strings.Fields(contents(t, "../README.md")), " ")
	proof := contents(t, "../docs/proof.md")
	_, simulated, _ := strings.Cut(proof, "### Unchanged, at every level")
	simulated, _, _ = strings.Cut(simulated, "\n### ")
	found, gates := 0, 0
	for _, row := range regexp.MustCompile(`(?m)^\| \w+ \| [\d.]+ \| (\d+) of (\d+) \|`).FindAllStringSubmatch(simulated, -1) {
		found, gates = found+number(t, row[1]), gates+number(t, row[2])
	}
	said := []string{fmt.Sprintf("in %d of %d simulated gates", found, gates)}
	for name, sentence := range map[string]string{"all aa": "and %[1]d of %[2]d on a real machine", "all10": "was found in %[1]d of %[2]d gates"} {
		row := regexp.MustCompile(`(?m)^\| ` + name + ` \| (\d+) \| (\d+) \|`).FindStringSubmatch(proof)
		if row == nil {
			t.Errorf("docs/proof.md has no row %s: take another one into the README, and here", name)
			continue
		}
		said = append(said, fmt.Sprintf(sentence, number(t, row[2]), number(t, row[1])))
	}
	for _, want := range said {
		if !strings.Contains(readme, want) {
			t.Errorf("docs/proof.md has figures that the README does not say: %q", want)
		}
	}
}

func number(t *testing.T, digits string) int {
	t.Helper()
	n, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

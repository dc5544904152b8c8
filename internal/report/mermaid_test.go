//go:build browser

package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

var fencedChart = regexp.MustCompile("(?s)```mermaid\n(.*?)```\n")

// chartsOf finds the charts in all goldens of Markdown.
func chartsOf(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/markdown/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d goldens, error %v", len(files), err)
	}
	var charts []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		charts = append(charts, chartsIn(string(text))...)
	}
	return charts
}

func chartsIn(text string) []string {
	var charts []string
	for _, m := range fencedChart.FindAllStringSubmatch(text, -1) {
		charts = append(charts, m[1])
	}
	return charts
}

// chartOf is a chart of two points as a comment has it.
func chartOf(title, axis, first, second string, from, to float64) string {
	return chartsIn(markdown.Comment(document.Document{Lead: []string{"title"}, Sections: []document.Section{{Heading: "chart", Blocks: []document.Block{document.Charts{Charts: []document.Chart{{
		Title: title, Typical: true, X: document.Axis{Title: axis, Scale: figures.One}, Y: document.Axis{Title: "overhead", Scale: figures.OfTimes(from, to)},
		Series: []document.Series{{Name: "head", Shape: document.Dots, Points: []document.Point{{X: 1, Y: from, Name: first}, {X: 2, Y: to, Name: second}}}},
	}}}}}}}))[0]
}

// mermaid runs the real library over charts. It is to be installed first; what
// lacks is an error where tests must not be skipped.
func mermaid(t *testing.T, charts []string) (string, error) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		testenv.Lacks(t, "there is no node", "install Node.js 20 or newer")
	}
	if _, err := os.Stat("testdata/mermaid/node_modules/mermaid"); err != nil {
		testenv.Lacks(t, "Mermaid is not installed", "npm ci --prefix internal/report/testdata/mermaid")
	}
	input, err := json.Marshal(charts)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), node, "check.mjs")
	c.Dir, c.Stdin = "testdata/mermaid", bytes.NewReader(input)
	out, err := c.CombinedOutput()
	return string(out), err
}

func TestBrowserMermaidReadsTheCharts(t *testing.T) {
	charts := chartsOf(t)
	for _, s := range allAttacks() {
		charts = append(charts, chartsIn(commented(t, hostileReport(s, bench.Regression)))...)
	}
	charts = append(charts, chartOf("t", "a", "1", "2", -3e-6, 4e-5), chartOf("t", "a", "1", "2", 1e-9, 3000), chartOf(`"]} x`, "%%{init: {}}%%", `"`, "a]b", 0, 0))
	out, err := mermaid(t, charts)
	if err != nil || len(charts) < 40 {
		t.Errorf("%d charts, %v:\n%s", len(charts), err, out)
	}
	t.Log(strings.TrimSpace(out))
}

// A check that passes everything would check nothing.
func TestBrowserMermaidRefusesWhatIsWrong(t *testing.T) {
	good := chartOf("t", "a", "1", "2", 1e-6, 2e-6)
	for what, bad := range map[string]string{
		"a word for a number": strings.Replace(good, "bar [", "bar [many, ", 1),
		"no list":             strings.Replace(good, "bar [", "bar (", 1),
		"another diagram":     "graph TD\n a --> b\n",
	} {
		if out, err := mermaid(t, []string{good, bad}); err == nil || !strings.Contains(out, "chart 2") || strings.Contains(out, "chart 1:") {
			t.Errorf("%s: %v:\n%s", what, err, out)
		}
	}
}

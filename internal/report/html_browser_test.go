//go:build browser

package report_test

import (
	"encoding/json"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// found is what testdata/browser/check.mjs finds in a document.
type found struct {
	Trouble    []string
	Axe        map[string][]string
	Background map[string]string
	Title      string
	Heading    string
	Figures    []drawn
	Keyboard   struct {
		Text, Outline, Hash string
		Inside              bool
	}
	Filtered *struct {
		Chosen                    string
		Before, After, Again, All shownRows
	}
	Sorted map[string][]struct {
		Sort   string
		Values []string
		Others int
	}
	Opened  *struct{ IsOpen, IsClosed bool }
	Printed struct {
		Background      string
		Controls, Pages int
		Heading         bool
	}
	Overflow   int
	Unscripted struct{ Matrices, Buttons int }
}

type drawn struct {
	Kind, Scenario, Title, Label string
	Marks                        map[string]int
}

type shownRows struct {
	Panels, Rows, Metrics []string
	Said                  string
}

const browserTests = "../../testdata/browser"

// browser returns the commands that a test with a real browser needs.
func browser(t *testing.T) (node, chromium string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		testenv.Lacks(t, "there is no node", "install Node.js 20 or newer")
	}
	if chromium, err = exec.LookPath("chromium"); err != nil {
		testenv.Lacks(t, "there is no browser", "apt-get install chromium")
	}
	if _, err := os.Stat(filepath.Join(browserTests, "node_modules", "playwright-core")); err != nil {
		testenv.Lacks(t, "playwright-core is not installed", "npm ci --prefix testdata/browser")
	}
	return node, chromium
}

// inspected opens reports in a real browser.
func inspected(t *testing.T, all map[string]report.Report) map[string]found {
	t.Helper()
	node, chromium := browser(t)
	directory := t.TempDir()
	arguments := []string{filepath.Join(browserTests, "check.mjs"), chromium}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		path := filepath.Join(directory, name+".html")
		if err := os.WriteFile(path, []byte(htmlOf(t, all[name])), 0o644); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, path)
	}
	command := exec.CommandContext(t.Context(), node, arguments...)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	byFile := make(map[string]found)
	if err := json.Unmarshal(out, &byFile); err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]found)
	for name := range all {
		f, ok := byFile[name+".html"]
		if !ok {
			t.Fatalf("nothing was found out about %s", name)
		}
		byName[name] = f
	}
	return byName
}

func TestBrowserReport(t *testing.T) {
	all := map[string]report.Report{
		"pass":       reports()["pass"],
		"regression": fullReport("regression"),
		"behaviour":  reports()["behaviour"],
		"history":    reports()["history"],
		"failure":    reports()["failure"],
		"run":        {Run: variants()["errors"]},
		"hostile":    hostileReport(`</script><img src=x onerror=alert(1)>"'&<b>`, bench.Regression),
	}
	for name, f := range inspected(t, all) {
		t.Run(name, func(t *testing.T) {
			r := all[name]
			checkPage(t, f)
			if name == "hostile" {
				return // its rounds are of no scenario that it lists
			}
			checkCharts(t, r, f)
			if len(r.Run.Rounds) > 0 {
				checkFilter(t, r, f)
				checkSorting(t, r, f)
			}
		})
	}
}

// checkPage is what holds for every document.
func checkPage(t *testing.T, f found) {
	for _, trouble := range f.Trouble {
		t.Error(trouble)
	}
	for scheme, violations := range f.Axe {
		for _, v := range violations {
			t.Errorf("accessibility, %s: %s", scheme, v)
		}
	}
	if len(f.Axe) != 2 {
		t.Errorf("accessibility was checked in %d of 2 schemes", len(f.Axe))
	}
	if f.Background["light"] != "rgb(255, 255, 255)" || f.Background["dark"] != "rgb(13, 17, 23)" {
		t.Errorf("backgrounds %v", f.Background)
	}
	if k := f.Keyboard; k.Text != "Skip to the content" || k.Outline == "none" || !k.Inside || k.Hash != "#verdict" {
		t.Errorf("the first stop of the keyboard: %+v", k)
	}
	if p := f.Printed; p.Background != "rgb(255, 255, 255)" || p.Controls != 0 || !p.Heading || p.Pages < 1 {
		t.Errorf("printed: %+v", p)
	}
	if f.Overflow > 0 {
		t.Errorf("on a narrow screen the page is %d pixels too wide", f.Overflow)
	}
	if f.Unscripted.Buttons != 0 {
		t.Errorf("without scripts there are %d controls that do nothing", f.Unscripted.Buttons)
	}
	if f.Opened != nil && (!f.Opened.IsOpen || !f.Opened.IsClosed) {
		t.Errorf("a scenario's panel by keyboard: %+v", *f.Opened)
	}
}

// TestBrowserScreenshots takes the pictures of the README with -update; else it looks
// whether they are there. Their pixels are a font's, so they are not compared.
func TestBrowserScreenshots(t *testing.T) {
	for _, name := range []string{"pass", "regression"} {
		picture := filepath.Join("../../docs", "report-"+name+".png")
		if *update {
			node, chromium := browser(t)
			document := filepath.Join(t.TempDir(), name+".html")
			if err := os.WriteFile(document, []byte(htmlOf(t, fullReport(name))), 0o644); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), node, filepath.Join(browserTests, "screenshot.mjs"), chromium, document, picture).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
		}
		file, err := os.Open(picture)
		if err != nil {
			t.Fatalf("%v; run: go test -tags browser ./internal/report -run Screenshots -update", err)
		}
		defer file.Close()
		if info, err := file.Stat(); err != nil || info.Size() > 200<<10 {
			t.Errorf("%s has %d bytes, %v", picture, info.Size(), err)
		}
		if c, err := png.DecodeConfig(file); err != nil || c.Width != 1100 {
			t.Errorf("%s: %+v, %v", picture, c, err)
		}
	}
}

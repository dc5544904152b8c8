//go:build browser

package report_test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
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
		Text            []string
	}
	Wide, Narrow layout
	Unscripted   struct{ Matrices, Buttons int }
}

// layout is what a page shows that was just opened.
type layout struct {
	Height, Overflow int
	Aside            []string // tables that do not fit
	Banner           string
	BannerEnds       float64
	Scenarios        int      // that are open
	Unlabelled       []string // charts without a legend
}

type drawn struct {
	Kind, Part, Scenario, Title, Label string
	Marks                              map[string]int
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
				return // its rounds are of no scenario that it lists, and its words have no end
			}
			checkLayout(t, f)
			checkAnswer(t, r, f)
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
	if f.Wide.Overflow > 0 || f.Narrow.Overflow > 0 {
		t.Errorf("the page is too wide: %d pixels at 1400, %d at 390", f.Wide.Overflow, f.Narrow.Overflow)
	}
	if f.Unscripted.Buttons != 0 {
		t.Errorf("without scripts there are %d controls that do nothing", f.Unscripted.Buttons)
	}
	if f.Opened != nil && (!f.Opened.IsOpen || !f.Opened.IsClosed) {
		t.Errorf("a scenario's panel by keyboard: %+v", *f.Opened)
	}
}

// checkLayout: nothing stands aside, and charts and banner are whole.
func checkLayout(t *testing.T, f found) {
	for width, l := range map[int]layout{1400: f.Wide, 390: f.Narrow} {
		if len(l.Aside) > 0 {
			t.Errorf("at %d pixels these tables are too wide: %q", width, l.Aside)
		}
		if len(l.Unlabelled) > 0 {
			t.Errorf("charts without a legend: %q", l.Unlabelled)
		}
		if l.BannerEnds > 900 {
			t.Errorf("at %d pixels the banner ends at %v, below the first screen", width, l.BannerEnds)
		}
	}
}

// checkAnswer: the page is short, and its first screen holds the whole answer.
func checkAnswer(t *testing.T, r report.Report, f found) {
	const tallest = 6000
	if f.Wide.Height > tallest {
		t.Errorf("opened, the page is %d pixels tall, more than %d", f.Wide.Height, tallest)
	}
	open := 0
	for _, s := range r.Verdict.Scenarios {
		if s.Outcome != bench.Pass && open < 3 {
			open++
		}
	}
	if r.Context.Failure == nil && f.Wide.Scenarios > open {
		t.Errorf("%d scenarios are open, want at most %d", f.Wide.Scenarios, open)
	}
	d := report.Build(r)
	words := slices.Concat([]string{d.Word, d.Lead[0]}, d.Others, d.Causes)
	for _, word := range words {
		said := strings.ToLower(strings.Join(strings.Fields(plain.Clean(word)), " "))
		for name, text := range map[string]string{"the banner": f.Wide.Banner, "the print": strings.Join(f.Printed.Text, " ")} {
			if !strings.Contains(strings.ToLower(strings.Join(strings.Fields(text), " ")), said) {
				t.Errorf("%s does not say %q", name, word)
			}
		}
	}
	if r.Run.Schema != "" && !slices.ContainsFunc(f.Printed.Text, func(s string) bool { return strings.Contains(s, plain.Clean(r.Run.Environment.CPUModel)) }) {
		t.Errorf("the print does not say on which machine it was measured: %q", f.Printed.Text)
	}
}

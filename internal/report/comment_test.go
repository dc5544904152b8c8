package report_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

func commented(t *testing.T, r report.Report) string {
	t.Helper()
	return markdown.Comment(report.Build(r))
}

func jobSummary(t *testing.T, r report.Report) string {
	t.Helper()
	return markdown.Summary(report.Build(r))
}

// checkText lays a check run out as one text.
func checkText(c markdown.CheckRun) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n\n--- summary\n%s\n--- text\n%s", c.Title, c.Summary, c.Text)
	for _, a := range c.Annotations {
		fmt.Fprintf(&b, "\n--- %s at %s:%d: %s\n%s\n", a.Level, a.Path, a.Line, a.Title, a.Message)
	}
	return b.String()
}

func TestMarkdownGolden(t *testing.T) {
	all := maps.Clone(reports())
	all["same_program"] = nothingMeasured()
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			golden(t, "markdown/"+name+".comment.md", commented(t, r))
			golden(t, "markdown/"+name+".summary.md", jobSummary(t, r))
			golden(t, "markdown/"+name+".check.md", checkText(markdown.Check(report.Build(r))))
		})
	}
}

func TestLineGolden(t *testing.T) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(reports())) {
		line := report.Line(reports()[name])
		if n := utf8.RuneCountInString(line); n > 140 {
			t.Errorf("%s: %d characters", name, n)
		}
		fmt.Fprintf(&b, "%s: %s\n", name, line)
	}
	golden(t, "lines.txt", b.String())
}

// What a context adds to the terminal's text, whose other parts have goldens of
// their own.
func TestTerminalGolden(t *testing.T) {
	for _, name := range []string{"accepted", "other_hardware", "reported_only", "failure", "failure_measuring"} {
		got := render(t, func(w io.Writer) error { return terminal.Write(w, report.Build(reports()[name]), terminal.Style{}) })
		golden(t, "terminal_"+name+".txt", got)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", name, n, line)
			}
			if strings.HasSuffix(line, " \n") {
				t.Errorf("%s: space at the end of %q", name, line)
			}
		}
	}
}

// Mistakes in a configuration are shown whole: the remedy stands at the end of each.
func TestTerminalShowsEveryMistakeWhole(t *testing.T) {
	mistakes := []string{
		`.proxy-bench.yml:4:17: suite.modes[0]: "xml" is not json or sse; write one of the two, or both`,
		`.proxy-bench.yml:5:74: gate: "alfa" is not a key here; there are alpha, threshold, floor, thresholds, fail_on`,
	}
	r := report.Report{Context: report.Context{Failure: &report.Failure{Step: "reading the configuration", Message: strings.Join(mistakes, "\n")}}}
	got := render(t, func(w io.Writer) error { return terminal.Write(w, report.Build(r), terminal.Style{}) })
	words := strings.Join(strings.Fields(got), " ")
	for _, m := range mistakes {
		if !strings.Contains(words, m) {
			t.Errorf("not whole: %s\n%s", m, got)
		}
	}
	if strings.Contains(got, "Last output") {
		t.Errorf("nothing printed these:\n%s", got)
	}
}

// The first two lines alone answer: what, by how much, in how many, how sure.
func TestFirstLines(t *testing.T) {
	for name, want := range map[string][]string{
		"pass":              {"### ✅ No regression in 8 scenarios\n\nJSON 140 → 141 µs, first event 154 → 156 µs (1 in flight, 1KB); a change of "},
		"regression":        {"### ❌ Streams are slower: first event +46 % of overhead (+", "at 10 concurrent requests with 1KB\n\nIn 4 of 8 scenarios; confirmed on 40 fresh process pairs."},
		"improvement":       {"### 🚀 Streams are faster: first event -28 % of overhead (-", "In 4 of 8 scenarios; confirmed on 40 fresh process pairs"},
		"accepted":          {"### ⚠️ Streams are slower: first event +46 %", "Accepted by label"},
		"reported_only":     {"### ❌ eu-gateway: streams are slower"},
		"no_baseline":       {"### 🆕 No baseline to compare with\n\nNo round of a base was measured; JSON 144 µs, first event 159 µs (1 in flight, 1KB)."},
		"inconclusive":      {"### ⚪ 1 of 24 scenarios could be neither cleared nor called a regression\n\nThe least clear: "},
		"partial":           {"### ⚪ The run ended early and leaves "},
		"failure":           {"### 🔧 No verdict: building the head failed\n\nsh -c"},
		"failure_measuring": {"### 🔧 No verdict: measuring failed\n\nhead ended by itself"},
		"errors":            {"### ❌ Requests fail: 615 of 480615 (truncated), base 0 of 480000\n\nIn 1 of 8 scenarios"},
	} {
		got := commented(t, reports()[name])
		lines := strings.SplitN(got, "\n", 4)
		first := strings.Join(lines[:3], "\n")
		for _, part := range want {
			if !strings.Contains(first, part) {
				t.Errorf("%s: the first lines are\n%s\nwithout\n%s", name, first, part)
			}
		}
	}
}

// TestCommentIsShort counts the characters that a reader sees before unfolding anything.
func TestCommentIsShort(t *testing.T) {
	for name, r := range reports() {
		most := 1500
		if name == "pass" {
			most = 300
		}
		for where, text := range map[string]string{"comment": commented(t, r), "summary": jobSummary(t, r)} {
			if n := utf8.RuneCountInString(visible(t, text)); n > most {
				t.Errorf("%s of %s: %d characters are visible, want at most %d:\n%s", where, name, n, most, visible(t, text))
			}
			brief, _, _ := strings.Cut(text, "<details>")
			if n := strings.Count(brief, "\n| "); n > 1+5 { // one head
				t.Errorf("%s of %s: %d rows:\n%s", where, name, n-1, brief)
			}
			if n := strings.Count(text, "<details>"); n != 1 {
				t.Errorf("%s of %s: %d folds", where, name, n)
			}
		}
	}
}

// visible is the text of a page on which nothing is unfolded, its white space one each.
func visible(t *testing.T, text string) string {
	t.Helper()
	page, err := html.Parse(strings.NewReader(rendered(t, text)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range page.Descendants() {
		if n.Type == html.TextNode && (within(n, "summary") || !within(n, "details")) {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatToDoIsReal: what a report asks for exists under its name.
func TestWhatToDoIsReal(t *testing.T) {
	settings, action := fileText(t, "../../docs/settings.md"), fileText(t, "../../action.yml")
	for name, r := range reports() {
		d := report.Build(r)
		if d.Outcome == bench.Regression && !d.Accepted && (d.Look == "" || len(r.Context.FailOn) > 0 && r.Context.PullRequest > 0 && !strings.Contains(d.ToDo, "the label "+r.Context.AcceptLabel+" ")) {
			t.Errorf("%s: look at %q, to do %q", name, d.Look, d.ToDo)
		}
		for _, m := range regexp.MustCompile(`\(([a-z-]+): ([a-z_-]+)`).FindAllStringSubmatch(d.ToDo, -1) {
			setting, input := "`"+m[1]+"."+m[2]+"`", "\n  "+m[1]+":\n"
			if !strings.Contains(settings, setting) && !strings.Contains(action, input) {
				t.Errorf("%s: there is neither a setting %s nor an input %s: %s", name, setting, m[1], d.ToDo)
			}
		}
	}
}

// A comment speaks of what is the case, and of nothing else.
func TestEachVariantSaysWhatIsSpecial(t *testing.T) {
	special := map[string]string{
		"accepted":       "Accepted by the label accept-regression",
		"reported_only":  "is not set to fail on a regression",
		"partial":        "The run is not complete: round 5, dropped: interrupted",
		"inconclusive":   "**What to do:** Run it again on a quieter machine",
		"stored":         "numbers that were stored by another job",
		"other_hardware": "on another CPU model",
		"no_baseline":    "the next push to the main branch",
		"failure":        "it was not judged",
		"history":        "of it with e4",
		"diagnosed":      "**Likely cause:** A delayed-ACK stall (Nagle is on): new in this change, in 4 of 8 scenarios: the first event comes 43",
	}
	among := map[string]string{"other_hardware": "stored", "failure_measuring": "failure partial", "partial": "partial"}
	for name, r := range reports() {
		got := commented(t, r)
		for variant, words := range special {
			want := name == variant || slices.Contains(strings.Fields(among[name]), variant)
			if variant == "partial" && name == "failure_measuring" {
				want = false // says so in its own words
			}
			if has := strings.Contains(got, words); has != want {
				t.Errorf("%s: %q is there: %v", name, words, has)
			}
		}
	}
}

// The worst is the first row, and it is the one that the title names.
func TestWorstFirst(t *testing.T) {
	for _, name := range []string{"regression", "improvement", "history"} {
		r := reports()[name]
		d := report.Build(r)
		rows := tablesOf(section(t, d, "changes"))[0].Rows
		by := make(map[[2]string]bench.Comparison)
		for _, c := range r.Verdict.Comparisons {
			label, _ := c.Metric.Describe()
			by[[2]string{c.Scenario, label.Label}] = c
		}
		of := func(r document.Row) bench.Comparison {
			return by[[2]string{r.Cells[0].Text, strings.TrimSuffix(r.Cells[1].Text, "*")}]
		}
		percent := figures.Added(*of(rows[0]).Change)
		if !strings.Contains(d.Lead[0], rows[0].Cells[1].Text+" "+percent) {
			t.Errorf("%s: the title %q is not the first row's: %s", name, d.Lead[0], percent)
		}
		for i := 1; i < len(rows); i++ {
			a, b := of(rows[i-1]), of(rows[i])
			if report.Gravity(b) > report.Gravity(a) && a.Metric.IsClock() == b.Metric.IsClock() {
				t.Errorf("%s: row %d is worse than the one before it", name, i+1)
			}
		}
	}
}

// large is a report of many scenarios that all changed.
func large(n int) report.Report {
	r := reports()["history"]
	var worst bench.Comparison
	for _, c := range r.Verdict.Comparisons {
		if c.Outcome == bench.Regression {
			worst = c
		}
	}
	r.Verdict.Comparisons, r.Verdict.Scenarios, r.Run.Scenarios = nil, nil, nil
	rounds := r.Run.Rounds
	r.Run.Rounds = nil
	for i := range n {
		s := bench.Scenario{Mode: bench.SSE, Concurrency: 1 + i/20, BodyBytes: 1 + i%20}
		r.Run.Scenarios = append(r.Run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
		r.Verdict.Scenarios = append(r.Verdict.Scenarios, bench.ScenarioVerdict{Scenario: s.ID(), Outcome: bench.Regression, Reason: strings.Repeat("because ", 40)})
		for _, m := range []bench.Metric{bench.FirstEventTypical, bench.TotalTypical, bench.CPUPerRequest, bench.FirstEventP95} {
			c := worst
			c.Scenario, c.Metric, c.Shift = s.ID(), m, new(0.2+float64(i)/1000)
			r.Verdict.Comparisons = append(r.Verdict.Comparisons, c)
		}
		for _, round := range rounds[:3] {
			round.Scenario = s.ID()
			r.Run.Rounds = append(r.Run.Rounds, round)
		}
	}
	return r
}

func TestWhateverTheSuiteItFits(t *testing.T) {
	for _, n := range []int{0, 1, 24, 200, 400} {
		r := large(n)
		d := report.Build(r)
		fits(t, fmt.Sprint(n, " scenarios"), r, d)
		got := markdown.Comment(d)
		if left := strings.Contains(got, "Omitted here for want of room: "); left != (n >= 200) {
			t.Errorf("%d scenarios: left out: %v", n, left)
		}
		if n >= 200 && !strings.Contains(got, "The whole is in the [HTML report](https://github.com/") {
			t.Errorf("%d scenarios: it does not say where the rest is", n)
		}
		if n > 0 && (!strings.Contains(got, "How to reproduce it") || !strings.Contains(got, "| first event |")) {
			t.Errorf("%d scenarios: what is needed most is left out:\n%.2000s", n, got)
		}
	}
}

// fits checks a report, and the document that was built of it.
func fits(t *testing.T, name string, r report.Report, d document.Document) {
	t.Helper()
	if n := len(markdown.Comment(d)); n >= 60_000 {
		t.Errorf("%s: a comment of %d bytes", name, n)
	}
	if n := len(markdown.Summary(d)); n > 1<<20 {
		t.Errorf("%s: a summary of %d bytes", name, n)
	}
	c := markdown.Check(d)
	for what, text := range map[string]string{"summary": c.Summary, "text": c.Text} {
		if n := utf8.RuneCountInString(text); n > 65_535 {
			t.Errorf("%s: a check's %s of %d characters", name, what, n)
		}
	}
	if n := utf8.RuneCountInString(c.Title); n == 0 || n > 255 {
		t.Errorf("%s: a check's title of %d characters", name, n)
	}
	if len(c.Annotations) > 50 {
		t.Errorf("%s: %d annotations", name, len(c.Annotations))
	}
	for _, a := range c.Annotations {
		if a.Path == "" || a.Line < 1 || a.Message == "" || utf8.RuneCountInString(a.Title) > 255 {
			t.Errorf("%s: annotation %+v", name, a)
		}
	}
	if n := utf8.RuneCountInString(report.Line(r)); n == 0 || n > 140 {
		t.Errorf("%s: a line of %d characters", name, n)
	}
}

// The exit code is decided elsewhere; an annotation's level follows what the job
// is set to fail on.
func TestAnnotations(t *testing.T) {
	for name, want := range map[string]struct {
		n     int
		level document.Level
	}{
		"pass": {0, ""}, "improvement": {0, ""}, "regression": {6, document.Fault}, "accepted": {6, document.Warning}, "reported_only": {6, document.Warning},
		"inconclusive": {1, document.Warning}, "no_baseline": {1, document.Notice}, "failure": {1, document.Fault}, "errors": {1, document.Fault},
	} {
		got := markdown.Check(report.Build(reports()[name])).Annotations
		if len(got) != want.n {
			t.Errorf("%s: %d annotations, want %d", name, len(got), want.n)
		}
		for _, a := range got {
			if a.Level != want.level || a.Path != ".proxy-bench.yml" || a.Line != 1 {
				t.Errorf("%s: %+v, want %s", name, a, want.level)
			}
		}
	}
	if a := markdown.Check(report.Build(reports()["everywhere"])).Annotations[0]; a.Path != ".github" {
		t.Errorf("without a configuration an annotation is at %s", a.Path)
	}
}

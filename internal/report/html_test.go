package report_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/summary"
)

func htmlOf(t testing.TB, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Write(&b, report.Build(r)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// documentOf is every element of a document, in its order.
func documentOf(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func tagged(all []*html.Node, a atom.Atom) []*html.Node {
	return slices.DeleteFunc(slices.Clone(all), func(n *html.Node) bool { return n.DataAtom != a })
}

func TestHTMLSaysWhatTheOthersSay(t *testing.T) {
	for name, r := range reports() {
		all := documentOf(t, htmlOf(t, r))
		heading := tagged(all, atom.H1)
		if len(heading) != 1 {
			t.Fatalf("%s: %d titles", name, len(heading))
		}
		if r.Verdict.Outcome == "" && r.Context.Failure == nil {
			continue
		}
		if want := plain.Capital(plain.Clean(report.Build(r).Lead[0])); content(heading[0]) != want {
			t.Errorf("%s: title %q, want %q", name, content(heading[0]), want)
		}
	}
}

// Every table has a name and every number in it a column that says its unit;
// every chart says in words what it shows; every place that is linked to is
// there.
func TestHTMLIsForEverybody(t *testing.T) {
	for name, r := range reports() {
		all := documentOf(t, htmlOf(t, r))
		ids := make(map[string]bool)
		for _, n := range all {
			if id, ok := attribute(n, "id"); ok {
				if ids[id] {
					t.Errorf("%s: id %q is there twice", name, id)
				}
				ids[id] = true
			}
		}
		for _, n := range all {
			switch n.DataAtom {
			case atom.A:
				if to, _ := attribute(n, "href"); strings.HasPrefix(to, "#") && !ids[to[1:]] {
					t.Errorf("%s: a link to %s, which is not there", name, to)
				}
			case atom.Table:
				if n.FirstChild == nil || n.FirstChild.DataAtom != atom.Caption || content(n.FirstChild) == "" {
					t.Errorf("%s: a table without a caption", name)
				}
			case atom.Th:
				if _, ok := attribute(n, "scope"); !ok {
					t.Errorf("%s: a heading cell without a scope: %s", name, content(n))
				}
			}
			if n.Data == "svg" {
				label, _ := attribute(n, "aria-label")
				hidden, _ := attribute(n, "aria-hidden")
				if (label == "") != (hidden == "true") {
					t.Errorf("%s: a drawing that is neither named nor hidden: %q %q", name, label, hidden)
				}
			}
		}
	}
}

// Each row has as many cells as its table has columns.
func TestHTMLTablesAreWhole(t *testing.T) {
	for name, r := range reports() {
		tables := tagged(documentOf(t, htmlOf(t, r)), atom.Table)
		for _, table := range tables {
			width := 0
			for n := range table.Descendants() {
				if n.DataAtom != atom.Tr {
					continue
				}
				cells := 0
				for c := range n.ChildNodes() {
					if c.DataAtom == atom.Th || c.DataAtom == atom.Td {
						cells++
					}
				}
				if width == 0 {
					width = cells
				}
				if cells != width {
					t.Errorf("%s: a row of %d cells below %d heads: %s", name, cells, width, content(n))
				}
			}
		}
	}
}

// A file of an older version has no distributions: their charts are left out,
// and nothing else is.
func TestHTMLOfAnOlderFile(t *testing.T) {
	r := fullReport("regression")
	kinds := func(r report.Report) map[string]int {
		count := make(map[string]int)
		for _, n := range tagged(documentOf(t, htmlOf(t, r)), atom.Figure) {
			kind, _ := attribute(n, "class")
			count[kind]++
		}
		return count
	}
	now := kinds(r)
	if now["ecdf"] != 36 || now["rounds"] != 36 || now["timeline"] != 12 || now["concurrency"] != 8 || now["body"] != 7 || now["cpu"] != 1 || now["memory"] != 1 {
		t.Errorf("charts %v", now)
	}
	r.Run.Rounds = slices.Clone(r.Run.Rounds)
	for i := range r.Run.Rounds {
		r.Run.Rounds[i].Distribution = nil
	}
	older := kinds(r)
	delete(now, "ecdf")
	if !maps.Equal(older, now) {
		t.Errorf("without distributions %v, want %v", older, now)
	}
}

// What a hostile file says is text, wherever it stands: it adds no element and
// no attribute that was not there for a harmless one, and no link of its own.
func TestHTMLHoldsNothingHostile(t *testing.T) {
	own := map[atom.Atom]int{}
	for _, n := range documentOf(t, htmlOf(t, hostileReport("x", bench.Regression))) {
		own[n.DataAtom]++
	}
	more := map[string]string{
		"script end": "</script><script>hacked=1</script>", "style end": "</style><img src=x onerror=hacked=1>",
		"pre end": "</pre></td></table><img src=x onerror=hacked=1>", "attribute": `" onfocus=hacked=1 autofocus x="`,
		"svg": "</text></svg><svg onload=hacked=1>", "address": "javascript:hacked=1", "comment": "<!--", "template": "{{.Data}}", "cdata": "]]><b>",
	}
	maps.Copy(more, attacks)
	for name, s := range more {
		for _, o := range []bench.Outcome{"", bench.Regression, bench.Inconclusive} {
			text := htmlOf(t, hostileReport(s, o))
			all := documentOf(t, text)
			for _, a := range []atom.Atom{atom.Script, atom.Style, atom.Link, atom.Pre, atom.Meta, atom.Form} {
				if n := len(tagged(all, a)); n > own[a] {
					t.Errorf("%s, %s: %d elements %s, want %d", name, o, n, a, own[a])
				}
			}
			for _, n := range all {
				if own[n.DataAtom] == 0 && n.DataAtom != 0 {
					t.Errorf("%s, %s: an element %s", name, o, n.Data)
				}
				for _, a := range n.Attr {
					if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" || a.Key == "autofocus" {
						t.Errorf("%s, %s: an attribute %s=%q", name, o, a.Key, a.Val)
					}
					if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") && a.Val != "data:," {
						t.Errorf("%s, %s: a link to %q", name, o, a.Val)
					}
				}
			}
			for _, r := range text {
				if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
					t.Errorf("%s, %s: %U", name, o, r)
					break
				}
			}
		}
	}
}

// A report of the default suite with 20 rounds is sent around: below 1 MB, with
// all data and a history.
func TestHTMLIsSmall(t *testing.T) {
	r := fullReport("regression")
	r.Run = twentyRounds(r.Run)
	for i := range 30 {
		r.Context.History = append(r.Context.History, pastOf(r.Run, 1+0.01*float64(i%7)))
	}
	text := htmlOf(t, r)
	t.Logf("%d rounds of %d scenarios: %d bytes", 20, len(r.Run.Scenarios), len(text))
	if len(text) >= 1e6 {
		t.Errorf("%d bytes, want less than 1 MB", len(text))
	}
}

// judged are the metrics that a mode is judged by.
func judged(mode bench.Mode) []bench.Metric {
	return bench.Metrics(func(d bench.Description) bool { return d.Gate == bench.Judged && d.In(mode) })
}

// twentyRounds repeats the rounds of every scenario and arm until there are 20.
func twentyRounds(run bench.Run) bench.Run {
	type place struct {
		scenario string
		arm      bench.Arm
	}
	by := make(map[place][]bench.Round)
	for _, r := range run.Rounds {
		if r.Void == "" {
			by[place{r.Scenario, r.Arm}] = append(by[place{r.Scenario, r.Arm}], r)
		}
	}
	run.Rounds = nil
	for n := range 20 {
		for _, c := range run.Scenarios {
			for _, arm := range run.Plan.Arms {
				all := by[place{c.ID, arm}]
				r := all[n%len(all)]
				r.Round, r.Stage = n+1, bench.Screen
				run.Rounds = append(run.Rounds, r)
			}
		}
	}
	return run
}

// pastOf is a run of main like this one but for a factor.
func pastOf(run bench.Run, factor float64) report.HistoryPoint {
	p := report.HistoryPoint{SHA: run.Commit.SHA, Started: run.Started, CPUModel: run.Environment.CPUModel, Overhead: make(map[string]map[bench.Metric]float64)}
	rounds := summary.NewIndex(run.Rounds)
	for _, c := range run.Scenarios {
		p.Overhead[c.ID] = make(map[bench.Metric]float64)
		for _, m := range judged(c.Mode) {
			if s, ok := summary.SpreadOf(rounds.Overheads(c.ID, bench.Head, m)); ok {
				p.Overhead[c.ID][m] = factor * s.Median
			}
		}
	}
	return p
}

func TestHTMLIsTheSameEveryTime(t *testing.T) {
	r := reports()["history"]
	first := htmlOf(t, r)
	for range 3 {
		if htmlOf(t, r) != first {
			t.Fatal("the same report gives other bytes")
		}
	}
}

// fullReport is a gate of the default suite.
func fullReport(name string) report.Report {
	r := decideSaved(saved("../html/" + name))
	r.Context.Reproduce = "proxy-bench gate --base main"
	return r
}

func BenchmarkHTML(b *testing.B) {
	r := fullReport("regression")
	r.Run = twentyRounds(r.Run)
	b.ReportAllocs()
	for b.Loop() {
		if err := page.Write(io.Discard, report.Build(r)); err != nil {
			b.Fatal(err)
		}
	}
}

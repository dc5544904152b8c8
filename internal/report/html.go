package report

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/url"
	"strings"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// HTML writes a report as one document that needs nothing else: it opens from a
// disk without a network, prints, and follows the reader's light or dark. A
// report of the default suite with 20 rounds is below 1 MB, raw data included.
//
// Its charts are SVG that is drawn here. A charting library for browsers would
// draw on a canvas, which a screen reader, a printer and a search see nothing
// of, or need half the size of the document and all data before the first line;
// the maintained ones for Go write their colours into the picture, which then
// has no dark. What is left is a few lines for scales and marks. The script
// only filters, sorts and unpacks; without it everything is there.
//
// Numbers are those of the other texts, and so is every word that says what was
// decided. Everything that comes from a file is cleaned and escaped.
func HTML(w io.Writer, r Report) error {
	t, err := documentTemplate()
	if err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	d, err := newHTML(r).document()
	if err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	if err := t.ExecuteTemplate(w, "report.html", d); err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	return nil
}

//go:embed web/report.html web/parts.html web/report.css web/report.js
var web embed.FS

// documentTemplate is read when it is first needed: most commands never do.
var documentTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(web, "web/*.html")
})

// hypertext is a report laid out for a document.
type hypertext struct {
	report Report
	page   *page  // the decision
	sheet  *sheet // the run
	growth map[bench.Arm][]summary.Growth
}

func newHTML(r Report) *hypertext {
	h := &hypertext{report: r, page: newPage(r, Style{}), sheet: newSheet(r, Style{}), growth: make(map[bench.Arm][]summary.Growth)}
	for _, arm := range h.sheet.gateways {
		h.growth[arm] = summary.SizeGrowth(summary.NewIndex(r.Run.Rounds), h.sheet.scenarios(), arm, summary.OfBody)
	}
	return h
}

// document is what the template is given.
type document struct {
	Title, Tool    string
	Policy         string // what the document may load: nothing
	Style          template.CSS
	Script         template.JS
	Verdict        verdictView
	Links          []linkView
	Matrices       []matrixView
	Measured       []tableView
	Notes          []string
	Legend         string
	Scenarios      []scenarioView
	Against, Sizes []figureView
	Queues         []string
	Costs          []figureView
	History        []figureView
	Steps          tableView
	Machine, Plan  []factView    // and Data: none when a step failed before there was a run
	Data           template.HTML // base64 has nothing to escape, and escaping would make its plus signs longer
}

// linkView is where more is to be had.
type linkView struct{ Text, Address string }

func (h *hypertext) document() (document, error) {
	style, err := web.ReadFile("web/report.css")
	if err != nil {
		return document{}, err
	}
	script, err := web.ReadFile("web/report.js")
	if err != nil {
		return document{}, err
	}
	tool := h.report.Run.Tool
	tool.Name = cmp.Or(tool.Name, "proxy-bench")
	d := document{
		Tool: clean(tool.Name + " " + tool.Version), Policy: contentPolicy(style, script), Style: template.CSS(style), Script: template.JS(script),
		Verdict: h.verdict(), Links: h.links(),
		Matrices: h.matrices(), Legend: strings.Join(strings.Fields(h.sheet.legend()), " "),
		Scenarios: h.panels(), Against: h.against(), Queues: h.queues(), Sizes: h.sizes(), Costs: h.costs(),
	}
	d.Title = cut(d.Verdict.Word+": "+d.Verdict.Lead, 200)
	d.Measured, d.Notes = h.measured()
	d.History, d.Steps = h.history()
	if h.report.Run.Schema != "" {
		d.Machine, d.Plan = h.conditions()
		packed, err := pack(h.report.Run)
		if err != nil {
			return document{}, err
		}
		d.Data = template.HTML(packed)
	}
	return d, nil
}

// contentPolicy is a Content Security Policy that lets nothing be loaded and nothing
// run but our own style and script: should a string of a file ever escape from
// its place, it is still no script.
func contentPolicy(style, script []byte) string {
	hash := func(text []byte) string {
		sum := sha256.Sum256(text)
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src %s; script-src %s", hash(style), hash(script))
}

func (h *hypertext) links() []linkView {
	c := h.report.Context
	var links []linkView
	add := func(text, address string) {
		if u, err := url.Parse(address); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			links = append(links, linkView{text, u.String()})
		}
	}
	add("workflow run", c.RunURL)
	if c.PullRequest > 0 {
		add(fmt.Sprintf("pull request %d", c.PullRequest), fmt.Sprintf("%s/%s/pull/%d", c.Server, c.Repository, c.PullRequest))
	}
	return links
}

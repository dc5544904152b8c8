// Package html writes a document as one page that needs nothing else: it opens
// from a disk without a network, prints, and follows the reader's light or dark.
// Its charts are SVG; its script only filters, sorts and opens, and without it
// everything is there.
//
// A document can come from anywhere: everything in it is cleaned and escaped.
package html

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

//go:embed web/report.html
var page string

//go:embed web/report.css
var style string

//go:embed web/report.js
var script string

// pageTemplate is read when it is first needed: most commands never do.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report.html").Funcs(template.FuncMap{
		"clean": plain.Clean, "capital": plain.Capital, "list": list, "blocks": blocks, "class": outcomeClass, "folds": folds, "counted": counted,
	}).Parse(page))
})

// view is what the template is given.
type view struct {
	document.Document
	Title   string
	Policy  string // what the page may load: nothing
	Style   template.CSS
	Script  template.JS
	Heading string
	Class   string // of the outcome
	Facts   document.List
	Filter  string // ID of the section that the filter stands before
}

// Write writes the page. That of the default suite with 20 rounds is below 1 MB.
func Write(w io.Writer, d document.Document) error {
	v := view{
		Document: d, Policy: contentPolicy(), Style: template.CSS(style), Script: template.JS(script), Facts: document.List{Items: d.Facts},
		Title: plain.Cut(plain.Clean(d.Word+": "+plain.Capital(d.Lead[0])), 200), Heading: "What was compared", Class: outcomeClass(d.Outcome),
	}
	if d.Failed {
		v.Class = "failure"
		v.Heading = "No verdict"
	} else if d.Outcome == "" {
		v.Heading = "Run"
	}
	for _, s := range slices.Backward(d.Sections) {
		if s.ID == "metrics" || s.ID == "overhead" || s.ID == "scenarios" {
			v.Filter = s.ID // the first of them
		}
	}
	if err := pageTemplate().Execute(w, v); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// counted is what scenarios with an outcome are called.
func counted(o bench.Outcome) string {
	switch o {
	case bench.Regression:
		return "worse"
	case bench.Improvement:
		return "better"
	case bench.Pass:
		return "unchanged"
	default:
		return "undecided"
	}
}

// folds is true for a section that the page shows the heading of until it is opened.
func folds(s document.Section) bool { return s.Rank > document.Always }

// contentPolicy is a Content Security Policy that lets nothing be loaded and nothing
// run but our own style and script: should a string of a document ever escape
// from its place, it is still no script.
func contentPolicy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src %s; script-src %s", hash(style), hash(script))
}

// blocks writes what stands below each other; maps of changes stand beside each
// other, and so do some words and the one chart that shows what they say.
func blocks(all []document.Block) template.HTML {
	var b, picture strings.Builder
	beside := picturesOne(all)
	maps := false
	for _, block := range all {
		table, is := block.(document.Table)
		if heat := is && table.Heat; heat != maps {
			b.WriteString(map[bool]string{true: `<div class="maps">`, false: "</div>\n"}[heat])
			maps = heat
		}
		if _, is := block.(document.Charts); is && beside {
			picture.WriteString(written(block))
			continue
		}
		b.WriteString(written(block))
	}
	if maps {
		b.WriteString("</div>\n")
	}
	if picture.Len() > 0 {
		return template.HTML(`<div class="beside"><div>` + b.String() + "</div>\n<div>" + picture.String() + "</div></div>\n")
	}
	return template.HTML(b.String())
}

// picturesOne is true for some words with a single chart.
func picturesOne(all []document.Block) bool {
	charts, words := 0, false
	for _, block := range all {
		switch b := block.(type) {
		case document.Charts:
			charts += len(b.Charts)
		case document.List:
			words = words || !b.Empty()
		case document.Table:
			return false
		}
	}
	return charts == 1 && words
}

func written(block document.Block) string {
	switch b := block.(type) {
	case document.Paragraph:
		return paragraph(b)
	case document.List:
		return string(list(b))
	case document.Table:
		return table(b)
	case document.Charts:
		return charts(b)
	case document.Alert:
		return `<p class="alert ` + string(b.Level) + `">` + escaped(b.Text) + "</p>\n"
	case document.Output:
		return preformatted(b.Lines)
	case document.Command:
		return preformatted([]string{plain.Clean(b.Text)})
	default:
		panic(fmt.Sprintf("html: there is no way to write a %T", b))
	}
}

func preformatted(lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return `<pre tabindex="0">` + template.HTMLEscapeString(strings.Join(lines, "\n")) + "</pre>\n"
}

func escaped(s string) string { return template.HTMLEscapeString(plain.Clean(s)) }

func paragraph(p document.Paragraph) string {
	switch {
	case p.Text == "":
		return ""
	case p.Small:
		return `<p class="note">` + escaped(p.Text) + "</p>\n"
	default:
		return "<p>" + escaped(p.Text) + "</p>\n"
	}
}

// mostItems bounds a list.
const mostItems = 500

// list writes items with names as a list of definitions.
func list(l document.List) template.HTML {
	if len(l.Items) == 0 {
		return ""
	}
	var b strings.Builder
	if l.Title != "" {
		b.WriteString("<h3>" + escaped(l.Title) + "</h3>\n")
	}
	tag := "ul"
	switch {
	case l.Numbered:
		tag = `ol class="notes"`
	case l.Items[0].Name != "":
		tag = "dl"
	}
	b.WriteString("<" + tag + ">")
	for i, item := range l.Items {
		switch {
		case i == mostItems && tag != "dl":
			fmt.Fprintf(&b, "<li>… and %d more</li>\n", len(l.Items)-i)
		case i >= mostItems:
		case tag == "dl":
			b.WriteString("<div><dt>" + escaped(item.Name) + "</dt><dd>" + itemText(item) + "</dd></div>\n")
		default:
			b.WriteString("<li>" + itemText(item) + "</li>\n")
		}
	}
	b.WriteString("</" + tag[:2] + ">\n")
	return template.HTML(b.String())
}

func itemText(i document.Item) string {
	text := escaped(i.Whole())
	for _, l := range i.Links {
		if address := l.Followed(); address != "" {
			words := escaped(l.Text)
			text = strings.Replace(text, words, `<a href="`+template.HTMLEscapeString(address)+`" rel="noreferrer">`+words+"</a>", 1)
		}
	}
	return text
}

// outcomeClass is one word of ours for the style sheet, whatever a file says.
func outcomeClass(o bench.Outcome) string {
	switch o {
	case bench.Regression, bench.Improvement, bench.Pass, bench.Inconclusive, bench.NoBaseline, bench.Shown:
		return string(o)
	default:
		return ""
	}
}

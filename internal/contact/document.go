package contact

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/observed"
)

// next is what to do after a first contact that went well.
const next = "ready to measure: proxy-bench run --quick"

// longestStart is how much of a start line is shown: enough to recognise it.
const longestStart = 200

// Document is the first contact as a report.
func (r Result) Document() document.Document {
	d := document.Document{
		Tool: r.Tool, Word: "not ready", Outcome: bench.Inconclusive, Lead: []string{r.sentence()},
		Facts: []document.Item{
			{Name: "Gateway", Text: plain.To(strings.ReplaceAll(r.Start, "\\\n", " "), longestStart)},
			{Name: "Start", Text: "ready after " + duration(r.Ready)},
		},
	}
	if r.OK() {
		d.Word, d.Outcome = "ready", bench.Pass
	}
	if fault := r.fault(); r.OK() && fault != "" {
		d.Word, d.Outcome, d.Lead = "ready, with a fault", bench.Inconclusive, []string{fault, d.Lead[0]}
	}
	for _, e := range r.Asked {
		d.Sections = append(d.Sections, e.section())
	}
	d.Sections = append(d.Sections, r.others())
	if len(r.Facts) > 0 {
		seen, unseen := observed.Facts(r.Facts)
		d.Sections = append(d.Sections, seen, unseen)
	}
	d.Sections = append(d.Sections, r.output(), r.conclusion())
	return d
}

// fault is what is wrong with a gateway that can be measured; empty: nothing was seen.
func (r Result) fault() string {
	harm := observed.Harm(r.Facts)
	switch {
	case len(harm) > 1:
		return fmt.Sprintf("the gateway %s (and %s of harm)", harm[0], figures.Counted(len(harm)-1, "more kind"))
	case len(harm) == 1:
		return "the gateway " + harm[0]
	case slices.ContainsFunc(r.Asked, Exchange.heldBack):
		return "the gateway holds streams back: their first event comes with their end"
	}
	return ""
}

// sentence is the first contact in one.
func (r Result) sentence() string {
	wrong, found := r.firstWrong()
	if !found {
		kinds := make([]string, len(r.Asked))
		for i, e := range r.Asked {
			kinds[i] = kind(e.Mode)
		}
		return fmt.Sprintf("%s answered rightly (%s)", r.Asked[0].Endpoint, strings.Join(kinds, " and "))
	}
	return fmt.Sprintf("%s, %s: %s", wrong.Endpoint, kind(wrong.Mode), wrong.outcome())
}

// section shows one exchange.
func (e Exchange) section() document.Section {
	items := []document.Item{{Name: "status", Text: figures.Missing}, {Name: "answer", Text: e.answer()}}
	if e.Status > 0 {
		items[0].Text = fmt.Sprint(e.Status)
	}
	if e.right() {
		items = append(items, document.Item{Name: "changes", Text: e.rewritten()})
	}
	items = append(items, document.Item{Name: "time", Text: e.times()}, document.Item{Name: "upstream", Text: e.upstream()})
	if e.heldBack() {
		items = append(items, document.Item{Name: "buffered", Text: "the first event came with the end of the stream"})
	}
	for _, request := range e.Unserved {
		items = append(items, document.Item{Name: "refused", Text: request.String()})
	}
	return document.Section{
		ID:      "asked-" + string(e.Mode),
		Heading: fmt.Sprintf("%s: POST %s", kind(e.Mode), e.URL),
		Blocks:  []document.Block{document.List{Items: items}},
	}
}

func (e Exchange) answer() string {
	switch {
	case e.passed():
		return "right: " + strings.Join(e.Read, ", ")
	case e.right():
		return "right, but the backend was not asked for it"
	}
	return e.Detail
}

func (e Exchange) rewritten() string {
	if len(e.Rewrites) == 0 {
		return "nothing"
	}
	return strings.Join(e.Rewrites, "; ")
}

func (e Exchange) times() string {
	total := "no complete answer"
	if e.Total >= 0 {
		total = duration(e.Total) + " in all"
	}
	if e.Mode == bench.SSE && e.FirstEvent >= 0 {
		text := "first event after " + duration(e.FirstEvent) + ", " + total
		if e.Stream > 0 {
			text += "; the backend takes " + duration(e.Stream) + " from the first part to the last"
		}
		return text
	}
	return total
}

func (e Exchange) upstream() string {
	text := ""
	switch e.Upstream {
	case 0:
		return "no request to the backend"
	case 1:
		text = "1 request to the backend"
	default:
		text = fmt.Sprintf("%d requests to the backend for one of the client", e.Upstream)
	}
	if len(e.Paths) > 0 {
		text += ": " + strings.Join(e.Paths, ", ")
	}
	return text
}

func duration(d time.Duration) string { return figures.Seconds(d.Seconds()) }

// others is a table of the further endpoints. Those that do not exist are named
// in one line.
func (r Result) others() document.Section {
	t := document.Table{Columns: document.Heads("asked", "API", "kind", ">status", "answer")}
	var absent []string
	for _, e := range r.Others {
		if e.absent() {
			absent = append(absent, e.Path)
			continue
		}
		status := figures.Missing
		if e.Status > 0 {
			status = fmt.Sprint(e.Status)
		}
		t.Rows = append(t.Rows, document.Row{Cells: document.Texts(e.String(), string(e.API), kind(e.Mode), status, e.outcome())})
	}
	s := document.Section{ID: "others", Heading: "Other APIs and paths", Blocks: []document.Block{t}}
	if len(absent) > 0 {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Not served: " + strings.Join(absent, ", ")})
	}
	return s
}

// output is what a gateway that was wrong has printed.
func (r Result) output() document.Section {
	if r.OK() {
		return document.Section{}
	}
	return document.Section{ID: "output", Heading: "Last output of the gateway", Blocks: []document.Block{document.Output{Lines: r.Output}}}
}

// conclusion is the last section: what to do now.
func (r Result) conclusion() document.Section {
	if r.OK() {
		return document.Section{ID: "next", Heading: "Next", Blocks: append(r.remarks(), document.Paragraph{Text: next})}
	}
	return document.Section{ID: "change", Heading: "What to change", Blocks: []document.Block{document.List{Items: document.Items(r.Advice()...)}}}
}

// remarks are about a gateway that can be measured, and is not as its users want it.
func (r Result) remarks() []document.Block {
	if !slices.ContainsFunc(r.Asked, Exchange.heldBack) {
		return nil
	}
	return []document.Block{document.List{Items: document.Items("the gateway holds streams back until their end: switch off its buffering of answers, " +
		"flush after each event, and set TCP_NODELAY on the connections of clients")}}
}

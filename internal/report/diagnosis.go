package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
)

// diagnosis is a bench.Diagnosis in words.
type diagnosis struct {
	title string // "looks like a delayed-ACK stall (Nagle is on)"
	where string // ", new in this change, in 3 of 8 scenarios"
	seen  string
	look  string // empty where there is nothing to look at any more
}

// told are the diagnoses to speak of: what is new, and what nothing tells
// whether it is. Quiet are those of which the change is not the cause.
func told(all []bench.Diagnosis, scenarios int) (told, quiet []diagnosis) {
	for _, d := range all {
		if d.Change == bench.ChangeKept || d.Change == bench.ChangeGone {
			quiet = append(quiet, worded(d, scenarios))
		} else {
			told = append(told, worded(d, scenarios))
		}
	}
	return told, quiet
}

func worded(d bench.Diagnosis, scenarios int) diagnosis {
	text, known := diagnose.Describe(d.Name)
	if !known {
		text.Title = string(d.Name)
	}
	w := diagnosis{title: "looks like " + text.Title, seen: d.Seen, look: d.Look}
	switch d.Change {
	case bench.ChangeNew:
		w.where = ", new in this change"
	case bench.ChangeKept:
		w.where = ", as with the base"
	case bench.ChangeGone:
		w.title, w.where, w.look = "no longer looks like "+text.Title, ", as with the base", ""
	}
	switch n := len(d.Scenarios); {
	case n == 1:
		w.where += ", in " + d.Scenarios[0]
	case n == scenarios:
		w.where += fmt.Sprintf(", in all %d scenarios", n)
	case n > 1:
		w.where += fmt.Sprintf(", in %d of %s", n, counted(scenarios, "scenario"))
	}
	return w
}

const (
	toldTitle  = "what it looks like"
	quietTitle = "not of this change"
	// longestTold is how many diagnoses a text has of each kind: a gateway with
	// more needs another remedy.
	longestTold = 6
)

// short bounds each part, so that together they stay a remark.
func (d diagnosis) short() diagnosis {
	return diagnosis{cleanTo(capital(d.title), 80), cleanTo(d.where, 80), cleanTo(d.seen, 240), cleanTo(d.look, 160)}
}

// diagnoses are a section for those of this change and one for the others.
func diagnoses(all []bench.Diagnosis, scenarios, columns int, style Style) string {
	var b strings.Builder
	told, quiet := told(all, scenarios)
	for _, part := range []struct {
		title string
		of    []diagnosis
	}{{toldTitle, told}, {quietTitle, quiet}} {
		if len(part.of) == 0 {
			continue
		}
		b.WriteString("\n" + style.bold(part.title) + "\n")
		for i, d := range part.of {
			if i == longestTold {
				fmt.Fprintf(&b, "  … and %d more\n", len(part.of)-i)
				break
			}
			d = d.short()
			b.WriteString(wrapped(columns, "  ", d.title+d.where+": "+d.seen+"."))
			if d.look != "" {
				b.WriteString(wrapped(columns, "    look at: ", d.look))
			}
		}
	}
	return b.String()
}

// diagnosed are those of this change, for everybody to read.
func (l *letter) diagnosed() string {
	told, _ := told(l.Diagnoses, len(l.sheet.rows))
	if len(told) == 0 {
		return ""
	}
	return bulleted(l.items(told), longestTold) + "\n"
}

// before are the others, for whoever wants to know.
func (l *letter) before() string {
	_, quiet := told(l.Diagnoses, len(l.sheet.rows))
	return bulleted(l.items(quiet), longestTold)
}

func (l *letter) items(all []diagnosis) []string {
	var items []string
	for _, d := range all {
		d = d.short()
		item := fmt.Sprintf("**%s**%s: %s.", escaped(d.title), escaped(d.where), escaped(d.seen))
		if d.look != "" {
			item += " Look at: " + escaped(d.look) + "."
		}
		items = append(items, item)
	}
	return items
}

// diagnosisView is a diagnosis in a document.
type diagnosisView struct{ Title, Where, Seen, Look string }

func diagnosisViews(all []diagnosis) []diagnosisView {
	var views []diagnosisView
	for _, d := range all[:min(len(all), 100)] {
		d = d.short()
		views = append(views, diagnosisView{d.title, d.where, d.seen, d.look})
	}
	return views
}

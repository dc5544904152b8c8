package report

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// openSections is the open loop on a terminal; empty where there was none.
func (s *sheet) openSections() string {
	var b strings.Builder
	for _, t := range s.openTables() {
		fmt.Fprintf(&b, "\n%s\n%s", s.style.bold(t.title), s.openText(t))
	}
	if lines := s.kneeLines(); len(lines) > 0 {
		fmt.Fprintf(&b, "\n%s\n", s.style.bold(kneeTitle))
		for _, g := range lines {
			b.WriteString(hanging(s.label(g.arm, g.what), g.text))
		}
	}
	if b.Len() > 0 {
		b.WriteString("\n" + hanging("", openKey))
	}
	return b.String()
}

func (s *sheet) openText(t openTable) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	titles, units := []string{"arm", "windows"}, []string{"", ""}
	for i, h := range openHead {
		titles, units = append(titles, h.title), append(units, t.scales[i].Unit)
	}
	fmt.Fprintln(w, strings.Join(titles, "\t")+"\t")
	fmt.Fprintln(w, strings.Join(units, "\t")+"\t")
	for _, r := range t.rows {
		fmt.Fprintln(w, strings.Join(append([]string{r.arm}, t.cells(r)...), "\t")+"\t  "+marks(r.marks))
	}
	w.Flush() // a strings.Builder takes everything
	var b strings.Builder
	for i, line := range slices.Collect(strings.Lines(text.String())) {
		if line = strings.TrimRight(line, " \n"); i < 2 {
			line = s.style.bold(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// openLoop is the same for Markdown.
func (l *letter) openLoop() string {
	sheet := *l.sheet
	sheet.notes = notes{} // of its own: they stand below it
	var b strings.Builder
	for _, t := range sheet.openTables() {
		head := []string{"arm", "windows"}
		for i, h := range openHead {
			head = append(head, fmt.Sprintf("%s (%s)", h.title, t.scales[i].Unit))
		}
		var rows [][]string
		for _, r := range t.rows {
			rows = append(rows, append(append([]string{escaped(r.arm)}, t.cells(r)...), escaped(marks(r.marks))))
		}
		fmt.Fprintf(&b, "%s\n\n%s\n", capital(md(t.title)), tabled("lrrrrrrrrl", append(head, ""), rows))
	}
	var knees []string
	for _, g := range sheet.kneeLines() {
		knees = append(knees, mdShort(fmt.Sprintf("Knee, %s, %s: %s", g.what, sheet.role(g.arm), g.text)))
	}
	if len(knees) > 0 {
		b.WriteString(bulleted(knees, mostOpenNotes) + "\n")
	}
	if b.Len() == 0 {
		return ""
	}
	b.WriteString("<sub>" + md(openKey) + "</sub>\n")
	for i, text := range sheet.notes.texts {
		if i == mostOpenNotes {
			fmt.Fprintf(&b, "\n<sub>… and %d more notes</sub>\n", len(sheet.notes.texts)-i)
			break
		}
		fmt.Fprintf(&b, "\n<sub>%s %s</sub>\n", escaped(marks([]int{i + 1})), mdShort(text))
	}
	return b.String()
}

// openViews is the same for a document.
func (h *hypertext) openViews() []tableView {
	var views []tableView
	for _, t := range h.sheet.openTables() {
		v := tableView{Kind: "plain", Caption: t.title, Head: []headView{{Title: "arm"}, {Title: "windows", Class: numeric}}}
		for i, head := range openHead {
			v.Head = append(v.Head, headView{head.title, t.scales[i].Unit, numeric})
		}
		v.Head = append(v.Head, headView{"notes", "", unsorted})
		for _, r := range t.rows {
			row := cellsFor(r.arm)
			for _, text := range t.cells(r) {
				row = append(row, cellView{Text: text})
			}
			v.Rows = append(v.Rows, append(row, cellView{Text: marks(r.marks), Class: textual}))
		}
		views = append(views, v)
	}
	if len(views) > 0 {
		last := &views[len(views)-1]
		for _, g := range h.sheet.kneeLines() {
			last.Note += capital(fmt.Sprintf("knee, %s, %s: %s. ", g.what, h.sheet.role(g.arm), g.text))
		}
		last.Note += openKey
	}
	return views
}

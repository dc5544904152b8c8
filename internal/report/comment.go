package report

import (
	"fmt"
	"io"
	"strings"
)

const (
	// commentMost leaves room for the caller's marker below the 65,536 characters
	// that GitHub stores of a comment, some of which take four bytes.
	commentMost = 59_500
	// summaryMost is what the runner uploads of one step's summary: 1 MiB.
	summaryMost = 1_000_000
)

// Comment writes the decision as GitHub Markdown for a pull request: the verdict
// in words, what changed, the worst first, and the rest folded. It is below
// 60,000 bytes whatever the suite: parts are left out, the least needed first,
// and it says which and where they are. Everything from outside is escaped; it
// mentions nobody and refers to nothing.
func Comment(w io.Writer, r Report) error {
	l := newLetter(r)
	l.rows, l.fold = 10, true
	return write(w, "the comment", l.fit(commentMost, l.everything()))
}

// Summary writes the same for the page of a job, where there is room for every
// metric that was compared and every reason. It is below 1 MiB.
func Summary(w io.Writer, r Report) error {
	l := newLetter(r)
	l.rows, l.all = 200, true
	return write(w, "the job summary", l.fit(summaryMost, l.everything()))
}

// letter is a report laid out for Markdown.
type letter struct {
	*page
	sheet *sheet
	rows  int  // of what changed, shown at once
	fold  bool // what comes after that
	all   bool // that is compared, and all reasons
	plain bool // without what needs charts to be seen
}

func newLetter(r Report) *letter {
	return &letter{page: newPage(r, Style{}), sheet: newSheet(r, Style{})}
}

// passage is a piece of a letter that can be left out.
type passage struct {
	name string
	text string
	// need orders what is left out: the highest first, 0 never. What is never
	// left out is bounded where it is written.
	need int
}

// everything is the whole letter in its order.
func (l *letter) everything() []passage {
	return append([]passage{{text: l.title()}, {text: l.opening()}}, l.folds()...)
}

// folds are the parts after what changed.
func (l *letter) folds() []passage {
	var parts []passage
	add := func(need int, name, text string) {
		switch {
		case text == "":
		case l.fold:
			parts = append(parts, passage{name, folded(capital(name), text), need})
		default:
			parts = append(parts, passage{name, fmt.Sprintf("#### %s\n\n%s\n\n", capital(name), strings.TrimRight(text, "\n")), need})
		}
	}
	if !l.failed() {
		add(4, quietTitle, l.before())
		add(4, "every metric that changed", l.everyChange())
		add(2, "all scenarios", l.scenarios())
		if l.all {
			add(7, "every comparison", l.everyComparison())
		}
		if !l.plain {
			add(3, "scaling with body size and concurrency", l.scaling())
		}
		add(3, "open loop", l.openLoop())
		add(3, probeTitle, l.probes())
		add(6, "history of the main branch", l.history())
		add(5, "rule and reasons", l.why())
	}
	add(1, "environment and validity", l.validity())
	add(1, "how to reproduce it", l.reproduction())
	return append(parts, passage{text: l.footer()})
}

func (l *letter) failed() bool { return l.context.Failure != nil }

// fit joins the parts, without those that there is no room for.
func (l *letter) fit(most int, parts []passage) string {
	const room = 600 // for the sentence that says so
	size := 0
	for _, p := range parts {
		size += len(p.text)
	}
	var left []string
	for size > most-room {
		last := 0
		for i, p := range parts {
			if p.need > parts[last].need {
				last = i
			}
		}
		if parts[last].need == 0 {
			break
		}
		size -= len(parts[last].text)
		left = append(left, parts[last].name)
		parts[last] = passage{}
	}
	var b strings.Builder
	for i, p := range parts {
		if i == len(parts)-1 && len(left) > 0 {
			fmt.Fprintf(&b, "Left out here for want of room: %s. %s\n\n", strings.Join(left, ", "), l.elsewhere())
		}
		b.WriteString(p.text)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// elsewhere says where the whole is.
func (l *letter) elsewhere() string {
	switch {
	case l.context.HTMLURL != "" && len(l.context.HTMLURL) < 300:
		return "It is in the " + link("HTML report", l.context.HTMLURL) + "."
	case l.context.RunURL != "" && len(l.context.RunURL) < 300:
		return "It is in the summary and the artifacts of the " + link("workflow run", l.context.RunURL) + "."
	default:
		return "It is in verdict.json and run.json."
	}
}

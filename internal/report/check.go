package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The limits of a check run
// (https://docs.github.com/rest/checks/runs#create-a-check-run). Bytes are
// counted, which are never fewer than characters.
const (
	checkMost       = 65_000
	titleMost       = 255
	annotationsMost = 50
)

// CheckRun is what a check run shows.
type CheckRun struct {
	Title       string // plain text
	Summary     string // Markdown, at most 65,535 characters
	Text        string // Markdown, at most 65,535 characters
	Annotations []Annotation
}

// Level is how much an Annotation matters, in the words of the API.
type Level string

// The levels of an Annotation.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Fault   Level = "failure"
)

// Annotation is a remark in plain text on a line of a file, which is the
// configuration or, without one, what stands for the job as a whole.
type Annotation struct {
	Path           string
	Line           int // from 1
	Level          Level
	Title, Message string
}

// Check makes the output of a check run: the same content as a comment, the
// details unfolded and without charts, and an annotation for each scenario that
// changed for the worse, at most 50.
func Check(r Report) CheckRun {
	l := newLetter(r)
	l.rows, l.plain = 50, true
	return CheckRun{
		Title:       joined(l.lead(), titleMost),
		Summary:     l.fit(checkMost, []passage{{text: l.title()}, {text: l.opening()}, {text: l.footer()}}),
		Text:        l.fit(checkMost, l.folds()),
		Annotations: l.annotations(),
	}
}

// annotations name what failed or was not decided, the worst first.
func (l *letter) annotations() []Annotation {
	level := Warning
	if l.fails() {
		level = Fault
	}
	note := func(level Level, title, message string) Annotation {
		return Annotation{
			Path: cmp.Or(cleanTo(l.context.Config, 300), ".github"), Line: 1,
			Level: level, Title: cleanTo(title, titleMost-1), Message: clean(capital(message)),
		}
	}
	title := joined(l.lead(), titleMost)
	switch {
	case l.failed():
		return []Annotation{note(Fault, title, failureLine(*l.context.Failure))}
	case l.Outcome == bench.NoBaseline:
		return []Annotation{note(Notice, title, strings.TrimSpace(l.toDo()))}
	case l.Outcome == bench.Inconclusive:
		return []Annotation{note(level, title, cmp.Or(l.toDo(), l.Reason))}
	case l.Outcome != bench.Regression:
		return nil
	}
	var all []Annotation
	named := make(map[string]bool)
	for _, c := range l.speaking(bench.Regression) {
		named[c.Scenario] = true
		all = append(all, note(level, fmt.Sprintf("%s: %s %s", c.Scenario, metricWord(c.Metric), changeWord(c)), cmp.Or(c.Reason, "no reason given")))
	}
	for _, s := range l.Verdict.Scenarios {
		if s.Outcome == bench.Regression && !named[s.Scenario] {
			all = append(all, note(level, s.Scenario+": regression", s.Reason))
		}
	}
	for _, g := range l.Groups {
		if g.Outcome == bench.Regression {
			all = append(all, note(level, capital(groupName(g.Group))+": regression", groupLine(g)))
		}
	}
	if len(all) == 0 {
		return []Annotation{note(level, title, cmp.Or(l.Reason, title))}
	}
	if len(all) > annotationsMost {
		rest := len(all) - annotationsMost + 1
		all = append(all[:annotationsMost-1], note(level, fmt.Sprintf("and %d more", rest), title))
	}
	return all
}

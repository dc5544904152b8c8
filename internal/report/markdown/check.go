package markdown

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// The limits of a check run
// (https://docs.github.com/rest/checks/runs#create-a-check-run). Bytes are
// counted, which are never fewer than characters.
const (
	mostCheck       = 65_000
	mostTitle       = 255
	mostAnnotations = 50
)

// CheckRun is what a check run shows.
type CheckRun struct {
	Title       string // plain text
	Summary     string // Markdown, at most 65,535 characters
	Text        string // Markdown, at most 65,535 characters
	Annotations []Annotation
}

// Annotation is a remark in plain text on a line of a file, which is the
// configuration or, without one, what stands for the job as a whole.
type Annotation struct {
	Path           string
	Line           int // from 1
	Level          document.Level
	Title, Message string
}

// Check is the output of a check run: an answer of a few lines, the details without
// charts, and an annotation for each remark, at most 50.
func Check(d document.Document) CheckRun {
	p := page{d, inCheck}
	footer := passage{text: p.footer()}
	return CheckRun{
		Title:       d.Line(mostTitle),
		Summary:     p.fit(mostCheck, []passage{{text: p.brief()}, footer}),
		Text:        p.fit(mostCheck, append(p.everything(), footer)),
		Annotations: p.annotations(),
	}
}

func (p page) annotations() []Annotation {
	var all []Annotation
	for i, r := range p.Remarks {
		if i == mostAnnotations-1 && len(p.Remarks) > mostAnnotations {
			r.Title, r.Text = fmt.Sprintf("and %d more", len(p.Remarks)-i), p.Line(mostTitle)
		} else if i == mostAnnotations {
			break
		}
		all = append(all, Annotation{
			Path: cmp.Or(plain.To(p.Config, 300), ".github"), Line: 1,
			Level: r.Level, Title: plain.To(plain.Capital(plain.Clean(r.Title)), mostTitle-1), Message: plain.Capital(plain.Clean(r.Text)),
		})
	}
	return all
}

package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// title is the verdict in words with the one number that matters.
func (l *letter) title() string {
	pieces := l.lead()
	for i := range pieces {
		pieces[i] = mdShort(pieces[i])
	}
	first := "**" + pieces[0] + "**"
	if l.context.Key != "" {
		first = mdBrief(l.context.Key) + ": " + first
	}
	return fmt.Sprintf("%s %s\n\n", l.symbol(), strings.Join(append([]string{first}, pieces[1:]...), "; "))
}

// opening is what everybody reads: what else was found, what to know of the
// comparison, and a table of what changed.
func (l *letter) opening() string {
	if l.failed() {
		return l.failure()
	}
	var b strings.Builder
	if others, _ := l.findings(l.Outcome); len(others) > 1 {
		for i := range others {
			others[i] = mdShort(capital(others[i]))
		}
		b.WriteString(bulleted(others[1:], 4) + "\n")
	}
	b.WriteString(l.alerts() + l.comparison())
	if text := l.toDo(); text != "" {
		b.WriteString("**What to do:** " + md(text) + ".\n\n")
	}
	b.WriteString(l.changed() + l.diagnosed())
	if l.Outcome != bench.Pass && len(l.Errors) > 0 {
		b.WriteString("Failed requests:\n\n" + l.listed(l.errorLines(), 4) + "\n")
	}
	return b.String()
}

// failure is what is said when there is no verdict.
func (l *letter) failure() string {
	f := *l.context.Failure
	var b strings.Builder
	if message := strings.TrimSpace(f.Message); strings.Contains(message, "\n") {
		b.WriteString(preformatted(lastLines(message)) + "\n")
	}
	b.WriteString("This says nothing of the speed of the change: it was not judged.\n\n")
	if lines := lastLines(f.Output); len(lines) > 0 {
		b.WriteString("The last that was printed:\n\n" + preformatted(lines) + "\n")
	}
	if l.isPartial() {
		b.WriteString(alert("NOTE", "Measured until then: "+mdShort(l.sheet.plan())+"."))
	}
	return b.String()
}

// alerts are what keeps a verdict from being taken at its face value.
func (l *letter) alerts() string {
	var b strings.Builder
	if l.isAccepted() {
		b.WriteString(alert("IMPORTANT", fmt.Sprintf("Accepted by the label <code>%s</code>: the regression stays, and does not fail the job.", mdBrief(l.context.Accepted))))
	} else if l.Outcome == bench.Regression && !l.fails() {
		b.WriteString(alert("NOTE", "Reported only: this job is not set to fail on a regression."))
	}
	if l.isPartial() {
		b.WriteString(alert("WARNING", "The run is not complete: "+mdShort(cmp.Or(l.run.Validity.Incomplete, "the run does not say why"))))
	}
	if base := l.run.Base; base != nil && base.Source == bench.SourceStored {
		b.WriteString(alert("WARNING", "Compared with numbers that were stored by another job, so only large changes are seen."))
	}
	for i, note := range l.context.Notes {
		if i == 4 {
			b.WriteString(alert("NOTE", fmt.Sprintf("And %d more.", len(l.context.Notes)-i)))
			break
		}
		b.WriteString(alert("NOTE", mdShort(note)))
	}
	return b.String()
}

// comparison says what was compared, with links to the commits.
func (l *letter) comparison() string {
	var lines []string
	if how := mdShort(l.how()); how != "" {
		if base := l.run.Base; base != nil && base.SHA != "" {
			short := mdShort(shortSHA(base.SHA))
			how = strings.Replace(how, short, l.commit(base.SHA, short), 1)
		}
		lines = append(lines, "Compared "+how+".")
	}
	if head := mdShort(l.run.Commit.String()); head != "" {
		lines = append(lines, "Head: "+l.commit(l.run.Commit.SHA, head)+".")
	}
	if len(lines) == 0 {
		return ""
	}
	return strings.Join(lines, " ") + "\n\n"
}

var (
	sha        = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	repository = regexp.MustCompile(`^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$`)
)

// commit links to a commit where it is known what that is.
func (l *letter) commit(id, text string) string {
	if !sha.MatchString(id) || !repository.MatchString(l.context.Repository) {
		return text
	}
	return link(text, l.context.Server+"/"+l.context.Repository+"/commit/"+id)
}

// listed is a list of foreign lines.
func (l *letter) listed(lines []string, most int) string {
	items := make([]string, len(lines))
	for i, line := range lines {
		items[i] = mdShort(line)
	}
	return bulleted(items, most)
}

// footer is where more is to be had, and what wrote this.
func (l *letter) footer() string {
	var parts []string
	if url := l.context.HTMLURL; url != "" && len(url) < 2000 {
		parts = append(parts, link("HTML report", url))
	}
	if url := l.context.RunURL; url != "" && len(url) < 2000 {
		parts = append(parts, link("workflow run", url))
	}
	if l.run.Tool.Name != "" {
		parts = append(parts, mdBrief(l.run.Tool.Name+" "+l.run.Tool.Version))
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		return ""
	}
	return "<sub>" + strings.Join(parts, " · ") + "</sub>\n"
}

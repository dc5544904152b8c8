package report_test

import (
	"strings"
	"testing"
)

// TestDocs compares docs/comment.md with what the renderer writes.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# What a comment looks like

One comment stands on each pull request and is kept up to date. It says in a few lines
whether the change is better or worse, where, by how much, why, and what to do now. All
else is in one fold below. A job's summary begins with the same lines.

The comments below are written by the renderer from runs of the reference gateway on a
small suite, but for those that are marked as simulated. The command

` + "```sh\ngo test ./internal/report -run Docs -update\n```" + `

writes this page; without ` + "`-update`" + ` it fails when the page and the renderer differ.

`)
	write := func(title, name, what string) {
		r, ok := reports()[name]
		if name == "same_program" {
			r, ok = nothingMeasured(), true
		}
		if !ok {
			t.Fatalf("there is no report %s", name)
		}
		b.WriteString("### " + title + "\n\n" + what + "\n\n---\n\n" + commented(t, r) + "\n---\n\n")
	}
	b.WriteString("## The eight kinds\n\n")
	write("Pass", "pass", "Nothing changed.")
	write("Regression with a likely cause", "regression", "The head works 30 µs longer on each stream.")
	write("Regression of behaviour", "behaviour", "Simulated: the head is as fast as the base, and buffers streams.")
	write("Improvement", "improvement", "The 30 µs are taken out again.")
	write("Inconclusive", "inconclusive", "Simulated: one scenario is too noisy.")
	write("No baseline yet", "no_baseline", "The first run ever.")
	write("Failed build", "failure", "The head does not build. That is no regression, and no pass.")
	write("Same program", "same_program", "The pull request changes documentation only.")
	b.WriteString("## With more to say\n\n")
	write("Accepted regression", "accepted", "The regression above, after a person has set the label: it stays visible, and the job does not fail.")
	write("Regression of a known kind", "diagnosed", "Simulated: what the figures look like is named, and what the base had before is in the fold.")
	write("More work", "work", "Simulated: the times are the same, and a request costs more instructions.")
	write("Stored numbers", "stored", "The base could not be run again, so its numbers of another job have to do.")
	write("Baseline of other hardware", "other_hardware", "The same, and the machines differ.")
	write("Partial run", "partial", "The job was stopped after four rounds.")
	write("History of the main branch", "history", "Simulated: many small steps, of which no pull request was large enough to be stopped.")
	golden(t, "../../../docs/comment.md", strings.TrimRight(b.String(), "\n")+"\n")
}

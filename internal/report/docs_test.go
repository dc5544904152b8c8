package report_test

import (
	"strings"
	"testing"
)

// TestDocs compares docs/comment.md with what the renderer writes.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# What a comment looks like

One comment stands on each pull request and is kept up to date. These are all the
kinds there are, written by the renderer from runs of the reference gateway on a small
suite, but for the four that are marked as simulated. The command

` + "```sh\ngo test ./internal/report -run Docs -update\n```" + `

writes this page; without ` + "`-update`" + ` it fails when the page and the renderer differ.

`)
	for _, v := range []struct{ title, name, what string }{
		{"Pass", "pass", "Nothing changed."},
		{"Regression", "regression", "The head works 30 µs longer on each stream."},
		{"Accepted regression", "accepted", "The same, after a person has set the label: it stays visible, and the job does not fail."},
		{"Regression of a known kind", "diagnosed", "Simulated: what the figures look like is named, and what the base had before is folded away."},
		{"Regression of behaviour", "behaviour", "Simulated: the head is as fast as the base, and buffers streams. Other changes and what the base does, too, are folded away."},
		{"Improvement", "improvement", "The 30 µs are taken out again."},
		{"Inconclusive", "inconclusive", "Simulated: two scenarios are too noisy."},
		{"No baseline yet", "no_baseline", "The first run ever."},
		{"Stored numbers", "stored", "The base could not be run again, so its numbers of another job have to do."},
		{"Baseline of other hardware", "other_hardware", "The same, and the machines differ."},
		{"Partial run", "partial", "The job was stopped after four rounds."},
		{"Failure of a step", "failure", "The head does not build. That is no regression, and no pass."},
		{"History of the main branch", "history", "Simulated: many small steps, of which no pull request was large enough to be stopped."},
	} {
		b.WriteString("## " + v.title + "\n\n" + v.what + "\n\n---\n\n" + commented(t, reports()[v.name]) + "\n---\n\n")
	}
	golden(t, "../../../docs/comment.md", strings.TrimRight(b.String(), "\n")+"\n")
}

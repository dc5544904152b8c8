// Package report renders a run and a verdict for people and for other programs:
// texts for the terminal, Markdown for GitHub, a page of HTML, their own JSON,
// CSV, and the Go benchmark format. All renderings of a decision take one
// [Report].
//
// It decides nothing: outcomes are read, never drawn from numbers. It must not
// know a policy, exit codes or where its output goes: a result and a writer
// come in, bytes go out, and the same result gives the same bytes. Numbers are
// scaled here and nowhere else.
//
// A result can come from anywhere, so every string of it is cleaned before it
// reaches a terminal, and escaped for what it is written into.
package report

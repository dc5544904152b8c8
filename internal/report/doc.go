// Package report renders a run for people and for other programs: a text for
// the terminal, the run's own JSON, and the Go benchmark format.
//
// It decides nothing. It must not know thresholds, exit codes or where its
// output goes: a run and a writer come in, bytes go out, and the same run gives
// the same bytes. Numbers are scaled here and nowhere else.
//
// A run can come from anywhere, so every string of it is cleaned before it
// reaches a terminal.
package report

// Package actions is the edge to the GitHub runner: the commands and files by
// which a step speaks with it, and the artifact service of the workflow run.
//
// It knows nothing of what is measured: strings, bytes and readers come in.
// Nothing is read from the process's environment but through the getenv that is
// handed in, and nothing but command files is written outside the given writer.
package actions

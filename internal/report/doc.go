// Package report puts a run and a verdict into words and figures: one
// [Document] of sections, built once. The packages below it write a document as
// a text for the terminal, as Markdown for GitHub and as a page of HTML.
//
// To add a section, write one function that returns it and list it in sections;
// every renderer shows it. A renderer must not word anything that a document can
// hold.
//
// It decides nothing: outcomes are read, never drawn from numbers. It must not
// know exit codes or where its output goes. The same report gives the same
// document.
package report

// Package attacks lists what a pull request could try to get at what a workflow run
// entrusts to the action, or to get a better verdict than it deserves. Each attack is a row
// here and a function in a test, bound by its name: [Each] fails where one lacks the other.
// docs/security.md has the table of them.
package attacks

import (
	"slices"
	"testing"
)

// Attack is one of them.
type Attack struct {
	Name  string // what it wants
	How   string // how it would succeed
	Stops string // what it fails by
}

// Family are attacks of one kind.
type Family struct {
	Title   string
	Test    string // where their functions are
	Shown   bool   // each is first shown to succeed where nothing stops it
	Attacks []Attack
}

// All are the families.
func All() []Family { return []Family{Runner, Git, Files, Base, Mock, Exhaustion, Output, Result} }

// Each runs a family: the test of each attack is a subtest by its name, and what the
// functions have in common, or differ in, is T.
func Each[T any](t *testing.T, f Family, functions map[string]T, run func(t *testing.T, name string, function T)) {
	t.Helper()
	for _, a := range f.Attacks {
		function, ok := functions[a.Name]
		if !ok {
			t.Errorf("no function tries %q", a.Name)
			continue
		}
		t.Run(a.Name, func(t *testing.T) { run(t, a.Name, function) })
	}
	for name := range functions {
		if !slices.ContainsFunc(f.Attacks, func(a Attack) bool { return a.Name == name }) {
			t.Errorf("%q is no row of the family %q", name, f.Title)
		}
	}
}

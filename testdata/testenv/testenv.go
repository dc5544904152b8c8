// Package testenv is for tests that need what not every machine has.
package testenv

import (
	"os"
	"os/exec"
	"testing"
)

// Lacks fails a test of a heavier tier that cannot run here, and says why and what to
// do about it. Who asks for a tier wants it tested, so that nothing is skipped.
func Lacks(t testing.TB, why, remedy string) {
	t.Helper()
	t.Fatal("NOT TESTED: " + why + "; " + remedy)
}

// NeedsRoot skips a test of what only root may do; with CI set it fails, since
// nothing is skipped there.
func NeedsRoot(t testing.TB) {
	t.Helper()
	Needs(t, os.Geteuid() == 0, "only root may give files and processes to others", "run as root, as the action does in its container")
}

// NeedsProgram does the same for a program of a Debian package.
func NeedsProgram(t testing.TB, program, debian string) {
	t.Helper()
	_, err := exec.LookPath(program)
	Needs(t, err == nil, "there is no "+program, "apt-get install "+debian)
}

// Needs does the same for anything else.
func Needs(t testing.TB, there bool, why, remedy string) {
	t.Helper()
	switch {
	case there:
	case os.Getenv("CI") != "":
		Lacks(t, why, remedy)
	default:
		t.Skip("NOT TESTED: " + why + "; " + remedy)
	}
}

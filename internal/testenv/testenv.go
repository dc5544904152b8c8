// Package testenv is for tests that need what not every machine has.
package testenv

import (
	"os"
	"testing"
)

// Lacks ends a test that cannot run here, and says why and what to do about it:
// in CI, where nothing is skipped, it fails; elsewhere it is skipped.
func Lacks(t testing.TB, why, remedy string) {
	t.Helper()
	message := "NOT TESTED: " + why + "; " + remedy
	if os.Getenv("CI") != "" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// NeedsRoot ends a test that does what only root may.
func NeedsRoot(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		Lacks(t, "only root may give files and processes to others", "run as root, as the action does in its container")
	}
}

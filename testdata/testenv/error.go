package testenv

import (
	"strings"
	"testing"
)

// WantError checks what a message says; an empty want is no error.
func WantError(t testing.TB, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %q, want none", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v\nwant one with %s", err, want)
	}
}

package app

import (
	"errors"
	"slices"
	"testing"
)

func TestGuessBuild(t *testing.T) {
	for _, tc := range []struct {
		start string
		files []string
		want  string
	}{
		{"target/release/gw --port $PORT", []string{"Cargo.toml"}, "cargo build --locked --release"},
		{"exec ./target/release/gw", []string{"Cargo.toml", "target/release/gw"}, "cargo build --locked --release"},
		{"target/debug/gw", []string{"Cargo.toml"}, "cargo build --locked"},
		{"target/release/gw", nil, ""},
		{"./gw -p $PORT", []string{"go.mod"}, "go build -o ./ ./..."},
		{"exec bin/gw", []string{"go.mod"}, "go build -o bin/ ./..."},
		{"./gw", []string{"go.mod", "gw"}, ""}, // built by somebody else
		{"haproxy -f x", []string{"go.mod"}, ""},
		{"/usr/sbin/haproxy -f x", []string{"go.mod"}, ""},
		{"", []string{"go.mod"}, ""},
	} {
		if got := guessBuild(tc.start, func(path string) bool { return slices.Contains(tc.files, path) }); got != tc.want {
			t.Errorf("%q with %v: %q, want %q", tc.start, tc.files, got, tc.want)
		}
	}
}

func TestExitStatus(t *testing.T) {
	for want, err := range map[int]error{
		exitUsage:       errors.Join(&usageError{errors.New("x")}),
		exitInterrupted: errors.Join(errInterrupted, errors.New("x")),
		exitFailed:      errors.New("x"),
	} {
		if got := exitStatus(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

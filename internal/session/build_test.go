package session

import (
	"testing"
	"testing/fstest"
	"time"
)

func TestGuessBuild(t *testing.T) {
	for _, tc := range []struct {
		start string
		files []string // the oldest first
		want  string
	}{
		{"target/release/gw --port $PORT", []string{"Cargo.toml"}, "cargo build --locked --release"},
		{"exec ./target/release/gw", []string{"Cargo.toml", "target/release/gw"}, "cargo build --locked --release"},
		{"target/debug/gw", []string{"Cargo.toml"}, "cargo build --locked"},
		{"target/release/gw", nil, ""},
		{"./gw -p $PORT", []string{"go.mod"}, "go build -o ./ ./..."},
		{"exec bin/gw", []string{"go.mod"}, "go build -o bin/ ./..."},
		{"./gw", []string{"go.mod", "in/x.go", "gw"}, ""}, // built by somebody else
		{"./gw", []string{"go.mod", "gw", "in/x.go"}, "go build -o ./ ./..."},
		{"./gw", []string{"in/x.go", "gw", "go.mod"}, "go build -o ./ ./..."},
		{"./gw", []string{"go.mod", "gw", "README.md", ".cache/x.go", "node_modules/x.go"}, ""},
		{"../gw", []string{"go.mod"}, ""},
		{"haproxy -f x", []string{"go.mod"}, ""},
		{"/usr/sbin/haproxy -f x", []string{"go.mod"}, ""},
		{"", []string{"go.mod"}, ""},
	} {
		files := make(fstest.MapFS)
		for i, path := range tc.files {
			files[path] = &fstest.MapFile{ModTime: time.Unix(int64(i), 0)}
		}
		if got := guessBuild(tc.start, files); got != tc.want {
			t.Errorf("%q with %v: %q, want %q", tc.start, tc.files, got, tc.want)
		}
	}
}

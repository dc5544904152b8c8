package app

import (
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
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

// A command that repeats the measurement has what this one was given, and a shell
// reads it as it was.
func TestReproduce(t *testing.T) {
	run := bench.Run{Base: &bench.BaseInfo{SHA: "abc"}}
	given := flags("my gw.yml", append(config.Quick(), config.Override{Path: "gateway.start", Value: `echo it's "$PORT"`, Origin: "--start"}, config.Override{Path: "suite.body", Value: "1KB,10KB", Origin: "--body"}))
	line := reproduce(run, given)
	if want := `proxy-bench gate --base-ref abc --config='my gw.yml' --quick --start='echo it'\''s "$PORT"' --body=1KB,10KB`; line != want {
		t.Errorf("%s, want %s", line, want)
	}
	out, err := exec.Command("sh", "-c", "printf '%s\n' "+line).Output()
	if words := strings.Split(string(out), "\n"); err != nil || len(words) != 9 || words[6] != `--start=echo it's "$PORT"` {
		t.Errorf("%q, error %v", words, err)
	}
	if got := reproduce(bench.Run{}, nil); got != "proxy-bench gate" {
		t.Error(got)
	}
}

package cli

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/session"
)

// A command that repeats the measurement has what this one was given, and a shell
// reads it as it was.
func TestReproduce(t *testing.T) {
	run := bench.Run{Base: &bench.BaseInfo{SHA: "abc"}}
	given := flags("my gw.yml", append(config.Quick(), config.Override{Path: "gateway.start", Value: `echo it's "$PORT"`, Origin: "--start"}, config.Override{Path: "suite.body", Value: "1KB,10KB", Origin: "--body"}))
	line := session.Result{Run: run}.Report(nil, given).Context.Reproduce
	if want := `proxy-bench gate --base abc --config='my gw.yml' --quick --start='echo it'\''s "$PORT"' --body=1KB,10KB`; line != want {
		t.Errorf("%s, want %s", line, want)
	}
	out, err := exec.Command("sh", "-c", "printf '%s\n' "+line).Output()
	if words := strings.Split(string(out), "\n"); err != nil || len(words) != 9 || words[6] != `--start=echo it's "$PORT"` {
		t.Errorf("%q, error %v", words, err)
	}
	if got := (session.Result{}).Report(nil, nil).Context.Reproduce; got != "proxy-bench gate" {
		t.Error(got)
	}
}

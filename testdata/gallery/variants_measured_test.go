//go:build measured

package gallery

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// variant is a change of nginx's configuration that makes another gateway of it.
type variant struct {
	name     string
	from, to string
	want     bench.BehaviourName
}

var variants = []variant{
	// nginx 1.22 passes the chunks of a stream on as they come also when it buffers, but
	// sends the head with the first of them; and it flushes what it compresses. Both are
	// told, and decide nothing.
	{"proxy_buffering on", "proxy_buffering off;", "proxy_buffering on;", "holds-head"},
	{"tcp_nodelay off", "access_log off;", "access_log off;\n      tcp_nodelay off;", "delayed-ack-stall"},
	{"gzip on", "access_log off;", "access_log off;\n      gzip on;\n      gzip_proxied any;\n      gzip_types text/event-stream application/json;", "compresses-answers"},
	{"keepalive removed", "keepalive 64;", "", "connection-per-request"},
}

// TestMeasuredVariants: a change of nginx's configuration that no request fails of is
// called by its name, and a regression if it does harm.
func TestMeasuredVariants(t *testing.T) {
	program := build(t)
	for _, c := range variants {
		t.Run(c.name, func(t *testing.T) {
			for n := 1; ; n++ {
				v := c.gate(t, program)
				if slices.ContainsFunc(v.Behaviours, func(b bench.BehaviourChange) bool {
					return b.Behaviour == c.want && (b.Change == bench.ChangeNew || b.Change == bench.ChangeOther) && (!b.Harm || v.Outcome == bench.Regression)
				}) {
					return
				}
				if n == 2 { // other programs share the machine
					t.Errorf("no %s: %s: %s, %+v", c.want, v.Outcome, v.Reason, v.Behaviours)
					return
				}
				t.Logf("once: %s: %s, %+v", v.Outcome, v.Reason, v.Behaviours)
			}
		})
	}
}

// gate decides between nginx as it is and the variant.
func (c variant) gate(t *testing.T, program string) bench.Verdict {
	t.Helper()
	nginx := named(t, "nginx")
	text := string(read(t, nginx))
	if !strings.Contains(text, c.from) {
		t.Fatalf("%s has no %q", nginx.ConfigPath(), c.from)
	}
	repo := repository(t, nginx)
	changed := strings.Replace(text, c.from, c.to, 1)
	if err := os.WriteFile(filepath.Join(repo, ".proxy-bench.yml"), []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	commit(t, repo, c.name)
	// So long that the exchanges have the time of a gate by default.
	v, out := gate(t, program, repo, "--base", "HEAD~1", "--modes", "json,sse", "--concurrency", "1", "--body", "1KB", "--time-budget", "240s")
	t.Logf("%s", out)
	return v
}

package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// TestConnections: what was in the way of requests that succeeded is said once, with
// its count.
func TestConnections(t *testing.T) {
	run := fixture(small(), both, 6)
	show := func() string {
		return strings.Join(strings.Fields(render(t, func(w io.Writer) error {
			return terminal.Write(w, report.Build(reported(run)), terminal.Style{All: true})
		})), " ")
	}
	retries := "of 192000 requests to head were sent again, once each, because it had closed the connection without an answer; the time of both attempts counts"
	backlog := "to head took longer than 100 ms to be made: its accept backlog was full; the wait is in the times"
	if text := show(); strings.Contains(text, retries) || strings.Contains(text, backlog) {
		t.Error("said without a cause")
	}
	each(&run, func(r bench.Round) bool { return r.Arm == bench.Head && strings.Contains(r.Scenario, "/c10/") }, func(r *bench.Round) {
		r.Retries, r.SlowConnects = 2, 3
	})
	text := show()
	for _, says := range []string{"48 " + retries, "72 connections " + backlog} {
		if strings.Count(text, says) != 1 {
			t.Errorf("%d times %q in\n%s", strings.Count(text, says), says, text)
		}
	}
}

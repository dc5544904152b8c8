package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// TestWork: what decides stands in the title with the function that it went to, what is
// noted behind the outcome, and a slowness without more work says where to look.
func TestWork(t *testing.T) {
	for name, c := range map[string]struct {
		outcome  bench.Outcome
		headline string
		comment  []string
	}{
		"work":       {bench.Regression, "costs +38 % of instructions", []string{"serde_json::read::SliceRead::parse_str_bytes", "src/read.rs:489", "opens of a request: 0 → 1.00"}},
		"work_noted": {bench.Pass, "noted: a request of", []string{"which timing cannot see yet", "parse_str_bytes"}},
		"work_same":  {bench.Regression, "the same instructions: look for waits, layout or caches", nil},
	} {
		r := reports()[name]
		if r.Verdict.Outcome != c.outcome {
			t.Errorf("%s: %s because %s", name, r.Verdict.Outcome, r.Verdict.Reason)
		}
		d := report.Build(r)
		if lead := strings.Join(append(d.Lead, d.Others...), "; "); !strings.Contains(lead, c.headline) {
			t.Errorf("%s: headline %q lacks %q", name, lead, c.headline)
		}
		comment := markdown.Comment(d)
		for _, says := range c.comment {
			if !strings.Contains(strings.ReplaceAll(comment, "\\", ""), says) {
				t.Errorf("%s: the comment lacks %q:\n%s", name, says, comment)
			}
		}
		all := render(t, func(w io.Writer) error { return terminal.Write(w, d, terminal.Style{All: true}) })
		if !strings.Contains(all, "allocations") || !strings.Contains(strings.Join(strings.Fields(all), " "), "By valgrind-3.24.0, strace 6.13, GOMAXPROCS=1.") {
			t.Errorf("%s: %s", name, all)
		}
	}
}

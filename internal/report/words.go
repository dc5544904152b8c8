package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

func metricWord(m bench.Metric) string { return measured.Label(m) }

// changeWord is "+38 % of overhead (+41.1 µs)".
func changeWord(c bench.Comparison) string {
	if c.Change == nil {
		return "by an unknown amount"
	}
	text := figures.Added(*c.Change)
	if c.Of == bench.OfOverhead {
		text += " of overhead"
	}
	if c.ChangeAbs != nil {
		scale := measured.ScaleOf(c.Metric, *c.ChangeAbs)
		text += fmt.Sprintf(" (%s)", strings.TrimSpace(scale.Signed(*c.ChangeAbs)+" "+scale.Unit))
	}
	return text
}

// aboutGroup is a group with the metric that it was compared by, where that is not
// the time of its requests.
func aboutGroup(g bench.Group) string {
	if g.Metric == "" || g.Metric.IsClock() {
		return groupName(g.Group)
	}
	return fmt.Sprintf("%s of %s", metricWord(g.Metric), groupName(g.Group))
}

// groupName says which requests a group holds: "all", "sse", "c10", "10KB".
func groupName(group string) string {
	rest, isConcurrency := strings.CutPrefix(group, "c")
	switch n, err := strconv.Atoi(rest); {
	case group == "all":
		return "all requests"
	case group == string(bench.SSE):
		return "all streams"
	case group == string(bench.JSON):
		return "all JSON answers"
	case isConcurrency && err == nil:
		return fmt.Sprintf("all requests at concurrency %d", n)
	default:
		return "all requests with " + group
	}
}

// shortSHA is a commit as people name it.
func shortSHA(sha string) string {
	return cmp.Or(bench.Commit{SHA: sha}.String(), "an unnamed commit")
}

// change is how much a comparison changed by. In a paced stream, of which a gateway adds
// next to nothing, a share of that would only be a large number.
func (b *builder) change(c bench.Comparison) string {
	if !b.cells[c.Scenario].Paced || c.ChangeAbs == nil {
		return changeWord(c)
	}
	scale := measured.ScaleOf(c.Metric, *c.ChangeAbs)
	return fmt.Sprintf("%s %s", scale.Signed(*c.ChangeAbs), scale.Unit)
}

// where names a scenario in words, or by its ID when the run does not list it.
func (b *builder) where(id string) string {
	s, ok := b.cells[id]
	if !ok {
		return "in " + id
	}
	if s.Paced {
		return "in " + figures.Counted(s.Concurrency, "concurrent paced stream")
	}
	return fmt.Sprintf("at %s with %s", figures.Counted(s.Concurrency, "concurrent request"), s.Sizes())
}

package report_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestDecidingListsWhatIsGated: the table of docs/deciding.md has every metric that is
// gated by default, and no other.
func TestDecidingListsWhatIsGated(t *testing.T) {
	text, err := os.ReadFile("../../docs/deciding.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## What is gated")
	table, _, _ = strings.Cut(table, "\n## ")
	var listed []bench.Metric
	for line := range strings.Lines(table) {
		if row, is := strings.CutPrefix(line, "| "); is {
			first, _, _ := strings.Cut(row, " |")
			for _, name := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(first, -1) {
				listed = append(listed, bench.Metric(name[1]))
			}
		}
	}
	want := bench.Metrics(func(d bench.Description) bool { return d.Gate >= bench.Gated })
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("docs/deciding.md lists %v, gated are %v", listed, want)
	}
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// changed is a table of what changed, a row for each scenario: regressions,
// then improvements where there is no regression, then what could not be
// decided where that is the outcome.
func (l *letter) changed() string {
	var b strings.Builder
	shown := false
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement, bench.Inconclusive} {
		rows := l.speaking(o)
		if len(rows) == 0 || (o == bench.Inconclusive && l.Outcome != o) {
			continue
		}
		switch {
		case o == bench.Inconclusive:
			b.WriteString("Undecided, the least clear first:\n\n")
		case l.Outcome != o:
			fmt.Fprintf(&b, "%s %s in %s:\n\n", symbolOf(o), capital(string(o)), counted(len(rows), "scenario"))
		}
		b.WriteString(l.changeTable(rows[:min(len(rows), l.rows)]) + "\n")
		if more := len(rows) - l.rows; more > 0 {
			fmt.Fprintf(&b, "… and %s.\n\n", counted(more, "more scenario"))
		}
		shown = true
	}
	if shown {
		b.WriteString("<sub>" + md(capital(l.keyText(false))) + "</sub>\n\n")
	} else if l.Outcome == bench.Regression || l.Outcome == bench.Improvement {
		b.WriteString(l.groupTable())
	}
	return b.String()
}

// groupTable is there when no scenario is over its limit alone.
func (l *letter) groupTable() string {
	var lines [][]string
	for _, g := range l.Groups {
		if g.Outcome == l.Outcome && g.Shift != nil {
			interval := missing
			if g.ShiftCI != nil {
				interval = fmt.Sprintf("[%.1f, %.1f] %%", 100*g.ShiftCI[0], 100*g.ShiftCI[1])
			}
			lines = append(lines, []string{
				mdBrief(capital(groupName(g.Group))), fmt.Sprint(len(g.Members)),
				strong(added(*g.Shift)), interval, known(g.Limit),
			})
		}
	}
	if len(lines) == 0 {
		return ""
	}
	return tabled("lrrrr", []string{"on average", "scenarios", "change", "95 % interval", "limit"}, lines[:min(len(lines), l.rows)]) +
		"\n<sub>Change and limit: of the typical time itself.</sub>\n\n"
}

// speaking is the row of each scenario that tells most: of a clock where one
// changed, since somebody waits for that. The first is the one that the title
// names.
func (l *letter) speaking(o bench.Outcome) []bench.Comparison {
	rows := l.page.rows(o)
	slices.SortStableFunc(rows, func(a, b bench.Comparison) int {
		return cmp.Compare(waiting(b), waiting(a))
	})
	seen := make(map[string]bool)
	return slices.DeleteFunc(rows, func(c bench.Comparison) bool {
		again := seen[c.Scenario]
		seen[c.Scenario] = true
		return again
	})
}

func waiting(c bench.Comparison) int {
	if isClock(c.Metric) && c.Outcome != bench.Inconclusive {
		return 1
	}
	return 0
}

// everyChange has a row for each metric, where that is more than what is shown
// already.
func (l *letter) everyChange() string {
	var rows []bench.Comparison
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement} {
		if all := l.page.rows(o); len(all) > min(len(l.speaking(o)), l.rows) {
			rows = append(rows, all...)
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return l.changeTable(rows)
}

// changeTable has one scale for all times, and bars that are as long as the
// changes are large beside each other.
func (l *letter) changeTable(rows []bench.Comparison) string {
	s := timeScale(rows)
	largest := 0.0
	for _, c := range rows {
		if c.Change != nil {
			largest = max(largest, math.Abs(*c.Change))
		}
	}
	var lines [][]string
	for _, c := range rows {
		cells, length := cellsOf(c, s), ""
		if c.Change != nil && largest > 0 {
			length = bar(math.Abs(*c.Change) / largest)
		}
		lines = append(lines, []string{
			escaped(cells[0]), escaped(cells[1]), cells[2] + " → " + cells[3],
			strong(withUnit(cells[4], " %")), withUnit(cells[5], " %"), withUnit(cells[6], " %"), length,
		})
	}
	values := "base → head"
	if s.Unit != "" {
		values += " (" + s.Unit + ")"
	}
	return tabled("llrrrrl", []string{"scenario", "metric", values, "change", "95 % interval", "limit", ""}, lines)
}

// withUnit writes the unit of a number that is there.
func withUnit(cell, u string) string {
	if cell == missing {
		return cell
	}
	return cell + u
}

func strong(cell string) string {
	if cell == missing {
		return cell
	}
	return "**" + cell + "**"
}

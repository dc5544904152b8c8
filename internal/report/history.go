package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// historyMost is how many runs of the main branch a chart has room for.
const historyMost = 20

// history is the overhead of the main branch run by run, in the scenario that
// the title names, with this head at the end.
func (l *letter) history() string {
	var b strings.Builder
	if c, scenario, m := l.historyChart(); len(c.categories) > 2 && !l.plain {
		fmt.Fprintf(&b, "%s\n<sub>Median overhead of %s in %s, by commit; the last is this head. Runs may be from different machines.</sub>\n\n",
			c.fenced(), escaped(metricWord(m)), mdBrief(scenario))
	}
	var lines []string
	for _, p := range l.context.ChangePoints {
		lines = append(lines, changePointLine(p))
	}
	b.WriteString(l.listed(lines, 10))
	return b.String()
}

func changePointLine(p ChangePoint) string {
	text := fmt.Sprintf("%s %s: the ratio of proxied to direct has changed by %s against what it was ten and more runs ago",
		p.Scenario, metricWord(p.Metric), added(p.Change))
	if p.SHA != "" {
		text += fmt.Sprintf(", by %s of it with %s", added(p.Step), shortSHA(p.SHA))
	}
	return text
}

// short is a commit below a bar.
func short(sha string) string {
	name := []rune(token(sha))
	return string(name[:min(7, len(name))])
}

func (l *letter) historyChart() (c chart, scenario string, m bench.Metric) {
	if len(l.sheet.rows) == 0 {
		return chart{}, "", ""
	}
	s := l.through()
	m = s.Mode.Primary()
	if rows := l.speaking(l.Outcome); len(rows) > 0 && isTypical(rows[0].Metric) && rows[0].Scenario == s.ID() {
		m = rows[0].Metric
	}
	c = chart{title: fmt.Sprintf("main branch, %s: overhead in %s", metricWord(m), s.ID()), axis: "commit"}
	points := l.context.History
	for _, p := range points[max(0, len(points)-historyMost):] {
		if v, ok := p.Overhead[s.ID()][m]; ok {
			c.categories = append(c.categories, short(p.SHA))
			c.bars = append(c.bars, v)
		}
	}
	for _, r := range l.sheet.rows {
		if f := r.overhead(bench.Head, m); r.Scenario == s && f.ok && len(c.bars) > 0 {
			c.categories, c.bars = append(c.categories, "head"), append(c.bars, f.value)
		}
	}
	return c, s.ID(), m
}

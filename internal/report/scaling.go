package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// scaling shows how overhead grows, in charts and in words.
func (l *letter) scaling() string {
	var b strings.Builder
	for _, c := range l.charts() {
		b.WriteString(c.fenced() + "\n")
	}
	if b.Len() > 0 {
		b.WriteString(l.chartKey())
	}
	body, answer, queue := l.sheet.growth()
	b.WriteString(l.growthList(bodyTitle, body) + l.growthList(answerTitle, answer) + l.growthList(queueTitle, queue))
	return b.String()
}

// chartKey tells bars from lines, which GitHub's charts do not, and which need
// no colour to be told apart, in the light or in the dark.
func (l *letter) chartKey() string {
	if len(l.sheet.gateways) > 1 {
		return "<sub>Bars: head; line: base; medians over the rounds of proxied minus direct.</sub>\n\n"
	}
	return "<sub>Bars: medians over the rounds of proxied minus direct.</sub>\n\n"
}

func (l *letter) growthList(title string, lines []grown) string {
	if len(lines) == 0 {
		return ""
	}
	var items []string
	for _, g := range lines {
		what := g.what
		if len(l.sheet.gateways) > 1 {
			what += ", " + string(g.arm)
		}
		items = append(items, mdShort(what+": "+g.text))
	}
	return md(capital(title)) + ":\n\n" + bulleted(items, 24) + "\n"
}

// charts are, for each mode, overhead against body size and against concurrency,
// through the scenario that matters most.
func (l *letter) charts() []chart {
	if !l.sheet.has(bench.Direct) || !l.sheet.has(bench.Head) || len(l.sheet.rows) == 0 {
		return nil
	}
	through := l.through()
	var charts []chart
	for _, mode := range l.sheet.modes() {
		var bodies, concurrencies []row
		rows := l.sheet.rowsIn(mode)
		for _, r := range rows {
			if r.Answer != rows[0].Answer {
				continue // a chart has one size of answers
			}
			if r.Concurrency == through.Concurrency {
				bodies = append(bodies, r)
			}
			if r.BodyBytes == through.BodyBytes {
				concurrencies = append(concurrencies, r)
			}
		}
		slices.SortStableFunc(bodies, func(a, b row) int { return a.BodyBytes - b.BodyBytes })
		slices.SortStableFunc(concurrencies, func(a, b row) int { return a.Concurrency - b.Concurrency })
		name := token(string(mode)) + ", " + metricWord(mode.Primary())
		charts = append(charts,
			l.chart(fmt.Sprintf("%s: overhead at %s", name, counted(through.Concurrency, "concurrent request")),
				"request body", bodies, func(r row) string { return r.Sizes() }),
			l.chart(fmt.Sprintf("%s: overhead with bodies of %s", name, through.Sizes()),
				"concurrent requests", concurrencies, func(r row) string { return strconv.Itoa(r.Concurrency) }))
	}
	return slices.DeleteFunc(charts, func(c chart) bool { return len(c.categories) < 2 })
}

// through is the scenario that the title names, else the suite's first.
func (l *letter) through() bench.Scenario {
	if rows := l.speaking(l.Outcome); len(rows) > 0 {
		if s, ok := l.cells[rows[0].Scenario]; ok {
			return s
		}
	}
	return l.sheet.rows[0].Scenario
}

// chart leaves out a scenario that lacks a number of either gateway.
func (l *letter) chart(title, axis string, rows []row, name func(row) string) chart {
	c := chart{title: title, axis: axis}
	base := l.sheet.has(bench.Base)
	for _, r := range rows[:min(len(rows), 12)] {
		m := r.Mode.Primary()
		head, before := r.overhead(bench.Head, m), r.overhead(bench.Base, m)
		if !head.ok || (base && !before.ok) {
			continue
		}
		c.categories = append(c.categories, name(r))
		c.bars = append(c.bars, head.value)
		if base {
			c.line = append(c.line, before.value)
		}
	}
	return c
}

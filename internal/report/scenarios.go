package report

import (
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// scenarios is a table of the whole suite by the typical time of its answers.
func (l *letter) scenarios() string {
	rows := l.typical()
	if len(rows) == 0 {
		return l.measured()
	}
	return l.comparisonTable(rows, false)
}

// typical are the gated comparisons of typical times, in the order of the suite.
func (l *letter) typical() []bench.Comparison {
	var rows []bench.Comparison
	for _, c := range l.Comparisons {
		if c.Gated && isTypical(c.Metric) {
			rows = append(rows, c)
		}
	}
	return rows
}

// everyComparison has all metrics with their p, gated or not.
func (l *letter) everyComparison() string {
	if len(l.Comparisons) == 0 {
		return ""
	}
	return l.comparisonTable(l.Comparisons, true)
}

// comparisonTable has one scale for all times.
func (l *letter) comparisonTable(rows []bench.Comparison, withP bool) string {
	s := timeScale(rows)
	in := ""
	if s.Unit != "" {
		in = " (" + s.Unit + ")"
	}
	head := []string{"", "scenario", "metric", "direct" + in, "base" + in, "head" + in, "change", "95 % interval", "limit", "could be seen"}
	aligned := "lllrrrrrrr"
	if withP {
		head, aligned = append(head, "p"), aligned+"r"
	}
	var lines [][]string
	for _, c := range rows {
		cells := cellsOf(c, s)
		sign := ""
		if c.Gated {
			sign = symbolOf(c.Outcome)
		}
		line := []string{
			sign, escaped(cells[0]), escaped(cells[1]), valueCell(c, c.Direct, s), cells[2], cells[3],
			withUnit(cells[4], " %"), withUnit(cells[5], " %"), withUnit(cells[6], " %"), known(c.Resolution),
		}
		if withP {
			line = append(line, cells[7])
		}
		lines = append(lines, line)
	}
	return tabled(aligned, head, lines) + "\n<sub>" + md(capital(l.keyText(withP))) +
		" Could be seen: the smallest change of the value that is found in 4 of 5 runs.</sub>\n"
}

// measured is what one gateway costs, where nothing was compared.
func (l *letter) measured() string {
	arm := bench.Head
	if !l.sheet.has(arm) {
		return ""
	}
	var values [][]figure
	var times []float64
	for _, r := range l.sheet.rows {
		m := r.Mode.Primary()
		row := []figure{r.value(bench.Direct, m), r.value(arm, m), r.overhead(arm, m), r.overheadSpread(arm, m)}
		for _, f := range row[:3] {
			if f.ok {
				times = append(times, f.value)
			}
		}
		values = append(values, row)
	}
	if len(times) == 0 {
		return ""
	}
	s := figures.For(figures.Duration, times...)
	var lines [][]string
	for i, r := range l.sheet.rows {
		line := []string{mdBrief(r.ID()), escaped(metricWord(r.Mode.Primary()))}
		for j, f := range values[i] {
			line = append(line, l.figureCell(f, s, j == 2))
		}
		requests := missing
		if f := r.value(arm, bench.Throughput); f.ok {
			requests = strconv.FormatFloat(f.value, 'f', 0, 64)
		}
		lines = append(lines, append(line, requests))
	}
	in := " (" + s.Unit + ")"
	return tabled("llrrrrr", []string{"scenario", "metric", "direct" + in, "proxied" + in, "overhead" + in, "±" + in, "requests (1/s)"}, lines) +
		"\n<sub>Overhead: proxied minus direct in the same round; ±: half the range of the middle 80 % of the rounds.</sub>\n"
}

func (l *letter) figureCell(f figure, s figures.Scale, signed bool) string {
	if !f.ok {
		return missing
	}
	return s.Format(f.value, signed)
}

package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// longestList is how many rows that decide nothing are shown.
const longestList = 10

// tables are what changed: regressions, improvements, and what could not be
// decided; and what did not, where all is wanted.
func (p *page) tables() string {
	var b strings.Builder
	add := func(title string, most int, rows []bench.Comparison) {
		if len(rows) > 0 {
			head, lines := p.table(rows)
			b.WriteString(p.section(title, head+strings.Join(p.first(most, lines), "")))
		}
	}
	add("regressions, the worst first", math.MaxInt, p.rows(bench.Regression))
	add("improvements, the largest first", math.MaxInt, p.rows(bench.Improvement))
	add("undecided, the least clear first", longestList, p.rows(bench.Inconclusive))
	if p.style.All {
		add("no regression", math.MaxInt, p.passing())
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + p.key()
}

// rows are the gated comparisons with an outcome, the worst first. A metric
// that was too noisy to be cleared counts where its scenario was left open.
func (p *page) rows(o bench.Outcome) []bench.Comparison {
	var all []bench.Comparison
	for _, c := range p.Comparisons {
		if c.Gated && c.Outcome == o && (o != bench.Inconclusive || p.outcome[c.Scenario] == o) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b bench.Comparison) int { return cmp.Compare(gravity(b), gravity(a)) })
	return all
}

// gravity orders rows: by how many times its limit a change is, or, of one that
// was not decided, may still be.
func gravity(c bench.Comparison) float64 {
	v := c.Shift
	if c.Outcome == bench.Inconclusive && c.Upper != nil {
		v = c.Upper
	}
	if v == nil || c.Limit == nil {
		return math.Inf(-1)
	}
	if c.Outcome == bench.Inconclusive {
		return *v / *c.Limit
	}
	return math.Abs(*v) / *c.Limit
}

// passing is one row for each scenario that passed: its first gated metric.
func (p *page) passing() []bench.Comparison {
	seen := make(map[string]bool)
	var rows []bench.Comparison
	for _, c := range p.Comparisons {
		if c.Gated && !seen[c.Scenario] && p.outcome[c.Scenario] == bench.Pass {
			seen[c.Scenario] = true
			rows = append(rows, c)
		}
	}
	return rows
}

// timeScale is one scale for all times of some rows; its unit is empty when
// there are none.
func timeScale(rows []bench.Comparison) figures.Scale {
	var times []float64
	for _, c := range rows {
		if d, _ := c.Metric.Describe(); d.Unit == bench.Seconds {
			for _, v := range []*float64{c.Base, c.Head} {
				if v != nil {
					times = append(times, *v)
				}
			}
		}
	}
	s := figures.For(figures.Duration, times...)
	if len(times) == 0 {
		s.Unit = ""
	}
	return s
}

// table has one scale for all times, and a head of two lines.
func (p *page) table(rows []bench.Comparison) (head string, lines []string) {
	s := timeScale(rows)
	unit := s.Unit
	cells := [][]string{
		{"scenario", "metric", "base", "head", "change", "95 % interval", "limit", "p"},
		{"", "", unit, unit, "%", "%", "%", ""},
	}
	for _, c := range rows {
		cells = append(cells, cellsOf(c, s))
	}
	for i, line := range grid(cells, 2) {
		if i < 2 {
			head += p.style.bold(line) + "\n"
		} else {
			lines = append(lines, line+"\n")
		}
	}
	return head, lines
}

// valueCell is a value of c's metric: a time without its unit.
func valueCell(c bench.Comparison, v *float64, s figures.Scale) string {
	d, _ := c.Metric.Describe()
	switch {
	case v == nil:
		return missing
	case d.Unit == bench.Seconds:
		return s.Format(*v, false)
	default:
		return amount(c.Metric, *v, false)
	}
}

// enormous is the change from which on a tenth of a percent only takes up room: an
// overhead of 50 µs that becomes 40 ms.
const enormous = 10

func cellsOf(c bench.Comparison, s figures.Scale) []string {
	metric := metricWord(c.Metric)
	if c.Of == bench.OfValue {
		metric += "*"
	}
	change, interval, limit := missing, missing, missing
	digits := 1
	if c.Change != nil {
		if *c.Change >= enormous {
			digits = 0
		}
		change = figures.Scale{Factor: 0.01, Digits: digits}.Format(*c.Change, true)
	}
	if c.CI != nil {
		interval = fmt.Sprintf("[%.*f, %.*f]", digits, 100*c.CI[0], digits, 100*c.CI[1])
	}
	if c.Limit != nil {
		limit = strconv.FormatFloat(100**c.Limit/part(c), 'f', 1, 64)
	}
	return []string{brief(c.Scenario), metric, valueCell(c, c.Base, s), valueCell(c, c.Head, s), change, interval, limit, pOf(c)}
}

// part is the share of the base's value that Change is a share of.
func part(c bench.Comparison) float64 {
	if c.Of == bench.OfOverhead && c.Share != nil {
		return *c.Share
	}
	return 1
}

// pOf is the p that was held against the level: adjusted where it was.
func pOf(c bench.Comparison) string {
	p := c.PAdjusted
	switch {
	case p != nil:
	case c.Outcome == bench.Improvement:
		p = c.PBetter
	default:
		p = c.P
	}
	if p == nil {
		return missing
	}
	return strconv.FormatFloat(*p, 'g', 1, 64)
}

// key explains the columns that the tables have.
func (p *page) key() string {
	return "\n" + wrapped(columns, "", p.keyText(true))
}

func (p *page) keyText(withP bool) string {
	lines := []string{
		"change and limit: of the overhead (proxied minus direct), * of the value itself",
		"limit: the smallest change that counts",
	}
	if withP {
		lines = append(lines, "p: by Holm where measured again")
	}
	if slices.ContainsFunc(p.Comparisons, func(c bench.Comparison) bool {
		return c.Method == bench.MethodUnpaired || c.Method == bench.MethodHistory
	}) {
		lines = append(lines, "change: of proxied divided by direct, each in its own run, so not of the base and head shown")
	}
	return strings.Join(lines, "; ") + "."
}
